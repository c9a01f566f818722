import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { FAKE_ESIM_ACCESS_CODE, startFakeEsimAccess } from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import type { FakeHttp, FaultAct } from "@tribi/fakes/supplier/fake-http";
import type { Ledger } from "@tribi/fakes/supplier/ledger";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const ADMIN = 900_004;
const TIMES = { timeoutMillis: 1_000, settlesAfterSeconds: 0 };

interface Seller {
  readonly id: string;
  readonly supplier: EsimSupplier;
  readonly packageId: string;
  readonly topUpPackageId: string;
  readonly ledger: Ledger;
  readonly http: FakeHttp;
  /** Regular expressions over "METHOD path". */
  readonly orders: string;
  readonly topUps: string;
  readonly questions: string;
  readonly stop: () => Promise<unknown>;
}

async function startSellers(): Promise<readonly Seller[]> {
  const [airalo, access, go] = await Promise.all([
    startFakeAiralo(),
    startFakeEsimAccess(),
    startFakeEsimGo(),
  ]);
  const overAiralo = makeAiraloSupplier({
    ...TIMES,
    baseUrl: airalo.url,
    clientId: FAKE_AIRALO_ID,
    clientSecret: FAKE_AIRALO_SECRET,
  });
  const overAccess = makeEsimAccessSupplier({
    ...TIMES,
    baseUrl: access.url,
    accessCode: FAKE_ESIM_ACCESS_CODE,
  });
  const overGo = makeEsimGoSupplier({
    ...TIMES,
    baseUrl: go.url,
    apiKey: FAKE_ESIM_GO_KEY,
    areRefundsEnabled: true,
    unlistedSecondsMax: 0,
  });
  return [
    {
      id: "airalo",
      supplier: overAiralo,
      packageId: "moshi-7days-1gb",
      topUpPackageId: "moshi-7days-1gb-topup",
      ...airalo,
      orders: "^POST /v2/orders$",
      topUps: "^POST /v2/orders/topups$",
      questions: "^GET /v2/orders",
      stop: () => Promise.all([overAiralo.close(), airalo.stop()]),
    },
    {
      id: "esim-access",
      supplier: overAccess,
      packageId: "AU1GB7D",
      topUpPackageId: "TOPUP_AU1GB7D",
      ...access,
      orders: "open/esim/order$",
      topUps: "open/esim/topup$",
      questions: "esim/query$",
      stop: () => Promise.all([overAccess.close(), access.stop()]),
    },
    {
      id: "esim-go",
      supplier: overGo,
      packageId: "esim_1GB_7D_NL_V2",
      topUpPackageId: "esim_1GB_7D_NL_V2",
      ...go,
      orders: "^POST /v2.4/orders$",
      topUps: "^POST /v2.4/orders$",
      questions: "^GET /v2.4/(orders|esims/assignments)",
      stop: () => Promise.all([overGo.close(), go.stop()]),
    },
  ];
}

/** What a supplier says about a code in its own words: its secret part alone, and whole. */
const ECHO = "the eSIM CANARY-7QX1-00AA is there already: LPA:1$rsp.canary.example$CANARY-7QX1-00AA";
const SECRET_ECHOED = "CANARY-7QX1-00AA";
const echoing = (text: string): readonly FaultAct[] => [
  { kind: "reply", status: 422, body: { code: 43, reason: text } },
  {
    kind: "reply",
    status: 422,
    body: { data: { package_id: text }, meta: { message: "the parameter is invalid" } },
  },
  { kind: "reply", status: 400, body: { message: text } },
  { kind: "reply", status: 200, body: { success: false, errorCode: "200008", errorMsg: text, obj: null } },
  {
    kind: "reply",
    status: 200,
    body: { success: "maybe", errorCode: text, errorMsg: text, obj: { ac: text } },
  },
  { kind: "reply", status: 500, body: { message: text } },
  {
    kind: "reply",
    status: 200,
    body: {
      data: {
        id: 77,
        description: text,
        sims: [{ id: 1, iccid: text, lpa: text, matching_id: text, qrcode: `LPA:2${text}` }],
      },
      orderReference: "77777777-2222-4333-8444-555555555555",
      status: "completed",
      statusMessage: text,
      order: [
        {
          type: "bundle",
          item: "x",
          quantity: 1,
          esims: [{ iccid: text, matchingId: text, smdpAddress: text }],
        },
      ],
    },
  },
];
const FAULTS: readonly FaultAct[] = [
  { kind: "drop_after" },
  { kind: "status_after", status: 500 },
  { kind: "malformed_after" },
  { kind: "huge_after" },
  ...echoing(ECHO),
];

describe("an activation code is in no evidence, whatever a supplier did", () => {
  const logged: string[] = [];
  let sellers: readonly Seller[];
  let room: EsimRoom;
  beforeAll(async () => {
    sellers = await startSellers();
    const log = makeLog({
      level: "trace",
      format: "json",
      sink: { write: (line: string) => void logged.push(line) },
    });
    const events = makeEvents(log, makeMetrics().registry);
    room = await makeEsimRoom({
      suppliers: sellers.map(({ supplier }) => supplier),
      overrides: { log, events },
    });
  });
  afterAll(async () => {
    await room.stop();
    await Promise.all(sellers.map(({ stop }) => stop()));
  });

  const quietly = (work: Promise<unknown>) => work.catch((error: unknown) => void logged.push(String(error)));
  /** An order and a top-up of it, with the fault in the purchase or in the question about it. */
  const live = async (seller: Seller, act: FaultAct): Promise<void> => {
    const planId = await room.addPlan([{ supplier: seller.id, packageId: seller.packageId, costMinor: 180 }]);
    await room.database.query(
      "update plan_suppliers set cost_text = null, cost_minor = null where plan_id = $1",
      [planId],
    );
    for (const on of [seller.orders, seller.questions]) {
      seller.http.script({ on, times: 2, act });
      const order = await room.addOrder({ planId });
      for (let time = 0; time < 3; time += 1)
        await quietly(room.esims.provisionEsim(order.id, { includesParked: true }));
      seller.http.clearFaults();
      await quietly(room.esims.takeBackEsim(order.id, { acceptLoss: true }));
    }
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    await room.esims.provisionEsim(esim.id);
    if ((await statusOf(esim.profileId)) !== "ready") return;
    const topUp = await room.addTopUp(esim, { packageId: seller.topUpPackageId });
    await room.database.query("update top_ups set cost_text = null, cost_minor = null where id = $1", [
      topUp.topUpId,
    ]);
    seller.http.script({ on: seller.topUps, times: 2, act });
    for (let time = 0; time < 3; time += 1)
      await quietly(room.esims.topUpEsim(topUp.id, { includesParked: true }));
    seller.http.clearFaults();
  };
  const statusOf = async (profileId: number) =>
    (
      await room.database.query<{ status: string }>("select status from esim_profiles where id = $1", [
        profileId,
      ])
    )[0]?.status;

  const everything = async (): Promise<string> => {
    const tables = await room.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('public', 'graphile_worker')`,
    );
    const texts = [...logged];
    for (const { name } of tables)
      texts.push(JSON.stringify(await room.database.query(`select t::text from ${name} t`)));
    const profiles = await room.database.query<{ id: number }>("select id from esim_profiles");
    const topUps = await room.database.query<{ id: number }>("select id from top_ups");
    const lists = [
      ...["/admin/suppliers", "/admin/plans/1/suppliers"],
      ...profiles.map(({ id }) => `/admin/esims/${id}/attempts`),
      ...topUps.map(({ id }) => `/admin/top-ups/${id}/attempts`),
    ];
    for (const path of lists) {
      const { status, raw } = await room.as(ADMIN, "GET", path);
      expect([path, status]).toEqual([path, 200]);
      texts.push(raw.toString("utf8"));
    }
    return texts.join("\n");
  };
  /** Of an activation code the matching id is the secret; the host is the supplier's. */
  const codesSold = () =>
    sellers.flatMap(({ ledger }) => ledger.esims.map(({ matchingId }) => matchingId)).concat(SECRET_ECHOED);

  it("for each supplier, purchase and fault", { timeout: 300_000 }, async () => {
    await Promise.all(
      sellers.map(async (seller) => {
        for (const act of FAULTS) await live(seller, act);
      }),
    );
    const text = await everything();
    const codes = codesSold();
    expect(codes.length).toBeGreaterThan(sellers.length * FAULTS.length);
    const details = await room.database.query("select from provisioning_attempts where detail is not null");
    expect(details.length).toBeGreaterThan(30);
    const forms = (code: string) => [
      code,
      Buffer.from(code).toString("base64"),
      Buffer.from(code).toString("hex"),
    ];
    expect(codes.filter((code) => forms(code).some((form) => text.includes(form)))).toEqual([]);
  });
});

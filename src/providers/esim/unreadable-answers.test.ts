import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { FAKE_ESIM_ACCESS_CODE, startFakeEsimAccess } from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import type { FakeHttp } from "@tribi/fakes/supplier/fake-http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAiraloSupplier } from "./airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "./esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "./esim-go/esim-go-supplier.js";
import type { EsimSupplier, SupplierAnswer, SupplierOutcome } from "./port.js";

/**
 * Every call of every supplier meets every answer that says nothing certain. Whatever comes, a purchase is then
 * unknown, never refused for good; and a question is not answered, never answered with "there is none".
 */
interface Body {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
}

const HTML = "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>";
const STATUSES = [200, 202, 302, 400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503];

/** What no supplier writes. */
const STRANGE: readonly Body[] = [
  ...STATUSES.flatMap((status) => [
    { name: "a page of HTML", status, body: HTML },
    { name: "nothing", status, body: "" },
    { name: "null", status, body: "null" },
  ]),
  ...[200, 401, 403, 422].flatMap((status) => [
    { name: "a text", status, body: '"ok"' },
    { name: "a number", status, body: "42" },
    { name: "half of an object", status, body: '{"data":{"id":' },
    { name: "an empty object", status, body: {} },
    { name: "members of nobody", status, body: { error: { status: 500 } } },
    { name: "a table", status, body: "ICCID,Matching ID\n1,2\n" },
  ]),
];

/** A success that has lost its content, in each supplier's own envelope. */
const HOLLOW: Readonly<Record<string, readonly unknown[]>> = {
  airalo: [
    { data: null, meta: { message: "success" } },
    { data: {}, meta: { message: "success" } },
    { data: { id: null }, meta: { message: "success" } },
    { meta: { message: "success" } },
    { data: { error: "try again" }, meta: { message: "the parameter is invalid" } },
    { code: 53, reason: "Something unexpected happened." },
    { code: 999, reason: "A code that no page lists" },
  ],
  "esim-go": [
    { orders: null, pageCount: 1 },
    { orders: {}, pageCount: 1 },
    { bundles: null },
    { bundles: {} },
    { esims: null },
    { message: "Internal error" },
    { order: [], orderReference: "" },
  ],
  "esim-access": [
    { success: true, errorCode: null, obj: { esimList: null, packageList: null } },
    { success: true, errorCode: "0", obj: { esimList: {}, packageList: {} } },
    { success: "maybe", errorCode: "0", obj: {} },
    { success: false, errorCode: "900001", errorMsg: "busy", obj: null },
    { success: false, errorCode: "000001", errorMsg: "server error", obj: null },
    { success: false, errorCode: "999999", errorMsg: "a code that no page lists", obj: null },
    { success: false, errorCode: null, errorMsg: null, obj: null },
    { success: true, errorCode: "200007", errorMsg: "both yes and no", obj: null },
  ],
};

interface Subject {
  readonly supplier: EsimSupplier & { close(): Promise<void> };
  readonly http: FakeHttp;
  readonly packageId: string;
  readonly topUpPackageId: string;
  stop(): Promise<void>;
}

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  async airalo() {
    const fake = await startFakeAiralo();
    const account = { clientId: FAKE_AIRALO_ID, clientSecret: FAKE_AIRALO_SECRET };
    const supplier = makeAiraloSupplier({ baseUrl: fake.url, ...account });
    // The token comes before anything else, and is not what is asked about here.
    await supplier.balance();
    return { supplier, ...fake, packageId: "moshi-7days-1gb", topUpPackageId: "moshi-7days-1gb-topup" };
  },
  async "esim-go"() {
    const fake = await startFakeEsimGo();
    const account = { apiKey: FAKE_ESIM_GO_KEY, areRefundsEnabled: true };
    const supplier = makeEsimGoSupplier({ baseUrl: fake.url, ...account });
    const packageId = "esim_1GB_7D_NL_V2";
    return { supplier, ...fake, packageId, topUpPackageId: packageId };
  },
  async "esim-access"() {
    const fake = await startFakeEsimAccess();
    const supplier = makeEsimAccessSupplier({ baseUrl: fake.url, accessCode: FAKE_ESIM_ACCESS_CODE });
    return { supplier, ...fake, packageId: "AU1GB7D", topUpPackageId: "TOPUP_AU1GB7D" };
  },
};

/** Every call but the token's, also a renewed one. */
const EVERY_CALL = "^(?!POST /v2/token$)";

describe.each(Object.keys(SUBJECTS))("answers of %s that say nothing certain", (name) => {
  let subject: Subject;
  let esim: { supplierReference: string; supplierOrderId: string; iccid: string | null };
  beforeAll(async () => {
    const start = SUBJECTS[name];
    if (!start) throw new Error(name);
    subject = await start();
    const { supplier, packageId } = subject;
    const order = await supplier.order({ reference: "TRB-1-1", packageId, expectedCost: null });
    if (order.kind !== "done") throw new Error(order.kind);
    const { supplierOrderId } = order.value;
    const delivered = await supplier.getOrder({ ...lookup(), supplierOrderId });
    const [data] = delivered.kind === "done" ? delivered.value.esims : [];
    if (!data) throw new Error("nothing delivered");
    esim = { ...data, supplierOrderId };
  });
  afterAll(async () => {
    await subject.supplier.close();
    await subject.stop();
  });

  const lookup = () => ({
    reference: "TRB-1-1",
    packageId: subject.packageId,
    sentAfterMillis: Date.now() - 60_000,
    knownSupplierOrderIds: [],
  });
  const bodies: readonly Body[] = [
    ...STRANGE,
    ...(HOLLOW[name] ?? []).map((body) => ({ name: JSON.stringify(body), status: 200, body })),
  ];

  async function meeting<Value>(
    body: Body,
    call: () => Promise<SupplierOutcome<Value>>,
  ): Promise<SupplierOutcome<Value>> {
    subject.http.clearFaults();
    subject.http.script({ on: EVERY_CALL, times: 50, act: { kind: "reply", ...body } });
    return call();
  }

  const said = ({ status, body }: Body) =>
    `${status} ${typeof body === "string" ? body : JSON.stringify(body)}`;

  test("a purchase is unknown", async () => {
    const { supplier, packageId, topUpPackageId } = subject;
    const topUp = { reference: "TRB-2-1", esim, packageId: topUpPackageId, expectedCost: null };
    const outcomes: string[] = [];
    for (const body of bodies) {
      const order = () => supplier.order({ reference: "TRB-3-1", packageId, expectedCost: null });
      for (const call of [order, () => supplier.topUp(topUp)] as (() => Promise<
        SupplierOutcome<unknown>
      >)[]) {
        const outcome = await meeting(body, call);
        if (outcome.kind !== "unknown") outcomes.push(`${said(body)} is ${JSON.stringify(outcome)}`);
      }
    }
    expect(outcomes).toEqual([]);
  });

  test("giving an eSIM back is neither done nor impossible", async () => {
    const outcomes: string[] = [];
    for (const body of bodies.filter((one) => !isPlainSuccess(one))) {
      const outcome = await meeting(body, () => subject.supplier.cancel(esim));
      const isOpen =
        outcome.kind === "unknown" || (outcome.kind === "refused" && outcome.reason === "retryable");
      if (!isOpen) outcomes.push(`${said(body)} is ${JSON.stringify(outcome)}`);
    }
    expect(outcomes).toEqual([]);
  });

  test("a question is not answered, and a search proves nothing", async () => {
    const { supplier, topUpPackageId } = subject;
    const topUp = { reference: "TRB-2-1", esim, packageId: topUpPackageId, expectedCost: null };
    const times = { sentAfterMillis: Date.now() - 60_000, knownSupplierTopUpIds: [] };
    const questions: Readonly<Record<string, () => Promise<SupplierAnswer<unknown>>>> = {
      findOrder: () => supplier.findOrder(lookup()),
      findTopUp: () => supplier.findTopUp({ ...topUp, ...times }),
      getOrder: () => supplier.getOrder({ ...lookup(), supplierOrderId: esim.supplierOrderId }),
      getStatus: () => supplier.getStatus(esim),
      listTopUps: () => supplier.listTopUps(esim),
      balance: () => supplier.balance(),
      listPackages: () => supplier.listPackages(null),
    };
    const outcomes: string[] = [];
    for (const body of bodies) {
      for (const [question, ask] of Object.entries(questions)) {
        const answer = await meeting(body, ask);
        const isOpen =
          (answer.kind === "refused" && answer.reason === "retryable") ||
          (answer.kind === "done" && isInconclusive(answer.value));
        if (!isOpen) outcomes.push(`${question}: ${said(body)} is ${JSON.stringify(answer)}`);
      }
    }
    expect(outcomes).toEqual([]);
  });
});

/** Nothing found, and it proves nothing; or an order of which nothing more is known than that it was taken. */
function isInconclusive(value: unknown): boolean {
  const { found, isConclusive, state } = value as { found?: string; isConclusive?: boolean; state?: string };
  return (found === "none" && isConclusive === false) || state === "pending";
}

/** One supplier's answer to a cancellation is its envelope's yes, and no more. */
const isPlainSuccess = ({ body }: Body): boolean =>
  (body as { success?: unknown; obj?: unknown } | null)?.success === true &&
  ["0", null].includes((body as { errorCode: string | null }).errorCode);

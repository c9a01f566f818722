import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import {
  FAKE_ESIM_ACCESS_CODE,
  FAKE_ESIM_ACCESS_SECRET,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeWebhookPathSecret } from "../../src/modules/esims/suppliers/supplier-events.js";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

/** The stories of tests/cases, told with the real adapters against their fake suppliers. */
describe("stories of eSIMs", () => {
  let airalo: FakeAiralo;
  let access: FakeEsimAccess;
  let room: EsimRoom;
  let accessPlan: number;
  let airaloPlan: number;
  let closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    airalo = await startFakeAiralo();
    access = await startFakeEsimAccess();
    // Both fakes number their eSIMs alike: without a history of its own one would hand out the other's ICCIDs.
    for (let number = 1; number <= 200; number += 1)
      airalo.ledger.sell({ reference: `ELSEWHERE-${number}`, packageId: "moshi-unlimited-3days" });
    airalo.limits.isEnforced = false;
    access.limits.isEnforced = false;
    const options = { timeoutMillis: 5_000 };
    const overAiralo = makeAiraloSupplier({
      ...options,
      baseUrl: airalo.url,
      clientId: FAKE_AIRALO_ID,
      clientSecret: FAKE_AIRALO_SECRET,
    });
    const overAccess = makeEsimAccessSupplier({
      ...options,
      baseUrl: access.url,
      accessCode: FAKE_ESIM_ACCESS_CODE,
      secretKey: FAKE_ESIM_ACCESS_SECRET,
      webhookSenders: ["127.0.0.1"],
    });
    closing = [overAiralo.close, overAccess.close];
    room = await makeEsimRoom({
      suppliers: [settlingAtOnce(overAiralo), settlingAtOnce(overAccess)],
      environment: { DATA_INDEX_KEY: "a key of this test that is long enough to pass" },
    });
    await room.startWorker();
    const origin = await room.server.listen({ host: "127.0.0.1", port: 0 });
    const secret = makeWebhookPathSecret("a key of this test that is long enough to pass")("esim-access");
    access.settings.webhookUrl = `${origin}/esims/webhook/esim-access/${secret}`;
    accessPlan = await room.addPlan([{ supplier: "esim-access", packageId: "AU1GB7D", costMinor: 180 }]);
    airaloPlan = await room.addPlan([{ supplier: "airalo", packageId: "moshi-7days-1gb" }]);
  });
  beforeEach(() => {
    Object.assign(access.ledger.settings, { readyAfterPolls: 0, iccidStyle: "standard" });
    access.settings.webhookMode = "never";
  });
  afterAll(async () => {
    await room.stop();
    for (const close of closing) await close();
    await Promise.all([airalo.stop(), access.stop()]);
  });

  const paid = async (planId: number): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await enqueue(order);
    return order;
  };
  const enqueue = (order: PlantedOrder) =>
    room.database.query(
      "select enqueue_job('provision_esim', json_build_object('order_id', $1::bigint), 'provision:' || $1)",
      [order.id],
    );
  const statusOf = async (order: PlantedOrder): Promise<string> =>
    (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body.status;
  const reaches = (order: PlantedOrder, status: string) =>
    eventually(async () => (await statusOf(order)) === status, {
      what: `eSIM ${status}`,
    });
  const accessEsimOf = async (order: PlantedOrder) => {
    const [row] = await room.database.query<{ iccid: string }>(
      "select iccid from esim_profiles where id = $1",
      [order.profileId],
    );
    return access.ledger.esims.findLast((esim) => esim.iccid === row?.iccid);
  };

  it("ac-200: a supplier that still works is asked again, and nothing is marked failed", async () => {
    access.ledger.settings.readyAfterPolls = 3;
    const before = access.ledger.orders.length;
    const order = await paid(accessPlan);
    await reaches(order, "ready");
    expect(access.ledger.orders.length - before).toBe(1);
  });

  it("ac-201: install data can be read again, on any device, the same", async () => {
    const order = await paid(airaloPlan);
    await reaches(order, "ready");
    const url = `/esims/${order.profileId}`;
    const first = await room.as(order.userId, "GET", url);
    expect((await room.as(order.userId, "GET", url)).body.qr_payload).toBe(first.body.qr_payload);
    expect((await room.as(order.userId, "GET", `${url}/qr.png`)).status).toBe(200);
  });

  it("ac-202: one payment told ten times at once is one supplier order", async () => {
    const before = airalo.ledger.orders.length;
    const order = await room.addOrder({ planId: airaloPlan });
    await Promise.all(Array.from({ length: 10 }, () => enqueue(order)));
    await reaches(order, "ready");
    expect(airalo.ledger.orders.length - before).toBe(1);
  });

  it("ac-203: a sale at Airalo whose connection drops is found by our reference in the description", async () => {
    const before = airalo.ledger.orders.length;
    airalo.http.script({ on: "^POST /v2/orders$", act: { kind: "drop_after" } });
    const order = await paid(airaloPlan);
    await reaches(order, "ready");
    expect(airalo.ledger.orders.length - before).toBe(1);
    expect(airalo.http.calls.some(({ method, path }) => method === "GET" && path === "/v2/orders")).toBe(
      true,
    );
  });

  it("ac-204: only the supplier's word makes an eSIM active", async () => {
    const order = await paid(accessPlan);
    await reaches(order, "ready");
    const own = await room.as(order.userId, "POST", `/esims/${order.profileId}/installed`);
    expect([own.status, await statusOf(order)]).toEqual([409, "ready"]);
    const esim = await accessEsimOf(order);
    Object.assign(esim ?? {}, { profile: "enabled", plan: "active" });
    await access.sendEvent(esim?.id ?? 0, "ESIM_STATUS", 5);
    await reaches(order, "active");
    const [{ count }] = (await room.database.query(
      "select count(*) as count from audit_log where subject = $1 and action = 'esim.active'",
      [`esim:${order.profileId}`],
    )) as [{ count: number }];
    expect(count).toBe(1);
  });

  it("ac-205: an event that overtakes the answer it belongs to is not lost", async () => {
    access.settings.webhookMode = "before_answer";
    const before = access.ledger.orders.length;
    const order = await paid(accessPlan);
    await reaches(order, "ready");
    expect(access.ledger.orders.length - before).toBe(1);
    await eventually(async () => {
      const rows = await room.database.query("select from supplier_events where applied_at is null");
      return rows.length === 0;
    });
  });

  it("ic-120: a recycled ICCID is another eSIM, and the old one stays as it was", async () => {
    const old = await paid(accessPlan);
    await reaches(old, "ready");
    await room.database.query("update esim_profiles set status = 'expired' where id = $1", [old.profileId]);
    access.ledger.settings.iccidStyle = "duplicate";
    const heir = await paid(accessPlan);
    await reaches(heir, "ready");
    const rows = await room.database.query<{ iccid: string; status: string }>(
      "select iccid, status from esim_profiles where id in ($1, $2) order by id",
      [old.profileId, heir.profileId],
    );
    expect(rows.map(({ status }) => status)).toEqual(["expired", "ready"]);
    expect(rows[0]?.iccid).toBe(rows[1]?.iccid);
  });

  it("without a signature and without the secret part of the address an event changes nothing", async () => {
    const answer = await room.server.inject({
      method: "POST",
      url: "/esims/webhook/esim-access",
      payload: {},
    });
    const guessed = await room.server.inject({
      method: "POST",
      url: "/esims/webhook/esim-access/guess",
      payload: {},
    });
    const unsigned = await room.server.inject({ method: "POST", url: "/esims/webhook/airalo", payload: {} });
    expect([answer.statusCode, guessed.statusCode, unsigned.statusCode]).toEqual([400, 400, 400]);
    expect((await room.server.inject({ method: "POST", url: "/esims/webhook/local" })).statusCode).toBe(404);
    const probe = await room.server.inject({ method: "HEAD", url: "/esims/webhook/airalo" });
    expect(probe.statusCode).toBe(200);
  });
});

function settlingAtOnce(supplier: EsimSupplier): EsimSupplier {
  return { ...supplier, capabilities: { ...supplier.capabilities, lookupSettlesAfterSeconds: 0 } };
}

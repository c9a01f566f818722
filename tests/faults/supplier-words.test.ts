import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { AIRALO_DEFAULTS } from "@tribi/fakes/airalo/fake-shapes";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { airaloSignature } from "../../src/providers/esim/airalo/airalo-client.js";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 12 };
const OUT_OF_STOCK = { code: 33, reason: "Insufficient stock of eSIMs remaining: 0." };

/** Airalo's asynchronous orders, whose end comes as a signed webhook. The test carries each to the shop when it likes. */
describe("what Airalo says, signed, of an asynchronous order", () => {
  const second = makeScriptedSupplier("second");
  let airalo: FakeAiralo;
  let supplier: ReturnType<typeof makeAiraloSupplier>;
  let room: EsimRoom;
  beforeAll(async () => {
    airalo = await startFakeAiralo();
    supplier = makeAiraloSupplier({
      baseUrl: airalo.url,
      clientId: FAKE_AIRALO_ID,
      clientSecret: FAKE_AIRALO_SECRET,
      timeoutMillis: 5_000,
      // Nobody listens there: the fake keeps what it could not deliver.
      webhookUrl: "http://127.0.0.1:9/webhook",
    });
    room = await makeEsimRoom({ suppliers: [supplier, second] });
  });
  beforeEach(async () => {
    Object.assign(airalo.settings, AIRALO_DEFAULTS, {
      asyncFailure: OUT_OF_STOCK,
      listsFailed: "never",
    });
    Object.assign(second, { script: ["sell"] });
    second.calls.length = 0;
    airalo.ledger.deliveries.length = 0;
    await room.database.query("update plan_suppliers set paused_at = null, paused_reason = null");
  });
  afterAll(async () => {
    await room.stop();
    await supplier.close();
    await airalo.stop();
  });

  const ordered = async (suppliers: readonly string[] = ["airalo", "second"]): Promise<PlantedOrder> => {
    const planId = await room.addPlan(
      suppliers.map((one, index) => ({
        supplier: one,
        packageId: one === "airalo" ? "moshi-7days-1gb" : "p",
        costMinor: 350 + index,
      })),
    );
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const state = async ({ profileId }: PlantedOrder) => {
    const [profile] = await room.database.query<{ status: string; parked_reason: string | null }>(
      "select status, parked_reason from esim_profiles where id = $1",
      [profileId],
    );
    const attempts = await room.database.query<{ supplier: string; status: string; reason: string | null }>(
      "select supplier, status, reason from provisioning_attempts where profile_id = $1 order by number",
      [profileId],
    );
    return [
      profile?.parked_reason ?? profile?.status,
      ...attempts.map((one) => [one.supplier, one.status, one.reason].filter(Boolean).join(" ")),
    ];
  };
  const send = (body: string) =>
    room.server.inject({
      method: "POST",
      url: "/esims/webhook/airalo",
      headers: {
        "content-type": "application/json",
        "airalo-signature": airaloSignature(body, FAKE_AIRALO_SECRET),
      },
      payload: body,
    });
  /** What the fake has sent comes to the shop, and the jobs that act on it run. */
  const told = async (): Promise<void> => {
    await eventually(async () => airalo.ledger.deliveries.length > 0);
    for (const { body } of airalo.ledger.deliveries.splice(0))
      expect((await send(body)).statusCode).toBe(200);
    await apply();
  };
  const apply = async (isLastTry = false): Promise<void> => {
    const events = await room.database.query<{ id: number }>(
      "select id from supplier_events where applied_at is null and kind <> 'unreadable' order by id",
    );
    for (const { id } of events)
      await room.esims.jobs.handlers.apply_supplier_event!(
        { event_id: id },
        { ...RUN, attempt: isLastTry ? 12 : 1 },
      );
  };

  it.each([
    ["with its code and our reference", "full", "out_of_stock"],
    ["with a reason alone", "reason_only", "out_of_stock"],
    ["in an envelope", "enveloped", "out_of_stock"],
  ] as const)(
    "that it failed, %s: refused, and the next supplier delivers",
    async (_what, failureBody, reason) => {
      airalo.settings.failureBody = failureBody;
      const order = await ordered();
      expect(await state(order)).toEqual(["pending", "airalo accepted"]);
      await told();
      expect(await state(order)).toEqual(["ready", `airalo refused ${reason}`, "second delivered"]);
      const [paused] = await room.database.query(
        "select s.paused_reason from plan_suppliers s join esim_profiles p on p.plan_id = s.plan_id where p.id = $1 and s.supplier = 'airalo'",
        [order.profileId],
      );
      expect(paused).toEqual({ paused_reason: reason });
    },
  );

  it("that it failed, and there is no other supplier: the order is failed, which gives the money back", async () => {
    const order = await ordered(["airalo"]);
    await told();
    expect(await state(order)).toEqual(["failed", "airalo refused out_of_stock"]);
  });

  it("that it failed, when the answer to the order itself was lost", async () => {
    airalo.http.script({ on: "^POST /v2/orders-async$", act: { kind: "drop_after" } });
    const order = await ordered();
    expect(await state(order)).toEqual(["pending", "airalo unknown"]);
    await told();
    expect(await state(order)).toEqual(["ready", "airalo refused out_of_stock", "second delivered"]);
  });

  it("that it failed, after an operator was shown it as stuck", async () => {
    const order = await ordered();
    await room.database.query(
      `with a as (update provisioning_attempts set status = 'parked', reason = 'stuck_at_supplier' where profile_id = $1)
       update esim_profiles set parked_at = now(), parked_reason = 'stuck_at_supplier' where id = $1`,
      [order.profileId],
    );
    await told();
    expect(await state(order)).toEqual(["ready", "airalo refused out_of_stock", "second delivered"]);
  });

  it("that it failed, while the order was given back meanwhile: nothing is owed there", async () => {
    const order = await ordered();
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: true })).toBe("not_delivered");
    await told();
    const [attempt] = await room.database.query<{ id: number }>(
      "select id from provisioning_attempts where profile_id = $1",
      [order.profileId],
    );
    await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: attempt?.id }, RUN);
    expect(await state(order)).toEqual(["cancelled", "airalo taken_back never_sold"]);
  });

  it("that it failed, while its books show the eSIM: the books win, and it is delivered", async () => {
    airalo.settings.asyncFailure = null;
    const order = await ordered();
    await eventually(async () => airalo.ledger.deliveries.length > 0);
    const [delivery] = airalo.ledger.deliveries.splice(0);
    const { request_id: requestId } = JSON.parse(delivery?.body ?? "");
    await send(JSON.stringify({ request_id: requestId, ...OUT_OF_STOCK }));
    await apply();
    expect(await state(order)).toEqual(["ready", "airalo delivered"]);
  });

  it("in a body with the character NUL is parked with 200, and nothing moves", async () => {
    const order = await ordered();
    airalo.ledger.deliveries.length = 0;
    for (const name of [`${order.reference}-1\\u0000`, `${order.reference}-1\u0000`]) {
      const answer = await send(
        `{"request_id":"R\\u0000","description":"${name}","code":33,"reason":"\\u0000"}`,
      );
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: "parked" }]);
    }
    expect(await state(order)).toEqual(["pending", "airalo accepted"]);
    const rows = await room.database.query("select problem from supplier_events where kind = 'unreadable'");
    expect(rows).toEqual([{ problem: "it has the character NUL" }, { problem: "not JSON" }]);
  });

  it("an answer with the character NUL in it is stored like any other", async () => {
    const body = { code: 43, reason: "bad\u0000request \uD800" };
    airalo.http.script({ on: "^POST /v2/orders-async$", act: { kind: "reply", status: 422, body } });
    const order = await ordered();
    expect(await state(order)).toEqual(["ready", "airalo refused terminal", "second delivered"]);
  });
});

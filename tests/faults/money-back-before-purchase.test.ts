import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom, withLeaseFollowedBy } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

/** A worker has read that the order is paid, and has chosen a supplier; then, before it begins, the money goes. */
describe("what is not to be delivered any more is not bought by a worker that has begun its work before", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const attempts = (column: "profile_id" | "top_up_id", id: number) =>
    room.database.query(`select status from provisioning_attempts where ${column} = $1`, [id]);

  const MEANWHILE = [
    ["the money went back", "update orders set status = 'refunded' where id = new.order_id"],
    ["a refund asked for it", "update %s set take_back_requested_at = now() where id = new.id"],
  ] as const;

  it.each(MEANWHILE)("an eSIM: %s", async (_, sql) => {
    const order = await room.addOrder({ planId });
    await withLeaseFollowedBy(room, "esim_profiles", sql.replace("%s", "esim_profiles"), () =>
      room.esims.provisionEsim(order.id),
    );
    expect(await attempts("profile_id", order.profileId)).toEqual([]);
    await room.esims.takeBackEsim(order.id, { acceptLoss: false });
    const [row] = await room.database.query("select status from esim_profiles where id = $1", [
      order.profileId,
    ]);
    expect(row).toEqual({ status: "cancelled" });
  });

  it.each(MEANWHILE)("a top-up: %s", async (_, sql) => {
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const topUp = await room.addTopUp(esim);
    await withLeaseFollowedBy(room, "top_ups", sql.replace("%s", "top_ups"), () =>
      room.esims.topUpEsim(topUp.id),
    );
    expect(await attempts("top_up_id", topUp.topUpId)).toEqual([]);
    await room.esims.takeBackEsim(topUp.id, { acceptLoss: false });
    const [row] = await room.database.query("select status from top_ups where id = $1", [topUp.topUpId]);
    expect(row).toEqual({ status: "cancelled" });
  });
});

/** The first purchase is open when the payer's bank takes the money, so the order is not parked at once. */
describe("after a refusal nothing more is bought while the money is withheld", () => {
  const first = makeScriptedSupplier("airalo");
  const second = makeScriptedSupplier("esim-go");
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [first, second] });
    planId = await room.addPlan([
      { supplier: "airalo", packageId: "a", costMinor: 100 },
      { supplier: "esim-go", packageId: "b", costMinor: 200 },
    ]);
  });
  afterAll(() => room.stop());

  const pay = (orderId: number) =>
    room.database.query(
      `insert into payments (order_id, provider, status, currency, amount_minor, livemode, succeeded_at, captured_minor,
         is_counted, intent_id)
       select id, 'STRIPE', 'succeeded', currency, amount_minor, false, now(), amount_minor, true, 'pi_' || id
       from orders where id = $1`,
      [orderId],
    );
  const withhold = async (orderId: number) => {
    await pay(orderId);
    await room.database.query("update payments set disputed_minor = captured_minor where order_id = $1", [
      orderId,
    ]);
  };
  const parkedReason = async (table: "esim_profiles" | "top_ups", orderId: number) =>
    (
      await room.database.query<{ parked_reason: string | null }>(
        `select parked_reason from ${table} where order_id = $1`,
        [orderId],
      )
    )[0]?.parked_reason;
  const askAgain = (path: string) =>
    room.as(900_001, "POST", `${path}/decision`, {
      decision: "ask_again",
      reason: "the bank has said yes by phone",
    });

  it("an eSIM: the next supplier is not asked before an operator says so", async () => {
    first.script = [{ refuse: "terminal" }];
    const order = await room.addOrder({ planId });
    await withhold(order.id);
    await room.esims.provisionEsim(order.id);
    expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
    expect(await parkedReason("esim_profiles", order.id)).toBe("money_withheld");
    first.script = ["sell"];
    expect((await askAgain(`/admin/esims/${order.profileId}`)).status).toBe(200);
    await room.esims.provisionEsim(order.id);
    expect(await parkedReason("esim_profiles", order.id)).toBeNull();
    expect([first.calls.length, second.calls.length]).toEqual([2, 0]);
  });

  it("a top-up: its supplier is not asked again before an operator says so", async () => {
    first.script = ["sell"];
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const before = first.calls.length;
    first.script = [{ refuse: "retryable" }, "sell"];
    const topUp = await room.addTopUp(esim);
    await withhold(topUp.id);
    await room.esims.topUpEsim(topUp.id);
    // The pause before the second try is over.
    await room.database.query(
      "update provisioning_attempts set ask_at = now() - interval '1 second' where top_up_id = $1",
      [topUp.topUpId],
    );
    await room.esims.topUpEsim(topUp.id);
    expect(await parkedReason("top_ups", topUp.id)).toBe("money_withheld");
    expect(first.calls.length - before).toBe(1);
    expect((await askAgain(`/admin/top-ups/${topUp.topUpId}`)).status).toBe(200);
    await room.esims.topUpEsim(topUp.id);
    expect(first.calls.length - before).toBe(2);
  });

  it("an eSIM of whose dispute was heard and which is not applied yet: nothing is bought until it is", async () => {
    first.script = ["sell"];
    const order = await room.addOrder({ planId });
    await pay(order.id);
    const before = first.calls.length;
    await room.database.query(
      `insert into webhook_events (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts,
         provider_created_at, next_try_at)
       select provider, 'evt_' || id, 'webhook', 'charge.dispute.created', 'dispute_opened', intent_id, id, 'waiting',
         'capture_unknown', '{}', now(), now() from payments where order_id = $1`,
      [order.id],
    );
    await room.esims.provisionEsim(order.id);
    expect(first.calls.length - before).toBe(0);
    expect(await parkedReason("esim_profiles", order.id)).toBeNull();
    await room.database.query(
      `update webhook_events set outcome = 'ignored', next_try_at = null
       where payment_id = (select id from payments where order_id = $1)`,
      [order.id],
    );
    await room.esims.provisionEsim(order.id);
    expect(first.calls.length - before).toBe(1);
  });

  /** What they waited for at the supplier is there again, as the jobs see it. */
  const isCured = async () => {
    for (const task of ["read_supplier_balances", "sweep_top_ups"])
      await room.esims.jobs.handlers[task]!({}, { jobId: "1", attempt: 1, attemptsMax: 25 });
  };
  const comesBack = (orderId: number) =>
    room.database.query("update payments set disputed_minor = 0 where order_id = $1", [orderId]);

  it("an eSIM that waited for money at its supplier: a balance that has come frees it no sooner than the price", async () => {
    for (const supplier of [first, second]) supplier.script = [{ refuse: "no_funds" }];
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    expect(await parkedReason("esim_profiles", order.id)).toBe("no_funds");
    for (const supplier of [first, second]) supplier.script = ["sell"];
    const before = first.calls.length + second.calls.length;
    await withhold(order.id);
    await isCured();
    await room.esims.provisionEsim(order.id);
    expect(first.calls.length + second.calls.length - before).toBe(0);
    expect(await parkedReason("esim_profiles", order.id)).toBe("no_funds");
    await comesBack(order.id);
    await isCured();
    await room.esims.provisionEsim(order.id);
    expect(first.calls.length + second.calls.length - before).toBe(1);
    expect(await parkedReason("esim_profiles", order.id)).toBeNull();
  });

  it("a top-up that waited for money at its supplier: the same", async () => {
    first.script = ["sell"];
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    first.script = [{ refuse: "no_funds" }];
    const topUp = await room.addTopUp(esim);
    await room.esims.topUpEsim(topUp.id);
    expect(await parkedReason("top_ups", topUp.id)).toBe("no_funds");
    first.script = ["sell"];
    const before = first.calls.length;
    await withhold(topUp.id);
    await isCured();
    await room.esims.topUpEsim(topUp.id);
    expect(first.calls.length - before).toBe(0);
    expect(await parkedReason("top_ups", topUp.id)).toBe("no_funds");
    await comesBack(topUp.id);
    await isCured();
    await room.esims.topUpEsim(topUp.id);
    expect(first.calls.length - before).toBe(1);
    expect(await parkedReason("top_ups", topUp.id)).toBeNull();
  });

  /** Parked for want of our money, which has come: its price is being withheld in the moment in which it is freed. */
  const freedWhileWithheld = async (
    { id, orderId, table }: { id: number; orderId: number; table: "esim_profiles" | "top_ups" },
    bringOn: () => Promise<void>,
  ) => {
    await pay(orderId);
    const before = first.calls.length + second.calls.length;
    const bank = new pg.Client({ connectionString: room.database.url });
    await bank.connect();
    try {
      // What follows from a dispute has looked at the order, which was parked; it is not committed yet.
      await bank.query("begin");
      await bank.query("update payments set disputed_minor = captured_minor where order_id = $1", [orderId]);
      await isCured();
      expect(await parkedReason(table, orderId)).toBeNull();
      const working = bringOn();
      await Promise.race([working, eventually(isWaiting, { what: "waiting for the money" })]);
      await bank.query("commit");
      await working;
    } finally {
      await bank.end();
    }
    expect([id, first.calls.length + second.calls.length - before]).toEqual([id, 0]);
    expect(await parkedReason(table, orderId)).toBe("money_withheld");
  };
  const isWaiting = async (): Promise<boolean> =>
    (
      await room.database.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).length > 0;

  it("an eSIM that is freed in the moment in which its price is withheld is not bought", async () => {
    for (const supplier of [first, second]) supplier.script = [{ refuse: "no_funds" }];
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    for (const supplier of [first, second]) supplier.script = ["sell"];
    await freedWhileWithheld({ id: order.profileId, orderId: order.id, table: "esim_profiles" }, () =>
      room.esims.provisionEsim(order.id),
    );
  });

  it("a top-up that is freed in the moment in which its price is withheld is not bought", async () => {
    first.script = ["sell"];
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    first.script = [{ refuse: "no_funds" }];
    const topUp = await room.addTopUp(esim);
    await room.esims.topUpEsim(topUp.id);
    first.script = ["sell"];
    await freedWhileWithheld({ id: topUp.topUpId, orderId: topUp.id, table: "top_ups" }, () =>
      room.esims.topUpEsim(topUp.id),
    );
  });
});

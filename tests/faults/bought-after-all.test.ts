import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder, type PlantedTopUp } from "../support/esims.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 12 };
const LAST_RUN = { ...RUN, attempt: 12 };

/** A search found nothing when it counted, and the sale shows itself afterwards. */
describe("a purchase that had been ruled out and comes to light", () => {
  const first = makeScriptedSupplier("first", { hasTopUps: true });
  const matching = makeScriptedSupplier("matching", { lookup: "by_match" });
  const second = makeScriptedSupplier("second");
  const suppliers = [first, matching, second];
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers });
  });
  beforeEach(() => {
    for (const supplier of suppliers) {
      Object.assign(supplier, {
        script: ["sell"],
        isSearchBlind: false,
        isReady: true,
        cancelResult: "refunded",
      });
      supplier.calls.length = 0;
      supplier.cancelled.length = 0;
    }
  });
  afterAll(async () => {
    expect(await violations(room.database, ESIM_INVARIANTS)).toEqual({});
    await room.stop();
  });

  /** Sold, unseen, ruled out; then the next supplier, if there is one, has delivered. */
  const ruledOut = async (
    names: readonly string[],
    refuse: "terminal" | "no_funds" = "terminal",
  ): Promise<PlantedOrder> => {
    const planId = await room.addPlan(
      names.map((supplier, index) => ({ supplier, packageId: "p", costMinor: 300 + index })),
    );
    const order = await room.addOrder({ planId });
    const [seller] = suppliers.filter(({ id }) => id === names[0]);
    Object.assign(seller ?? {}, { script: ["sell_and_drop", { refuse }], isSearchBlind: true });
    for (let time = 0; time < 3; time += 1) await room.esims.provisionEsim(order.id);
    Object.assign(seller ?? {}, { isSearchBlind: false, script: ["sell"] });
    return order;
  };
  const ruledOutTopUp = async (times = 1): Promise<PlantedTopUp> => {
    const planId = await room.addPlan([{ supplier: "first", packageId: "p" }]);
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const topUp = await room.addTopUp(esim);
    const lost = Array.from({ length: times }, () => "sell_and_drop");
    Object.assign(first, { script: [...lost, { refuse: "terminal" }], isSearchBlind: true });
    for (let time = 0; time < 1 + 2 * times; time += 1) await room.esims.topUpEsim(topUp.id);
    Object.assign(first, { isSearchBlind: false, script: ["sell"] });
    return topUp;
  };
  /** The one that was ruled out, and the last one. */
  const attemptsOf = async (column: "profile_id" | "top_up_id", id: number) => {
    const rows = await room.database.query<{
      status: string;
      reason: string | null;
      supplier_order_id: string | null;
      detail: string | null;
    }>(
      `select status, reason, supplier_order_id, detail from provisioning_attempts where ${column} = $1 order by number`,
      [id],
    );
    return rows.filter((_row, index) => index === 0 || index === rows.length - 1);
  };
  const profileOf = async ({ profileId }: PlantedOrder) => {
    const [row] = await room.database.query<{ status: string; parked_reason: string | null }>(
      "select status, parked_reason from esim_profiles where id = $1",
      [profileId],
    );
    return row;
  };
  const event = async (columns: Readonly<Record<string, string>>, run = RUN) => {
    const names = Object.keys(columns);
    const [row] = await room.database.query<{ id: number }>(
      `insert into supplier_events (supplier, dedup_key, kind, ${names.join(", ")})
       values ('first', gen_random_uuid(), 'order_changed', ${names.map((_, index) => `$${index + 1}`).join(", ")})
       returning id`,
      Object.values(columns),
    );
    const apply = (again = run) =>
      room.esims.jobs.handlers.apply_supplier_event!({ event_id: row?.id }, again);
    const outcome = await apply().then(
      () => "done",
      () => "again",
    );
    const kept = await room.database.query<{ is_applied: boolean; problem: string | null }>(
      "select applied_at is not null as is_applied, problem from supplier_events where id = $1",
      [row?.id],
    );
    return { outcome, ...kept[0], apply };
  };
  const lookBack = (hours = 2) =>
    room.database
      .query(
        `update provisioning_attempts set decided_at = decided_at - $1 * interval '1 hour',
           looked_back_at = looked_back_at - $1 * interval '1 hour'
         where status in ('refused', 'taken_back')`,
        [hours],
      )
      .then(() => room.esims.jobs.handlers.look_back_at_refusals!({}, RUN));
  const BOUGHT = { status: "parked", reason: "bought_after_all" };

  describe("by an event that names it", () => {
    it("after another supplier delivered: parked with its evidence and alarmed; the customer keeps what he has", async () => {
      const order = await ruledOut(["first", "second"]);
      expect(await profileOf(order)).toMatchObject({ status: "ready" });
      const before = await room.metric("esim_parked_total");
      expect(await event({ reference: `${order.reference}-1` })).toMatchObject({
        outcome: "done",
        is_applied: true,
      });
      const sold = first.sold.get(`${order.reference}-1`)?.supplierOrderId ?? "";
      expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([
        { ...BOUGHT, supplier_order_id: sold, detail: expect.stringContaining(sold) },
        { status: "delivered" },
      ]);
      expect(await profileOf(order)).toEqual({ status: "ready", parked_reason: null });
      expect((await room.metric("esim_parked_total")) - before).toBe(1);
      expect(first.cancelled).toEqual([]);
    });

    it("while the order still waits: whoever is at work on it buys nothing more, and an operator adopts it", async () => {
      const waiting = await ruledOut(["first"], "no_funds");
      expect(await profileOf(waiting)).toEqual({ status: "pending", parked_reason: "no_funds" });
      await room.database.query(
        `update esim_profiles set parked_at = null, parked_reason = null, lease_until = now() + interval '1 hour' where id = $1`,
        [waiting.profileId],
      );
      await event({ reference: `${waiting.reference}-1` });
      expect(await profileOf(waiting)).toEqual({ status: "pending", parked_reason: "bought_after_all" });
      const calls = first.calls.length;
      await room.esims.provisionEsim(waiting.id);
      expect(first.calls).toHaveLength(calls);
      const sold = first.sold.get(`${waiting.reference}-1`)?.supplierOrderId ?? "";
      const decision = { decision: "adopt", supplier_order_id: sold, reason: "it is ours" };
      const url = `/admin/esims/${waiting.profileId}/decision`;
      expect((await room.as(1, "POST", url, decision)).status).toBe(200);
      await room.esims.provisionEsim(waiting.id);
      expect(await profileOf(waiting)).toEqual({ status: "ready", parked_reason: null });
    });

    it("after the refund: parked, and the order stays refunded", async () => {
      const order = await ruledOut(["first"]);
      expect(await profileOf(order)).toMatchObject({ status: "failed" });
      await event({ reference: `${order.reference}-1` });
      expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([BOUGHT, { status: "refused" }]);
      expect(await profileOf(order)).toMatchObject({ status: "failed" });
    });

    it("that its books do not show yet: asked again, and at the last try the event is the evidence", async () => {
      const order = await ruledOut(["first", "second"]);
      first.isSearchBlind = true;
      const { outcome, problem, is_applied, apply } = await event({ reference: `${order.reference}-1` });
      expect([outcome, is_applied, problem]).toEqual([
        "again",
        false,
        "names a purchase that had been ruled out",
      ]);
      await apply(LAST_RUN);
      expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([
        { ...BOUGHT, supplier_order_id: null, detail: expect.stringContaining("order_changed") },
        { status: "delivered" },
      ]);
    });

    it("waits while another purchase of the same order is open", async () => {
      Object.assign(second, { script: ["accept"], isReady: false });
      const open = await ruledOut(["first", "second"]);
      const { outcome, apply } = await event({ reference: `${open.reference}-1` });
      expect(outcome).toBe("again");
      second.isReady = true;
      await room.esims.provisionEsim(open.id);
      expect(await profileOf(open)).toMatchObject({ status: "ready" });
      await apply();
      expect(await attemptsOf("profile_id", open.profileId)).toMatchObject([BOUGHT, { status: "delivered" }]);
    });

    it("as a failure: that says nothing new", async () => {
      const order = await ruledOut(["first", "second"]);
      const failure = JSON.stringify({ reason: "out_of_stock", detail: "none left" });
      expect(await event({ reference: `${order.reference}-1`, order_failure: failure })).toMatchObject({
        is_applied: true,
      });
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({ status: "refused" });
    });

    it("of a top-up: parked, its refund stays, and the eSIM is asked how it is", async () => {
      const topUp = await ruledOutTopUp();
      const before = await room.metric("top_up_parked_total");
      await event({ reference: `${topUp.reference}-1` });
      const sold = first.toppedUp.get(`${topUp.reference}-1`)?.supplierTopUpId ?? "";
      expect(await attemptsOf("top_up_id", topUp.topUpId)).toMatchObject([
        { ...BOUGHT, supplier_order_id: sold },
        { status: "refused" },
      ]);
      expect((await room.metric("top_up_parked_total")) - before).toBe(1);
      const [row] = await room.database.query("select status from top_ups where id = $1", [topUp.topUpId]);
      expect(row).toEqual({ status: "failed" });
    });
  });

  describe("by looking back, although nobody speaks of it", () => {
    it("an hour later, in a search by our reference", async () => {
      const order = await ruledOut(["first", "second"]);
      await room.esims.jobs.handlers.look_back_at_refusals!({}, RUN);
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({ status: "refused" });
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject(BOUGHT);
    });

    it("a day later, when it was not listed after an hour", async () => {
      const order = await ruledOut(["first", "second"]);
      first.isSearchBlind = true;
      await lookBack();
      first.isSearchBlind = false;
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({ status: "refused" });
      await lookBack(24);
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject(BOUGHT);
    });

    it("in the list of a supplier that keeps no reference; what is another purchase's is left to it", async () => {
      const order = await ruledOut(["matching", "second"]);
      const found = matching.sold.get(`${order.reference}-1`);
      // Another customer's purchase of the same package is open: what the list shows could be its.
      const planId = await room.addPlan([{ supplier: "matching", packageId: "p" }]);
      const other = await room.addOrder({ planId });
      Object.assign(matching, { script: ["drop"], isSearchConclusive: false });
      await room.esims.provisionEsim(other.id);
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({ status: "refused" });
      await room.database.query(
        "update provisioning_attempts set supplier_order_id = 'elsewhere' where profile_id = $1",
        [other.profileId],
      );
      Object.assign(matching, { isSearchConclusive: true });
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({
        ...BOUGHT,
        supplier_order_id: found?.supplierOrderId,
      });
    });

    it.each(["ask_again", "refund"])(
      "in that list without being named: %s waits for another purchase of its package, and holds the next one up",
      async (decision) => {
        const packageId = `named-${decision}`;
        const planId = await room.addPlan([{ supplier: "matching", packageId }]);
        const order = await room.addOrder({ planId });
        Object.assign(matching, { script: ["sell_and_drop", { refuse: "no_funds" }], isSearchBlind: true });
        for (let time = 0; time < 3; time += 1) await room.esims.provisionEsim(order.id);
        const { findOrder } = matching;
        matching.findOrder = async () => done({ found: "several", supplierOrderIds: ["one", "two"] });
        await lookBack();
        matching.findOrder = findOrder;
        expect(await profileOf(order)).toMatchObject({ parked_reason: "bought_after_all" });
        const decide = () =>
          room.as(1, "POST", `/admin/esims/${order.profileId}/decision`, { decision, reason: "r" });

        const other = await room.addOrder({ planId });
        Object.assign(matching, { script: ["drop"], isSearchConclusive: false });
        await room.esims.provisionEsim(other.id);
        const early = await decide();
        expect([early.status, early.body.code]).toEqual([409, "conflict"]);
        expect(await profileOf(order)).toMatchObject({ parked_reason: "bought_after_all" });
        await room.database.query(
          "update provisioning_attempts set supplier_order_id = $2 where profile_id = $1",
          [other.profileId, `elsewhere-${decision}`],
        );
        expect((await decide()).status).toBe(200);
        const third = await room.addOrder({ planId });
        const calls = matching.calls.length;
        await room.esims.provisionEsim(third.id);
        expect(matching.calls).toHaveLength(calls);
        Object.assign(matching, { isSearchConclusive: true });
      },
    );

    it("in that list, of one that had been given up: what an open purchase may own is left to it as well", async () => {
      const planId = await room.addPlan([{ supplier: "matching", packageId: "given-up" }]);
      const givenUp = await room.addOrder({ planId });
      Object.assign(matching, { script: ["drop"], isSearchConclusive: false });
      await room.esims.provisionEsim(givenUp.id);
      await room.esims.takeBackEsim(givenUp.id, { acceptLoss: true });
      const [surplus] = await room.database.query<{ id: number }>(
        "select id from provisioning_attempts where profile_id = $1",
        [givenUp.profileId],
      );
      matching.isSearchConclusive = true;
      await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: surplus?.id }, RUN);
      const neverSold = [{ status: "taken_back", reason: "never_sold" }];
      expect(await attemptsOf("profile_id", givenUp.profileId)).toMatchObject(neverSold);

      const other = await room.addOrder({ planId });
      Object.assign(matching, { script: ["sell_and_drop"], isSearchBlind: true, isSearchConclusive: false });
      await room.esims.provisionEsim(other.id);
      const { findOrder } = matching;
      const order = matching.sold.get(`${other.reference}-1`);
      if (order === undefined) throw new Error("nothing sold");
      matching.findOrder = async (lookup) =>
        lookup.packageId === "given-up" ? done({ found: "one", order }) : findOrder(lookup);
      await lookBack();
      matching.findOrder = findOrder;
      expect(await attemptsOf("profile_id", givenUp.profileId)).toMatchObject(neverSold);
      matching.isSearchBlind = false;
      await room.esims.provisionEsim(other.id);
      expect(await profileOf(other)).toMatchObject({ status: "ready" });
      matching.isSearchConclusive = true;
    });

    it("in the list of a day with many sales: every order that others own is left out of it", async () => {
      const order = await ruledOut(["matching", "second"]);
      const bulk = await ruledOut(["matching", "second"]);
      await room.database.query(
        `insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, supplier_order_id)
         select $1, n, 'BULK-' || n, 'matching', 'p', 'delivered', 'bulk-' || n from generate_series(1001, 2002) n`,
        [bulk.profileId],
      );
      const { findOrder } = matching;
      let known: readonly string[] = [];
      matching.findOrder = async (lookup) => {
        if (lookup.reference === `${order.reference}-1`) known = lookup.knownSupplierOrderIds;
        return done({ found: "none", isConclusive: true });
      };
      await lookBack();
      matching.findOrder = findOrder;
      expect(known.filter((id) => id.startsWith("bulk-")).length).toBe(1_002);
      await room.database.query("delete from provisioning_attempts where reference like 'BULK-%'");
    });

    it("and it is a purchase that is accounted for: nothing changes", async () => {
      const order = await ruledOut(["first", "second"]);
      const owner = await ruledOut(["first", "second"]);
      const sold = first.sold.get(`${order.reference}-1`)?.supplierOrderId ?? "";
      await room.database.query(
        "update provisioning_attempts set supplier_order_id = $2, supplier = 'first' where profile_id = $1 and status = 'delivered'",
        [owner.profileId, sold],
      );
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject({ status: "refused" });
    });

    it("a top-up, and one that was given up with a loss", async () => {
      const topUp = await ruledOutTopUp();
      await lookBack();
      expect((await attemptsOf("top_up_id", topUp.topUpId))[0]).toMatchObject(BOUGHT);
      const planId = await room.addPlan([{ supplier: "first", packageId: "p" }]);
      const order = await room.addOrder({ planId });
      Object.assign(first, { script: ["sell_and_drop"], isSearchBlind: true, isSearchConclusive: false });
      await room.esims.provisionEsim(order.id);
      await room.esims.takeBackEsim(order.id, { acceptLoss: true });
      first.isSearchConclusive = true;
      const [surplus] = await room.database.query<{ id: number }>(
        "select id from provisioning_attempts where profile_id = $1",
        [order.profileId],
      );
      await room.database.query(
        "update provisioning_attempts set called_at = called_at - interval '1 s', created_at = created_at - interval '1 s' where id = $1",
        [surplus?.id],
      );
      await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: surplus?.id }, RUN);
      expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([
        { status: "taken_back", reason: "never_sold" },
      ]);
      first.isSearchBlind = false;
      await lookBack();
      expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([BOUGHT]);
    });

    it("several of one order, an eSIM's or a top-up's: each is in front of an operator", async () => {
      const planId = await room.addPlan([
        { supplier: "first", packageId: "p", costMinor: 300 },
        { supplier: "second", packageId: "p", costMinor: 301 },
      ]);
      const order = await room.addOrder({ planId });
      for (const supplier of [first, second])
        Object.assign(supplier, { script: ["sell_and_drop", { refuse: "terminal" }], isSearchBlind: true });
      for (let time = 0; time < 5; time += 1) await room.esims.provisionEsim(order.id);
      Object.assign(first, { script: ["sell"], isSearchBlind: false });
      const topUp = await ruledOutTopUp(2);
      for (const supplier of [first, second])
        Object.assign(supplier, { script: ["sell"], isSearchBlind: false });
      await lookBack();
      const sold = await room.database.query<{ status: string; reason: string }>(
        `select status, reason from provisioning_attempts
         where (profile_id = $1 or top_up_id = $2) and reason <> 'terminal' order by id`,
        [order.profileId, topUp.topUpId],
      );
      expect(sold).toEqual([BOUGHT, BOUGHT, BOUGHT, BOUGHT]);
    });

    it("beside a purchase that was given up and that its supplier keeps: whichever is seen first, both stay", async () => {
      for (const looksFirst of [true, false]) {
        Object.assign(second, { script: ["accept"], isReady: false, cancelResult: "impossible" });
        const order = await ruledOut(["first", "second"]);
        await room.esims.takeBackEsim(order.id, { acceptLoss: true });
        const [surplus] = await room.database.query<{ id: number }>(
          "select id from provisioning_attempts where profile_id = $1 and status = 'surplus'",
          [order.profileId],
        );
        if (looksFirst) await lookBack();
        second.isReady = true;
        await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: surplus?.id }, RUN);
        if (!looksFirst) await lookBack();
        expect(await attemptsOf("profile_id", order.profileId)).toMatchObject([
          BOUGHT,
          { status: "parked", reason: "surplus_cannot" },
        ]);
      }
    });

    it("that the supplier could not be asked is no answer: it is asked again, after weeks too", async () => {
      const order = await ruledOut(["first", "second"]);
      const { findOrder } = first;
      first.findOrder = async () => ({
        kind: "refused",
        reason: "retryable",
        detail: "HTTP 503",
        retryAfterSeconds: null,
      });
      await lookBack();
      first.findOrder = findOrder;
      await room.database.query(
        "update provisioning_attempts set created_at = created_at - interval '30 days' where profile_id = $1",
        [order.profileId],
      );
      await lookBack();
      expect((await attemptsOf("profile_id", order.profileId))[0]).toMatchObject(BOUGHT);
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder, type PlantedTopUp } from "../support/esims.js";
import { makeScriptedSupplier, type ScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

/** What eSIMs and top-ups share although a supplier's books, a late word or an operator makes it rare. */
describe("one chain buys eSIMs and top-ups", () => {
  const supplier = makeScriptedSupplier("matched", { hasTopUps: true, lookup: "by_match" });
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [supplier] });
  });
  beforeEach(() => {
    Object.assign(supplier, { script: ["sell"], isSearchBlind: false });
  });
  afterAll(() => room.stop());

  let plans = 0;
  const esimAt = async (one: ScriptedSupplier = supplier): Promise<PlantedOrder> =>
    room.addOrder({ planId: await room.addPlan([{ supplier: one.id, packageId: `p${plans++}` }]) });
  const deliveredEsim = async (): Promise<PlantedOrder> => {
    const esim = await esimAt();
    await room.esims.provisionEsim(esim.id);
    return esim;
  };
  const attemptsOf = (column: "profile_id" | "top_up_id", id: number) =>
    room.database.query<{
      id: number;
      status: string;
      reason: string | null;
      detail: string | null;
      supplier_order_id: string | null;
    }>(
      `select id, status, reason, detail, supplier_order_id from provisioning_attempts where ${column} = $1 order by number`,
      [id],
    );
  const settleSurplus = async ({ topUpId }: PlantedTopUp) => {
    const [attempt] = await attemptsOf("top_up_id", topUpId);
    await room.esims.jobs.handlers.settle_surplus_top_up!({ attempt_id: attempt?.id }, RUN);
    return (await attemptsOf("top_up_id", topUpId))[0];
  };
  /** Its supplier would sell no search a thing that others own. */
  const findsByMatch = (toppedUp: { supplierTopUpId: string }) => {
    supplier.findTopUp = async ({ knownSupplierTopUpIds: known }) =>
      done(
        known.includes(toppedUp.supplierTopUpId)
          ? { found: "none", isConclusive: true }
          : { found: "one", topUp: { ...toppedUp, state: "done", cost: null, expiresAt: null } },
      );
  };

  it("an answer that names another purchase's order is parked with its evidence, ready or not yet", async () => {
    const first = await deliveredEsim();
    const [owner] = await attemptsOf("profile_id", first.profileId);
    for (const state of ["ready", "pending"] as const) {
      const second = await esimAt();
      const { order } = supplier;
      supplier.order = async (request) => {
        const outcome = await order.call(supplier, request);
        if (outcome.kind !== "done") return outcome;
        const esims = state === "ready" ? outcome.value.esims : [];
        return done({ ...outcome.value, state, esims, supplierOrderId: owner?.supplier_order_id ?? "" });
      };
      await room.esims.provisionEsim(second.id);
      supplier.order = order;
      const detail = `found ${owner?.supplier_order_id}`;
      expect(await attemptsOf("profile_id", second.profileId)).toMatchObject([
        { status: "parked", reason: "duplicate", detail, supplier_order_id: null },
      ]);
    }
  });

  it("an operator who names another purchase's order is told so, and nothing is decided", async () => {
    const owner = await deliveredEsim();
    const [{ supplier_order_id: taken } = { supplier_order_id: "" }] = await attemptsOf(
      "profile_id",
      owner.profileId,
    );
    const topUp = await room.addTopUp(owner, { packageId: "adopted" });
    const waiting = await esimAt();
    supplier.script = ["drop"];
    await room.esims.topUpEsim(topUp.id);
    await room.esims.provisionEsim(waiting.id);
    await room.database.query(
      "update provisioning_attempts set status = 'parked', reason = 'outcome_unknown' where status = 'unknown'",
    );
    const PARKED = "parked_at = now(), parked_reason = 'outcome_unknown'";
    await room.database.query(`update esim_profiles set ${PARKED} where id = $1`, [waiting.profileId]);
    await room.database.query(`update top_ups set ${PARKED} where id = $1`, [topUp.topUpId]);
    const decision = { decision: "adopt", supplier_order_id: taken, reason: "it is ours" };
    for (const row of [`esims/${waiting.profileId}`, `top-ups/${topUp.topUpId}`]) {
      const refused = await room.as(1, "POST", `/admin/${row}/decision`, decision);
      expect([refused.status, refused.body.detail]).toEqual([
        409,
        expect.stringContaining("Another purchase"),
      ]);
      const notBought = { decision: "refund", reason: "enough" };
      expect((await room.as(1, "POST", `/admin/${row}/decision`, notBought)).status).toBe(200);
    }
  });

  it("a top-up that was found after all and given up is a loss, though the books show it under its own id", async () => {
    const topUp = await room.addTopUp(await deliveredEsim());
    await room.esims.topUpEsim(topUp.id);
    const [bought] = await attemptsOf("top_up_id", topUp.topUpId);
    findsByMatch({ supplierTopUpId: bought?.supplier_order_id ?? "" });
    await room.database.query("alter table provisioning_attempts disable trigger user");
    await room.database.query(
      "update provisioning_attempts set status = 'surplus', called_at = now() - interval '1 hour' where id = $1",
      [bought?.id],
    );
    await room.database.query("alter table provisioning_attempts enable trigger user");
    expect(await settleSurplus(topUp)).toMatchObject({ status: "parked", reason: "surplus_cannot" });
  });

  it("a top-up that was given up and that its supplier says to have failed was never sold", async () => {
    const topUp = await room.addTopUp(await deliveredEsim());
    supplier.script = ["drop"];
    await room.esims.topUpEsim(topUp.id);
    supplier.findTopUp = async () => done({ found: "none", isConclusive: false });
    await room.esims.takeBackEsim(topUp.id, { acceptLoss: true });
    await room.database.query(
      `update provisioning_attempts set told_failure = '{"reason":"terminal","detail":"gave up"}' where top_up_id = $1`,
      [topUp.topUpId],
    );
    expect(await settleSurplus(topUp)).toMatchObject({ status: "taken_back", reason: "never_sold" });
  });
});

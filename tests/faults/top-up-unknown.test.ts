import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom, type PlantedOrder, type PlantedTopUp } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

/** Longer than any of these tests: whatever they see of settling they have brought about themselves. */
const SETTLING_SECONDS = 600;
const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

describe("a top-up whose outcome is unknown", () => {
  const searched = makeScriptedSupplier("searched", {
    hasTopUps: true,
    lookupSettlesAfterSeconds: SETTLING_SECONDS,
  });
  const native = makeScriptedSupplier("native", {
    hasTopUps: true,
    idempotency: "native",
    lookupSettlesAfterSeconds: SETTLING_SECONDS,
  });
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({ suppliers: [searched, native] });
  });
  beforeEach(() => {
    for (const supplier of [searched, native]) {
      Object.assign(supplier, { script: ["sell"], isSearchBlind: false });
      supplier.isSearchConclusive = supplier !== native;
      supplier.calls.length = 0;
      supplier.toppedUp.clear();
    }
  });
  afterAll(() => room.stop());

  const esimAt = async (supplier: typeof native): Promise<PlantedOrder> => {
    const planId = await room.addPlan([{ supplier: supplier.id, packageId: "p" }]);
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    return esim;
  };
  const orderedAt = async (
    supplier: typeof native,
    script: typeof native.script,
    esim?: PlantedOrder,
  ): Promise<PlantedTopUp> => {
    const topUp = await room.addTopUp(esim ?? (await esimAt(supplier)));
    supplier.calls.length = 0;
    supplier.script = script;
    await look(topUp);
    return topUp;
  };
  /** One run of the chain, as its job would do. */
  const look = (topUp: PlantedTopUp) => room.esims.topUpEsim(topUp.id, { includesParked: true });
  const passes = (topUp: PlantedTopUp, columns: readonly string[], seconds = SETTLING_SECONDS) =>
    room.database.query(
      `update provisioning_attempts set ${columns
        .map((column) => `${column} = ${column} - $2 * interval '1 second'`)
        .join(", ")} where top_up_id = $1`,
      [topUp.topUpId, seconds],
    );
  const settlingTimePasses = (topUp: PlantedTopUp) => passes(topUp, ["created_at", "called_at"]);
  const state = async (topUp: PlantedTopUp) => {
    const [row] = await room.database.query<{ status: string; parked_reason: string | null }>(
      "select status, parked_reason from top_ups where id = $1",
      [topUp.topUpId],
    );
    const attempts = await attemptsOf(topUp);
    return [
      row?.parked_reason ?? row?.status,
      ...attempts.map((one) => [one.status, one.reason].filter(Boolean).join(" ")),
    ];
  };
  const attemptsOf = (topUp: PlantedTopUp) =>
    room.database.query<{
      id: number;
      status: string;
      reason: string | null;
      call_millis: number | null;
      is_resent_just_now: boolean;
    }>(
      `select id, status, reason, call_millis, resent_at > now() - interval '1 minute' as is_resent_just_now
       from provisioning_attempts where top_up_id = $1 order by number`,
      [topUp.topUpId],
    );
  const settleSurplus = async (topUp: PlantedTopUp) => {
    const [attempt] = await attemptsOf(topUp);
    await room.esims.jobs.handlers.settle_surplus_top_up!({ attempt_id: attempt?.id }, RUN);
  };

  it("what was sold is found by the first look", async () => {
    const topUp = await orderedAt(searched, ["sell_and_drop"]);
    expect(await state(topUp)).toEqual(["pending", "unknown"]);
    await look(topUp);
    expect(await state(topUp)).toEqual(["done", "delivered"]);
    expect(searched.calls).toHaveLength(1);
  });

  it("nothing found decides only after the settling time, which counts from the end of the call", async () => {
    const topUp = await orderedAt(searched, ["drop", "sell"]);
    await passes(topUp, ["created_at"], 3_600);
    for (let time = 0; time < 3; time += 1) await look(topUp);
    expect(await state(topUp)).toEqual(["pending", "unknown"]);
    await settlingTimePasses(topUp);
    await look(topUp);
    expect(await state(topUp)).toEqual(["done", "refused never_arrived", "delivered"]);
  });

  it("given up with a loss, it was never sold only when the settling time since the call is over", async () => {
    const topUp = await orderedAt(searched, ["drop"]);
    expect(await room.esims.takeBackEsim(topUp.id, { acceptLoss: true })).toBe("not_delivered");
    // The row is old, and the call has only just ended: the request may still arrive.
    await passes(topUp, ["created_at"], SETTLING_SECONDS + 60);
    await expect(settleSurplus(topUp)).rejects.toThrow("not decided");
    searched.script = ["sell"];
    await searched.topUp({ reference: `${topUp.reference}-1` } as never);
    await settleSurplus(topUp);
    expect(await state(topUp)).toEqual(["cancelled", "parked surplus_cannot"]);
  });

  it("given up by a process that died in the call, it was never sold only after twice that time", async () => {
    const topUp = await orderedAt(searched, ["drop"]);
    await room.database.query("update provisioning_attempts set called_at = null where top_up_id = $1", [
      topUp.topUpId,
    ]);
    expect(await room.esims.takeBackEsim(topUp.id, { acceptLoss: true })).toBe("not_delivered");
    await passes(topUp, ["created_at"], SETTLING_SECONDS + 60);
    await expect(settleSurplus(topUp)).rejects.toThrow("not decided");
    await passes(topUp, ["created_at"]);
    await settleSurplus(topUp);
    expect(await state(topUp)).toEqual(["cancelled", "taken_back never_sold"]);
  });

  it("sold, and its repetition refused for good: a search decides before the refusal does", async () => {
    const topUp = await orderedAt(native, ["sell_and_drop", { refuse: "no_funds" }]);
    native.isSearchBlind = true;
    await settlingTimePasses(topUp);
    // The supplier looks at our balance before it looks at the reference; meanwhile the sale shows in its list.
    let searches = 0;
    const { findTopUp } = native;
    native.findTopUp = async (lookup) => {
      searches += 1;
      native.isSearchBlind = searches === 1;
      return findTopUp(lookup);
    };
    await look(topUp);
    native.findTopUp = findTopUp;
    expect(await state(topUp)).toEqual(["done", "delivered"]);
    expect([searches, native.toppedUp.size, native.calls.length]).toEqual([2, 1, 2]);
  });

  it("never sold, and its repetition refused for good while a search finds nothing: refused", async () => {
    const topUp = await orderedAt(native, ["drop", { refuse: "out_of_stock" }]);
    await settlingTimePasses(topUp);
    await look(topUp);
    expect(await state(topUp)).toEqual(["failed", "refused out_of_stock"]);
  });

  it.each(["retryable", "auth"] as const)(
    "%s to the repetition says nothing about the first",
    async (refuse) => {
      const topUp = await orderedAt(native, ["sell_and_drop", { refuse }]);
      native.isSearchBlind = true;
      await settlingTimePasses(topUp);
      await look(topUp);
      expect(await state(topUp)).toEqual(["pending", "unknown"]);
      native.isSearchBlind = false;
      await look(topUp);
      expect(await state(topUp)).toEqual(["done", "delivered"]);
      expect(native.toppedUp.size).toBe(1);
    },
  );

  it("definite noes count once the time of a repetition without an answer is over, however often they come", async () => {
    const noes = Array.from({ length: 4 }, () => ({ refuse: "out_of_stock" as const }));
    const topUp = await orderedAt(native, ["drop", "drop", ...noes]);
    await settlingTimePasses(topUp);
    await look(topUp);
    // A good quarter of what is allowed for it: its call may have lasted half of that.
    const aQuarterPasses = () =>
      room.database.query(
        "update provisioning_attempts set resent_at = resent_at - 0.55 * $2 * interval '1 second' where top_up_id = $1",
        [topUp.topUpId, SETTLING_SECONDS],
      );
    for (let time = 0; time < 3; time += 1) {
      await look(topUp);
      expect(await state(topUp)).toEqual(["pending", "unknown"]);
      await aQuarterPasses();
    }
    await aQuarterPasses();
    await look(topUp);
    expect(await state(topUp)).toEqual(["failed", "refused out_of_stock"]);
  });

  it("a repetition is a call: it is recorded with its time, and what it may do is waited for", async () => {
    const topUp = await orderedAt(native, ["drop", "drop"]);
    await settlingTimePasses(topUp);
    await room.database.query("update provisioning_attempts set call_millis = null where top_up_id = $1", [
      topUp.topUpId,
    ]);
    await look(topUp);
    expect(native.calls).toHaveLength(2);
    expect(await attemptsOf(topUp)).toMatchObject([
      { status: "unknown", call_millis: expect.any(Number), is_resent_just_now: true },
    ]);
    // It may be on its way, so that nothing is found says nothing yet.
    native.isSearchConclusive = true;
    await look(topUp);
    expect(await state(topUp)).toEqual(["pending", "unknown"]);
  });

  it("a search that was not answered is repeated no sooner than the supplier says", async () => {
    const topUp = await orderedAt(searched, ["sell_and_drop"]);
    const { findTopUp } = searched;
    searched.findTopUp = async () => ({
      kind: "refused",
      reason: "retryable",
      detail: "HTTP 503",
      retryAfterSeconds: 30,
    });
    const forgetJobs = () =>
      room.database.query("delete from graphile_worker._private_jobs where key = $1", [`top-up:${topUp.id}`]);
    const pauseOfJob = async () => {
      const [job] = await room.database.query<{ seconds: number }>(
        "select extract(epoch from run_at - created_at)::float8 as seconds from graphile_worker.jobs where key = $1",
        [`top-up:${topUp.id}`],
      );
      return job?.seconds ?? 0;
    };
    await forgetJobs();
    await look(topUp);
    expect(await pauseOfJob()).toBeGreaterThan(29.9);
    searched.findTopUp = findTopUp;
  });

  it("one that an operator adopts changes what is known of the eSIM as one that was delivered does", async () => {
    const topUp = await orderedAt(searched, ["sell_and_drop"]);
    await room.database.query(
      `with parked as (update top_ups set parked_at = now(), parked_reason = 'outcome_unknown' where id = $1)
       update provisioning_attempts set status = 'parked' where top_up_id = $1`,
      [topUp.topUpId],
    );
    await room.database.query("update esim_profiles set poll_at = now() + interval '1 day'");
    const decision = {
      decision: "adopt",
      supplier_order_id: "searched-top-up-9",
      reason: "it is in their list",
    };
    expect((await room.as(1, "POST", `/admin/top-ups/${topUp.topUpId}/decision`, decision)).status).toBe(200);
    expect(await state(topUp)).toEqual(["done", "delivered"]);
    const due = await room.database.query(
      "select p.id from esim_profiles p join top_ups t on t.profile_id = p.id where t.id = $1 and p.poll_at <= now()",
      [topUp.topUpId],
    );
    expect(due).toHaveLength(1);
  });

  it("a repetition begins its lease anew, and is not sent by a worker that has lost it", async () => {
    const topUp = await orderedAt(native, ["drop", "drop"]);
    await settlingTimePasses(topUp);
    const { findTopUp, topUp: send } = native;
    let secondsLeft = 0;
    // A search that took as long as a lease lasts.
    native.findTopUp = async (lookup) => {
      await room.database.query(
        "update top_ups set lease_until = now() + interval '1 second' where id = $1",
        [topUp.topUpId],
      );
      return findTopUp(lookup);
    };
    native.topUp = async (request) => {
      const [row] = await room.database.query<{ seconds: number }>(
        "select extract(epoch from lease_until - now())::float8 as seconds from top_ups where id = $1",
        [topUp.topUpId],
      );
      secondsLeft = row?.seconds ?? 0;
      return send(request);
    };
    await look(topUp);
    expect(secondsLeft).toBeGreaterThan(10);
    expect(native.calls).toHaveLength(2);

    await settlingTimePasses(topUp);
    native.findTopUp = async (lookup) => {
      await room.database.query("update top_ups set lease_token = lease_token + 1 where id = $1", [
        topUp.topUpId,
      ]);
      return findTopUp(lookup);
    };
    await look(topUp);
    expect(native.calls).toHaveLength(2);
    Object.assign(native, { findTopUp, topUp: send });
  });

  it("sold for an eSIM that was taken back meanwhile: the money goes back, and the loss is before an operator", async () => {
    const esim = await esimAt(searched);
    const topUp = await orderedAt(searched, ["sell_and_drop"], esim);
    expect(await room.esims.takeBackEsim(esim.id, { acceptLoss: false })).toBe("cancelled");
    await look(topUp);
    expect(await state(topUp)).toEqual(["failed", "surplus"]);
    await room.esims.jobs.handlers.refund_top_up!({ top_up_id: topUp.topUpId }, RUN);
    expect(room.refunds).toContainEqual({ orderId: topUp.id, reason: "esim_not_alive" });
    await settleSurplus(topUp);
    expect(await state(topUp)).toEqual(["failed", "parked surplus_cannot"]);
    expect(searched.calls).toHaveLength(1);
  });
});

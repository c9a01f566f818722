import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

/** Longer than any of these tests: whatever they see of settling they have brought about themselves. */
const SETTLING_SECONDS = 600;

describe("a purchase whose outcome is unknown", () => {
  const searched = makeScriptedSupplier("searched", { lookupSettlesAfterSeconds: SETTLING_SECONDS });
  const native = makeScriptedSupplier("native", {
    idempotency: "native",
    lookupSettlesAfterSeconds: SETTLING_SECONDS,
  });
  const next = makeScriptedSupplier("next");
  let access: FakeEsimAccess;
  let overAccess: ReturnType<typeof makeEsimAccessSupplier>;
  let room: EsimRoom;
  beforeAll(async () => {
    access = await startFakeEsimAccess();
    overAccess = makeEsimAccessSupplier({
      baseUrl: access.url,
      accessCode: FAKE_ESIM_ACCESS_CODE,
      timeoutMillis: 5_000,
      settlesAfterSeconds: SETTLING_SECONDS,
    });
    room = await makeEsimRoom({ suppliers: [searched, native, next, overAccess] });
  });
  beforeEach(() => {
    for (const supplier of [searched, native, next]) {
      Object.assign(supplier, { script: ["sell"], isReady: true, isSearchBlind: false });
      supplier.isSearchConclusive = supplier !== native;
      supplier.calls.length = 0;
      supplier.sold.clear();
      supplier.cancelled.length = 0;
    }
    access.http.clearFaults();
    access.http.calls.length = 0;
  });
  afterAll(async () => {
    await room.stop();
    await overAccess.close();
    await access.stop();
  });

  const boughtAt = async (supplier: string, packageId = "p"): Promise<PlantedOrder> => {
    const planId = await room.addPlan([
      { supplier, packageId, costMinor: 180 },
      { supplier: "next", packageId: "p", costMinor: 400 },
    ]);
    const order = await room.addOrder({ planId });
    await look(order);
    return order;
  };
  /** One run of the chain, as its job would do. */
  const look = (order: PlantedOrder) => room.esims.provisionEsim(order.id, { includesParked: true });
  const settlingTimePasses = (order: PlantedOrder, seconds = SETTLING_SECONDS) =>
    room.database.query(
      `update provisioning_attempts set created_at = created_at - $2 * interval '1 second',
         called_at = called_at - $2 * interval '1 second' where profile_id = $1`,
      [order.profileId, seconds],
    );
  /** A good quarter of what is allowed for a repetition without an answer: its call may have lasted half of it. */
  const aQuarterOfARepetitionPasses = (order: PlantedOrder) =>
    room.database.query(
      "update provisioning_attempts set resent_at = resent_at - 0.55 * $2 * interval '1 second' where profile_id = $1",
      [order.profileId, SETTLING_SECONDS],
    );
  const state = async (order: PlantedOrder) => {
    const [profile] = await room.database.query<{ status: string; parked_reason: string | null }>(
      "select status, parked_reason from esim_profiles where id = $1",
      [order.profileId],
    );
    const attempts = await room.database.query<{ supplier: string; status: string; reason: string | null }>(
      "select supplier, status, reason from provisioning_attempts where profile_id = $1 order by number",
      [order.profileId],
    );
    const told = attempts.map((one) => [one.supplier, one.status, one.reason].filter(Boolean).join(" "));
    return [profile?.parked_reason ?? profile?.status, ...told];
  };

  it("what was sold is found by the first look, long before the settling time is over", async () => {
    searched.script = ["sell_and_drop"];
    const order = await boughtAt("searched");
    expect(await state(order)).toEqual(["pending", "searched unknown"]);
    const [{ millis }] = (await room.database.query(
      `select extract(epoch from run_at - now()) * 1000 as millis from graphile_worker.jobs where key = $1`,
      [`provision:${order.id}`],
    )) as [{ millis: number }];
    expect(Number(millis)).toBeLessThan(1_000);
    await look(order);
    expect(await state(order)).toEqual(["ready", "searched delivered"]);
    expect(searched.calls).toHaveLength(1);
  });

  it("nothing found decides only after the settling time, and until then nobody else is asked", async () => {
    searched.script = ["drop", "sell"];
    const order = await boughtAt("searched");
    for (let time = 0; time < 4; time += 1) await look(order);
    expect(await state(order)).toEqual(["pending", "searched unknown"]);
    expect([searched.calls.length, next.calls.length]).toEqual([1, 0]);
    await settlingTimePasses(order);
    await look(order);
    expect(await state(order)).toEqual(["ready", "searched refused never_arrived", "searched delivered"]);
  });

  it("the settling time counts from the end of the call, which may have taken several requests", async () => {
    searched.script = ["drop", "sell"];
    const order = await boughtAt("searched");
    await room.database.query(
      "update provisioning_attempts set created_at = created_at - interval '1 hour' where profile_id = $1",
      [order.profileId],
    );
    await look(order);
    expect(await state(order)).toEqual(["pending", "searched unknown"]);
    // Of a process that died nobody knows when its call ended: as long again.
    await room.database.query("update provisioning_attempts set called_at = null where profile_id = $1", [
      order.profileId,
    ]);
    await settlingTimePasses(order, SETTLING_SECONDS - 3_600);
    await look(order);
    expect(await state(order)).toEqual(["pending", "searched unknown"]);
    await settlingTimePasses(order);
    await look(order);
    expect((await state(order)).slice(1)).toEqual(["searched refused never_arrived", "searched delivered"]);
  });

  it("where a search proves nothing, the same request once more does: it was never sold, and is now", async () => {
    native.script = ["drop", "sell"];
    const order = await boughtAt("native");
    await look(order);
    expect(native.calls).toHaveLength(1);
    await settlingTimePasses(order);
    await look(order);
    expect(await state(order)).toEqual(["ready", "native delivered"]);
    expect(native.calls).toEqual([`${order.reference}-1`, `${order.reference}-1`]);
    expect([native.sold.size, next.calls.length]).toEqual([1, 0]);
  });

  it("and it was sold: the same order comes back", async () => {
    Object.assign(native, { script: ["sell_and_drop", "sell"], isSearchBlind: true });
    const order = await boughtAt("native");
    await settlingTimePasses(order);
    await look(order);
    expect(await state(order)).toEqual(["ready", "native delivered"]);
    expect(native.sold.size).toBe(1);
  });

  it.each(["retryable", "auth"] as const)(
    "%s to the second sending says nothing about the first: it stays unknown and nobody else is asked",
    async (refuse) => {
      Object.assign(native, { script: ["sell_and_drop", { refuse }], isSearchBlind: true });
      const order = await boughtAt("native");
      await settlingTimePasses(order);
      for (let time = 0; time < 3; time += 1) await look(order);
      expect(await state(order)).toEqual(["pending", "native unknown"]);
      native.isSearchBlind = false;
      await look(order);
      expect(await state(order)).toEqual(["ready", "native delivered"]);
      expect([native.sold.size, next.calls.length]).toEqual([1, 0]);
    },
  );

  it("a definite no to the second sending counts only when a search finds nothing either", async () => {
    Object.assign(native, { script: ["sell_and_drop", { refuse: "no_funds" }], isSearchBlind: true });
    const order = await boughtAt("native");
    await settlingTimePasses(order);
    // The supplier looks at our balance before it looks at the reference; meanwhile the sale shows in its list.
    let searches = 0;
    const { findOrder } = native;
    native.findOrder = async (lookup) => {
      searches += 1;
      native.isSearchBlind = searches === 1;
      return findOrder(lookup);
    };
    await look(order);
    native.findOrder = findOrder;
    expect(await state(order)).toEqual(["ready", "native delivered"]);
    expect(next.calls).toEqual([]);
  });

  it("a definite no and nothing found leads to the next supplier", async () => {
    native.script = ["drop", { refuse: "no_funds" }];
    const order = await boughtAt("native");
    await settlingTimePasses(order);
    await look(order);
    expect(await state(order)).toEqual(["ready", "native refused no_funds", "next delivered"]);
  });

  it("a repetition is a call: the settling time begins anew with it, also when its process dies in it", async () => {
    native.script = ["drop", "drop"];
    const order = await boughtAt("native");
    await settlingTimePasses(order);
    await look(order);
    expect(native.calls).toHaveLength(2);
    // It may be on its way, so that nothing is found says nothing yet.
    native.isSearchConclusive = true;
    await look(order);
    expect(await state(order)).toEqual(["pending", "native unknown"]);

    native.isSearchConclusive = false;
    await settlingTimePasses(order);
    const { order: send } = native;
    native.order = async () => {
      throw new Error("the process dies here");
    };
    await expect(look(order)).rejects.toThrow("dies");
    native.order = send;
    native.isSearchConclusive = true;
    await look(order);
    expect(await state(order)).toEqual(["pending", "native unknown"]);
    await room.database.query(
      "update provisioning_attempts set resent_at = resent_at - 2 * $2 * interval '1 second' where profile_id = $1",
      [order.profileId, SETTLING_SECONDS],
    );
    native.script = ["sell"];
    await look(order);
    expect((await state(order)).slice(1)).toEqual(["native refused never_arrived", "native delivered"]);
  });

  it("definite noes count once the time of a repetition without an answer is over, however often they come", async () => {
    native.script = ["drop", "drop", ...Array.from({ length: 4 }, () => ({ refuse: "no_funds" as const }))];
    const order = await boughtAt("native");
    await settlingTimePasses(order);
    await look(order);
    for (let time = 0; time < 3; time += 1) {
      await look(order);
      expect(await state(order)).toEqual(["pending", "native unknown"]);
      await aQuarterOfARepetitionPasses(order);
    }
    await aQuarterOfARepetitionPasses(order);
    await look(order);
    expect(await state(order)).toEqual(["ready", "native refused no_funds", "next delivered"]);
    expect(native.calls).toHaveLength(6);
  });

  it("so they do for what is given up", async () => {
    native.script = ["drop", "drop", ...Array.from({ length: 4 }, () => ({ refuse: "no_funds" as const }))];
    const order = await boughtAt("native");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: true })).toBe("not_delivered");
    await settlingTimePasses(order, SETTLING_SECONDS + 1);
    await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
    for (let time = 0; time < 3; time += 1) {
      await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
      await aQuarterOfARepetitionPasses(order);
    }
    await aQuarterOfARepetitionPasses(order);
    await takeBackSurplus(order);
    expect(await state(order)).toEqual(["cancelled", "native taken_back never_sold"]);
  });

  it("a repetition of what is given up is a call, too: that it was never sold waits for it", async () => {
    native.script = ["drop", "drop"];
    const order = await boughtAt("native");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: true })).toBe("not_delivered");
    await settlingTimePasses(order, SETTLING_SECONDS + 1);
    await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
    expect(native.calls).toHaveLength(2);
    native.isSearchConclusive = true;
    await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
    await room.database.query(
      "update provisioning_attempts set resent_at = resent_at - 3 * $2 * interval '1 second' where profile_id = $1",
      [order.profileId, SETTLING_SECONDS],
    );
    await takeBackSurplus(order);
    expect(await state(order)).toEqual(["cancelled", "native taken_back never_sold"]);
  });

  it("a search that was not answered is repeated no sooner than the supplier says", async () => {
    searched.script = ["sell_and_drop"];
    const order = await boughtAt("searched");
    const { findOrder } = searched;
    searched.findOrder = async () => ({
      kind: "refused",
      reason: "retryable",
      detail: "HTTP 503",
      retryAfterSeconds: 30,
    });
    const forgetJobs = () =>
      room.database.query("delete from graphile_worker._private_jobs where key = $1", [
        `provision:${order.id}`,
      ]);
    const pauseOfJob = async () => {
      const [job] = await room.database.query<{ seconds: number }>(
        "select extract(epoch from run_at - created_at)::float8 as seconds from graphile_worker.jobs where key = $1",
        [`provision:${order.id}`],
      );
      return job?.seconds ?? 0;
    };
    await forgetJobs();
    await look(order);
    expect(await pauseOfJob()).toBeGreaterThan(29.9);
    searched.findOrder = findOrder;
  });

  it("eSIM Access: sold and dropped, then 429 and a cut connection to the second sending, is one sale", async () => {
    access.ledger.settings.readyAfterPolls = 2;
    const before = access.ledger.orders.length;
    const on = "^POST /api/v1/open/esim/order$";
    access.http.script({ on, act: { kind: "drop_after" } });
    const order = await boughtAt("esim-access", "AU1GB7D");
    expect(await state(order)).toEqual(["pending", "esim-access unknown"]);
    await settlingTimePasses(order);
    for (const act of [
      { kind: "status_before", status: 429 },
      { kind: "drop_before" },
      { kind: "status_before", status: 503 },
    ] as const) {
      access.http.script({ on, act });
      await look(order);
      expect(await state(order)).toEqual(["pending", "esim-access unknown"]);
    }
    await eventually(async () => {
      await look(order);
      return (await state(order))[0] === "ready";
    });
    access.ledger.settings.readyAfterPolls = 0;
    expect(access.ledger.orders.length - before).toBe(1);
    expect(next.calls).toEqual([]);
  });

  it("a refund waits for it, and what the second sending makes is taken back", async () => {
    native.script = ["drop", "sell"];
    const order = await boughtAt("native");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("unknown");
    await settlingTimePasses(order);
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
    await takeBackSurplus(order);
    expect(await state(order)).toEqual(["cancelled", "native taken_back cancelled"]);
    expect(native.cancelled).toHaveLength(1);
  });

  it("given up by a refund that accepts the loss, it is still decided and taken back", async () => {
    Object.assign(native, {
      script: ["sell_and_drop", { refuse: "retryable" }, "sell"],
      isSearchBlind: true,
    });
    const order = await boughtAt("native");
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: true })).toBe("not_delivered");
    await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
    await settlingTimePasses(order, SETTLING_SECONDS + 1);
    await expect(takeBackSurplus(order)).rejects.toThrow("not decided");
    await takeBackSurplus(order);
    expect(await state(order)).toEqual(["cancelled", "native taken_back cancelled"]);
    expect([native.sold.size, native.cancelled.length]).toEqual([1, 1]);
  });

  it("after an outage of ours the age of an attempt alone parks nothing: the supplier is asked some times", async () => {
    searched.script = ["sell_and_drop"];
    const order = await boughtAt("searched");
    await settlingTimePasses(order, 3_600);
    const { findOrder } = searched;
    searched.findOrder = async () => ({
      kind: "refused",
      reason: "retryable",
      detail: "HTTP 503",
      retryAfterSeconds: null,
    });
    for (let time = 0; time < 3; time += 1) await look(order);
    expect(await state(order)).toEqual(["pending", "searched unknown"]);
    for (let time = 0; time < 8; time += 1) await look(order);
    expect(await state(order)).toEqual(["outcome_unknown", "searched parked outcome_unknown"]);
    searched.findOrder = findOrder;
    await look(order);
    expect(await state(order)).toEqual(["ready", "searched delivered"]);
  });

  async function takeBackSurplus(order: PlantedOrder): Promise<void> {
    const [attempt] = await room.database.query<{ id: number }>(
      "select id from provisioning_attempts where profile_id = $1 and status = 'surplus'",
      [order.profileId],
    );
    const run = { jobId: "1", attempt: 1, attemptsMax: 25 };
    await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: attempt?.id }, run);
  }
});

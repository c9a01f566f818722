import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 25, attemptsMax: 25 };

/** Every way in which a purchase goes wrong while its code is at hand. */
describe("no code leaks when a purchase goes wrong", () => {
  const supplier = makeScriptedSupplier("canary");
  const logged: string[] = [];
  const sink = { write: (line: string) => void logged.push(line) };
  const log = makeLog({ level: "trace", format: "json", sink });
  const metrics = makeMetrics();
  let room: EsimRoom;
  let planId: number;
  const lists: string[] = [];

  const provisioned = async (prepare?: (order: PlantedOrder) => unknown): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await prepare?.(order);
    await room.esims.provisionEsim(order.id, { includesParked: true });
    return order;
  };
  const stateOf = async (order: PlantedOrder): Promise<unknown[]> => {
    const [row] = await room.database.query<Record<string, string>>(
      `select e.status, e.parked_reason, (select a.status from provisioning_attempts a where a.profile_id = e.id
         order by a.number desc limit 1) as attempt from esim_profiles e where e.id = $1`,
      [order.profileId],
    );
    return [row?.status, row?.parked_reason, row?.attempt];
  };

  beforeAll(async () => {
    const events = makeEvents(log, metrics.registry);
    room = await makeEsimRoom({ suppliers: [supplier], overrides: { log, events, metrics } });
    planId = await room.addPlan([{ supplier: supplier.id, packageId: "p" }]);
    await FAULTS();
  });
  afterAll(() => room.stop());

  const FAULTS = async (): Promise<void> => {
    supplier.iccid = "8999999100000000006";
    const living = await provisioned();
    expect(await stateOf(living)).toEqual(["ready", null, "delivered"]);
    // Its number comes again for somebody else.
    const duplicate = await provisioned();
    expect(await stateOf(duplicate)).toEqual(["pending", "duplicate", "parked"]);
    supplier.iccid = null;

    // A code that no phone can read, with whatever the supplier says of it.
    const { order } = supplier;
    supplier.order = async (request) => {
      const answer = await order(request);
      if (answer.kind !== "done") return answer;
      const value = { ...answer.value, state: "unusable" as const, problem: "no phone reads it" };
      supplier.sold.set(request.reference, value);
      return { ...answer, value };
    };
    const unusable = await provisioned();
    expect(await stateOf(unusable)).toEqual(["pending", "unusable", "parked"]);
    supplier.order = order;

    // A lost answer, found later; and one that comes after a refund had asked for the order.
    supplier.script = ["sell_and_drop"];
    const found = await provisioned();
    await room.esims.provisionEsim(found.id, { includesParked: true });
    expect(await stateOf(found)).toEqual(["ready", null, "delivered"]);
    supplier.script = ["accept"];
    supplier.isReady = false;
    const late = await provisioned();
    expect(await room.esims.takeBackEsim(late.id, { acceptLoss: false })).toBe("unknown");
    supplier.isReady = true;
    supplier.cancelResult = "impossible";
    await room.database.query("update esim_profiles set lease_until = null where id = $1", [late.profileId]);
    await room.esims.provisionEsim(late.id, { includesParked: true });
    expect(await stateOf(late)).toEqual(["cancelled", null, "surplus"]);
    const [surplus] = await room.database.query<{ id: number }>(
      "select id from provisioning_attempts where profile_id = $1",
      [late.profileId],
    );
    await room.esims.jobs.handlers.take_back_surplus!({ attempt_id: surplus?.id }, RUN);
    expect(await stateOf(late)).toEqual(["cancelled", null, "parked"]);
    supplier.script = ["sell"];

    // A statement fails while the code is in its parameters.
    await room.database.query(
      "alter table esim_profiles add constraint broken check (status <> 'ready') not valid",
    );
    await expect(provisioned()).rejects.toThrow();
    await room.database.query("alter table esim_profiles drop constraint broken");
    await room.esims.provisionEsim(
      (
        await room.database.query<{ order_id: number }>("select max(order_id) as order_id from esim_profiles")
      )[0]?.order_id ?? 0,
      { includesParked: true },
    );

    for (const one of [living, duplicate, unusable, found, late]) {
      for (const path of [`/admin/esims/${one.profileId}/attempts`, `/esims/${one.profileId}`]) {
        const asOwner = path.startsWith("/admin") ? 1 : one.userId;
        const { status, raw } = await room.as(asOwner, "GET", path);
        expect(status).toBe(200);
        // Its owner is shown the code, of course, and nobody else's.
        if (path.startsWith("/admin")) lists.push(raw.toString());
      }
      await room.as(1, "POST", `/admin/esims/${one.profileId}/decision`, {
        decision: "ask_again",
        reason: "looked at the books",
      });
    }
  };

  const canaries = (): string[] => {
    const codes = [...supplier.sold.values()].flatMap(({ esims }) =>
      esims.flatMap(({ matchingId, qrPayload }) => [String(matchingId), String(qrPayload)]),
    );
    expect(codes.length).toBeGreaterThanOrEqual(10);
    return codes;
  };
  const holding = (text: string): string[] =>
    canaries().filter((code) => text.includes(code) || text.includes(Buffer.from(code).toString("base64")));

  it("into any column of any table, the detail of an attempt among them", async () => {
    const tables = await room.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('public', 'graphile_worker') and tablename <> 'dev_inbox'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const leaking: string[] = [];
    for (const { name } of tables) {
      const rows = await room.database.query(`select t::text from ${name} t`);
      if (holding(JSON.stringify(rows)).length > 0) leaking.push(name);
    }
    expect(leaking).toEqual([]);
  });

  it("into what is logged at any level, the metrics and the operators' lists", async () => {
    expect(logged.length).toBeGreaterThan(3);
    expect(holding(logged.join("\n"))).toEqual([]);
    expect(holding(await metrics.registry.metrics())).toEqual([]);
    expect(lists.length).toBe(5);
    expect(holding(lists.join("\n"))).toEqual([]);
  });
});

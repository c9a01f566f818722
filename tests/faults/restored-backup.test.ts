import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noteRestoration } from "../../src/modules/esims/esims.module.js";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import { copyDatabase, makeTestDatabase, type TestDatabase } from "../support/database.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { ESIM_INVARIANTS, violations } from "../support/invariants.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const SETTLING_SECONDS = 60;
const AIRALO = { supplier: "airalo", packageId: "moshi-7days-1gb", costMinor: 350 };
const ESIM_GO = { supplier: "esim-go", packageId: "esim_1GB_7D_NL_V2", costMinor: 400 };

/**
 * The database is put back to before its last purchases, and the suppliers go on: their books are the truth. Neither
 * Airalo nor eSIM Go knows a reference again, so that what is sent again is sold again.
 */
describe("a restored backup", () => {
  const picky = makeScriptedSupplier("picky");
  let airalo: FakeAiralo;
  let go: FakeEsimGo;
  let overAiralo: ReturnType<typeof makeAiraloSupplier>;
  let overGo: ReturnType<typeof makeEsimGoSupplier>;
  let database: TestDatabase;
  let environment: Record<string, string>;
  let room: EsimRoom;
  let restored: EsimRoom;
  beforeAll(async () => {
    airalo = await startFakeAiralo();
    go = await startFakeEsimGo();
    airalo.limits.isEnforced = false;
    for (const entry of go.ledger.packages) entry.price = 100 * ESIM_GO.costMinor;
    const options = { timeoutMillis: 5_000, settlesAfterSeconds: SETTLING_SECONDS };
    overAiralo = makeAiraloSupplier({
      ...options,
      baseUrl: airalo.url,
      clientId: FAKE_AIRALO_ID,
      clientSecret: FAKE_AIRALO_SECRET,
    });
    overGo = makeEsimGoSupplier({
      ...options,
      unlistedSecondsMax: 0,
      areRefundsEnabled: false,
      baseUrl: go.url,
      apiKey: FAKE_ESIM_GO_KEY,
    });
    environment = { DATA_DIR: temporaryFolder("restored") };
    database = await makeTestDatabase();
    room = await roomOn(database);
  });
  beforeEach(() => {
    picky.script = ["sell"];
  });
  afterEach(async () => {
    expect(await violations(restored.database, ESIM_INVARIANTS)).toEqual({});
    await restored.stop();
    await restored.database.drop();
  });
  afterAll(async () => {
    await room.stop();
    await database.drop();
    await Promise.all([overAiralo.close(), overGo.close(), airalo.stop(), go.stop()]);
  });

  const roomOn = (of: TestDatabase): Promise<EsimRoom> =>
    makeEsimRoom({ database: of, environment, suppliers: [picky, overAiralo, overGo] });
  const planted = async (...suppliers: readonly (typeof AIRALO)[]): Promise<PlantedOrder> =>
    room.addOrder({ planId: await room.addPlan(suppliers) });
  /** The backup is made, the work is done on the database, and the backup is put back. */
  const putBackAfter = async (work: () => Promise<unknown>): Promise<void> => {
    const copy = await copyDatabase(database);
    await work();
    restored = await roomOn(copy);
  };
  /** What the operator says; `ago`: seconds since. */
  const say = async (ago: number): Promise<void> => {
    const { db, query } = restored.database;
    await noteRestoration(db, new Date(Date.now() - 3_600_000).toISOString());
    await query("update restorations set restored_at = restored_at - $1 * interval '1 second'", [ago]);
    // The orders were placed before that.
    await query("update orders set created_at = created_at - interval '1 day'");
  };
  const soldByAiralo = ({ reference }: PlantedOrder): number =>
    airalo.ledger.orders.filter((one) => one.reference.startsWith(reference)).length;
  const iccids = async (of: EsimRoom, { profileId }: PlantedOrder) => {
    const rows = await of.database.query<{ iccid: string | null; parked_reason: string | null }>(
      "select iccid, parked_reason from esim_profiles where id = $1",
      [profileId],
    );
    return rows[0]?.parked_reason ?? rows[0]?.iccid;
  };
  const attempts = ({ profileId }: PlantedOrder) =>
    restored.database.query(
      "select number, supplier, status, detail from provisioning_attempts where profile_id = $1 order by number",
      [profileId],
    );

  it("of which nobody said a word buys the last purchases again: the oracle sees it", async () => {
    const order = await planted(AIRALO);
    await putBackAfter(() => room.esims.provisionEsim(order.id));
    await restored.esims.provisionEsim(order.id);
    expect(soldByAiralo(order)).toBe(2);
  });

  it("delivers the eSIM that was bought after it, and buys no second one", async () => {
    const order = await planted(AIRALO);
    await putBackAfter(() => room.esims.provisionEsim(order.id));
    await say(0);
    await restored.esims.provisionEsim(order.id);
    expect(soldByAiralo(order)).toBe(1);
    expect(await iccids(restored, order)).toBe(await iccids(room, order));
    expect(await attempts(order)).toMatchObject([{ number: 1, supplier: "airalo", status: "delivered" }]);
  });

  it("buys what had not been bought, once the settling time since the restore is over", async () => {
    const order = await planted(AIRALO);
    await putBackAfter(async () => undefined);
    await say(SETTLING_SECONDS - 30);
    await restored.esims.provisionEsim(order.id);
    expect(soldByAiralo(order)).toBe(0);
    await restored.database.query(
      "update restorations set restored_at = restored_at - interval '30 seconds'",
    );
    await restored.esims.provisionEsim(order.id);
    await restored.esims.provisionEsim(order.id);
    expect(soldByAiralo(order)).toBe(1);
    expect(await iccids(restored, order)).toMatch(/^\d+$/);
  });

  it("finds what the second supplier sold, though the first one would sell by now", async () => {
    const order = await planted({ supplier: "picky", packageId: "p", costMinor: 100 }, AIRALO);
    picky.script = [{ refuse: "out_of_stock" }];
    await putBackAfter(() => room.esims.provisionEsim(order.id));
    picky.script = ["sell"];
    await say(SETTLING_SECONDS);
    await restored.esims.provisionEsim(order.id);
    expect(picky.sold.size).toBe(0);
    expect(soldByAiralo(order)).toBe(1);
    expect(await iccids(restored, order)).toBe(await iccids(room, order));
    expect(await attempts(order)).toMatchObject([{ number: 2, supplier: "airalo", status: "delivered" }]);
  });

  it("while a supplier cannot be asked, nobody is sent anything", async () => {
    const order = await planted(AIRALO, ESIM_GO);
    await putBackAfter(async () => undefined);
    await say(SETTLING_SECONDS);
    go.http.script({ times: 100, act: { kind: "status_before", status: 503 } });
    await restored.esims.provisionEsim(order.id);
    go.http.clearFaults();
    expect(soldByAiralo(order)).toBe(0);
    await restored.esims.provisionEsim(order.id);
    expect(soldByAiralo(order)).toBe(1);
    expect(go.ledger.orders).toEqual([]);
  });

  it("at a supplier without references a person decides whose the purchase is, and a new order is not asked about", async () => {
    const order = await planted(ESIM_GO);
    const other = await planted(AIRALO);
    await putBackAfter(() => room.esims.provisionEsim(order.id));
    await say(SETTLING_SECONDS);
    await restored.esims.provisionEsim(order.id);
    expect(go.ledger.orders).toHaveLength(1);
    expect(await iccids(restored, order)).toBe("several_orders");
    expect(await attempts(order)).toMatchObject([
      { status: "parked", detail: expect.stringContaining(go.ledger.orders[0]?.id ?? "no order") },
    ]);
    await restored.database.query("update orders set created_at = paid_at where id = $1", [other.id]);
    airalo.http.calls.length = 0;
    await restored.esims.provisionEsim(other.id);
    expect(airalo.http.calls.filter(({ method }) => method === "GET")).toEqual([]);
  });

  /** Since the backup, or after it was put back, the plan's list has become another one. */
  const listBecomes = (
    order: PlantedOrder,
    { supplier, packageId }: Pick<typeof AIRALO, "supplier" | "packageId">,
  ) =>
    restored.database.query(
      `update plan_suppliers set supplier = $2, package_id = $3
       where plan_id = (select plan_id from esim_profiles where id = $1)`,
      [order.profileId, supplier, packageId],
    );
  const PICKY = { supplier: "picky", packageId: "p", costMinor: 100 };

  it("finds what a supplier sold that is not in the plan's list any more, and buys nothing there", async () => {
    const [bought, unbought] = [await planted(AIRALO), await planted(AIRALO)];
    await putBackAfter(() => room.esims.provisionEsim(bought.id));
    await say(SETTLING_SECONDS);
    for (const order of [bought, unbought]) {
      await listBecomes(order, PICKY);
      await restored.esims.provisionEsim(order.id);
    }
    expect(picky.sold.has(`${bought.reference}-1`)).toBe(false);
    expect(await iccids(restored, bought)).toBe(await iccids(room, bought));
    expect(await attempts(bought)).toMatchObject([{ number: 1, supplier: "airalo", status: "delivered" }]);
    expect([soldByAiralo(bought), soldByAiralo(unbought)]).toEqual([1, 0]);
    expect(await attempts(unbought)).toMatchObject([{ number: 1, supplier: "picky", status: "delivered" }]);
  });

  it("asks a supplier without references for the packages that the plan was bought as before", async () => {
    const planId = await room.addPlan([ESIM_GO]);
    await room.esims.provisionEsim((await room.addOrder({ planId })).id);
    const order = await room.addOrder({ planId });
    await putBackAfter(() => room.esims.provisionEsim(order.id));
    await say(SETTLING_SECONDS);
    await listBecomes(order, PICKY);
    await restored.esims.provisionEsim(order.id);
    expect(picky.sold.has(`${order.reference}-1`)).toBe(false);
    expect(await iccids(restored, order)).toBe("several_orders");
  });

  it("takes nothing of the shop's own suppliers while another one cannot be asked", async () => {
    const order = await planted({ supplier: "local", packageId: "l", costMinor: 0 }, AIRALO);
    await putBackAfter(async () => undefined);
    await say(SETTLING_SECONDS);
    airalo.http.script({ times: 100, act: { kind: "status_before", status: 503 } });
    await restored.esims.provisionEsim(order.id);
    airalo.http.clearFaults();
    expect(await attempts(order)).toEqual([]);
    await restored.esims.provisionEsim(order.id);
    expect(await attempts(order)).toMatchObject([{ supplier: "local", status: "delivered" }]);
  });
});

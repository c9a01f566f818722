import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import type { SupplierPackage } from "../../src/providers/esim/package-port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

/** A supplier that sells at its own price only, as eSIM Access and eSIM Go do. Our price is 12.00. */
describe("a supplier that has changed its price", () => {
  const dear = makeScriptedSupplier("dear", { hasTopUps: true });
  const other = makeScriptedSupplier("other");
  let room: EsimRoom;
  let priceMinor = 180;
  /** What the shop said that it expects to pay, call by call. */
  let offered: (number | null | undefined)[] = [];
  beforeAll(async () => {
    const { order, topUp } = dear;
    const refused = {
      kind: "refused",
      reason: "price_changed",
      detail: "another price",
      retryAfterSeconds: null,
    };
    dear.order = async (request) => {
      offered.push(request.expectedCost?.amountMinor);
      return request.expectedCost?.amountMinor === priceMinor ? order(request) : (refused as never);
    };
    dear.topUp = async (request) => {
      offered.push(request.expectedCost?.amountMinor);
      return request.expectedCost?.amountMinor === priceMinor ? topUp(request) : (refused as never);
    };
    dear.listPackages = async () =>
      done({ packages: [packageOf("p", "esim", priceMinor)], nextCursor: null, skipped: [] });
    dear.listTopUps = async () => done([packageOf("t", "top_up", priceMinor)]);
    room = await makeEsimRoom({ suppliers: [dear, other] });
  });
  beforeEach(async () => {
    priceMinor = 180;
    offered = [];
    other.calls.length = 0;
    await room.database.query("update plan_suppliers set paused_at = null, paused_reason = null");
  });
  afterAll(() => room.stop());

  const run = (task: string) => room.esims.jobs.handlers[task]!({}, RUN);
  const paidAt = async (suppliers: readonly string[] = ["dear"]): Promise<PlantedOrder> => {
    const planId = await room.addPlan(
      suppliers.map((supplier, index) => ({ supplier, packageId: "p", costMinor: 180 + index })),
    );
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const state = async (order: PlantedOrder) => {
    const [row] = await room.database.query<{ status: string; parked_reason: string | null }>(
      "select status, parked_reason from esim_profiles where id = $1",
      [order.profileId],
    );
    return row?.parked_reason ?? row?.status;
  };
  /** The jobs that are due do what they do, and the chain goes on. */
  const pricesAreRead = async (order: PlantedOrder) => {
    await run("watch_supplier_prices");
    await run("sweep_provisioning");
    await room.esims.provisionEsim(order.id);
  };
  const patienceEnds = (order: PlantedOrder) =>
    room.database.query(
      "update provisioning_attempts set created_at = created_at - interval '1 hour' where profile_id = $1",
      [order.profileId],
    );

  it("within our price: it is ordered at the new cost, and nobody has to decide", async () => {
    priceMinor = 185;
    const order = await paidAt();
    expect(await state(order)).toBe("pending");
    await pricesAreRead(order);
    expect(await state(order)).toBe("ready");
    expect(offered).toEqual([180, 185]);
  });

  it("changed twice: each new cost is tried once", async () => {
    priceMinor = 185;
    const order = await paidAt();
    await room.database.query(
      "update plan_suppliers set cost_minor = 184, cost_text = '1.84', paused_at = null, paused_reason = null",
    );
    await room.esims.provisionEsim(order.id);
    expect(offered).toEqual([180, 184]);
    await pricesAreRead(order);
    expect(offered).toEqual([180, 184, 185]);
    expect(await state(order)).toBe("ready");
  });

  it("another supplier of the plan delivers meanwhile", async () => {
    priceMinor = 185;
    const order = await paidAt(["dear", "other"]);
    expect(await state(order)).toBe("ready");
    expect(other.calls).toHaveLength(1);
  });

  it("above what the customer paid: nothing is bought there, and an operator decides", async () => {
    priceMinor = 1_300;
    const order = await paidAt();
    await pricesAreRead(order);
    expect(await state(order)).toBe("price_changed");
    expect(offered).toEqual([180]);
  });

  it("and its books still say the old one: it is not asked again and again", async () => {
    const { listPackages } = dear;
    priceMinor = 185;
    dear.listPackages = async () =>
      done({ packages: [packageOf("p", "esim", 180)], nextCursor: null, skipped: [] });
    const order = await paidAt();
    for (let time = 0; time < 3; time += 1) await pricesAreRead(order);
    dear.listPackages = listPackages;
    expect(offered).toEqual([180]);
    expect(await state(order)).toBe("price_changed");
  });

  it("read only after the order was parked: the order goes on then", async () => {
    priceMinor = 185;
    const order = await paidAt();
    await patienceEnds(order);
    await room.esims.provisionEsim(order.id);
    expect(await state(order)).toBe("price_changed");
    await pricesAreRead(order);
    expect(await state(order)).toBe("ready");
    expect(offered).toEqual([180, 185]);
  });

  it("for a top-up: it is bought at the new cost when that has been read", async () => {
    const esim = await paidAt();
    const topUp = await room.addTopUp(esim);
    priceMinor = 185;
    offered = [];
    await room.esims.topUpEsim(topUp.id);
    await run("read_top_up_lists");
    await run("sweep_top_ups");
    await room.esims.topUpEsim(topUp.id);
    const [row] = await room.database.query<{ status: string }>("select status from top_ups where id = $1", [
      topUp.topUpId,
    ]);
    expect([row?.status, offered]).toEqual(["done", [180, 185]]);
  });

  it("for a top-up, and its list still says the old one: it is not asked again and again", async () => {
    const { listTopUps } = dear;
    const esim = await paidAt();
    const topUp = await room.addTopUp(esim);
    priceMinor = 185;
    offered = [];
    dear.listTopUps = async () => done([packageOf("t", "top_up", 180)]);
    for (let time = 0; time < 3; time += 1) {
      await room.esims.topUpEsim(topUp.id);
      await run("read_top_up_lists");
      await run("sweep_top_ups");
    }
    dear.listTopUps = listTopUps;
    const [row] = await room.database.query("select status, parked_reason from top_ups where id = $1", [
      topUp.topUpId,
    ]);
    expect([row, offered]).toEqual([{ status: "pending", parked_reason: "price_changed" }, [180]]);
  });

  it("money that is there again before the order is parked does not leave it waiting for ever", async () => {
    const { balance, order: buy } = other;
    const { order: ask } = dear;
    other.balance = async () => done({ amountText: "0.00", currency: "USD", amountMinor: 0 });
    other.order = async () => {
      await run("read_supplier_balances");
      return { kind: "refused", reason: "no_funds", detail: "empty", retryAfterSeconds: null };
    };
    dear.order = async () => ({
      kind: "refused",
      reason: "no_funds",
      detail: "empty",
      retryAfterSeconds: null,
    });
    const order = await paidAt(["dear", "other"]);
    expect(await state(order)).toBe("no_funds");
    dear.order = ask;
    await run("read_supplier_balances");
    await run("sweep_provisioning");
    await room.esims.provisionEsim(order.id);
    Object.assign(other, { balance, order: buy });
    expect(await state(order)).toBe("ready");
  });
});

const packageOf = (packageId: string, kind: "esim" | "top_up", costMinor: number): SupplierPackage => ({
  packageId,
  kind,
  title: packageId,
  countryCodes: ["ES"],
  data: null,
  isUnlimited: true,
  dataPeriod: "total",
  durationDays: 30,
  cost: { amountText: (costMinor / 100).toFixed(2), currency: "USD", amountMinor: costMinor },
  minimumRetail: null,
  validityStarts: "unknown",
  useWithinDays: null,
  canTopUp: false,
  isKycRequired: false,
});

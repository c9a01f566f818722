import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import type { SupplierPackage } from "../../src/providers/esim/package-port.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const ADMIN = 900_002;
/** Reads and verifies webhooks without any call. */
const BASE = { baseUrl: "http://127.0.0.1:9" };

describe("GET /admin/suppliers/:supplier/webhook-address", () => {
  const esimAccess = makeEsimAccessSupplier({ ...BASE, accessCode: "code", webhookSenders: ["127.0.0.1"] });
  const esimGo = makeEsimGoSupplier({
    ...BASE,
    apiKey: "a-key-of-this-test",
    areRefundsEnabled: false,
    callbackVersion: "v3",
  });
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({
      suppliers: [esimAccess, esimGo],
      environment: { PUBLIC_URL: "https://shop.example.com/" },
    });
  });
  afterAll(async () => {
    await room.stop();
    await Promise.all([esimAccess.close(), esimGo.close()]);
  });

  const show = (supplier: string) => room.as(ADMIN, "GET", `/admin/suppliers/${supplier}/webhook-address`);
  const shown = () =>
    room.database.query<{ actor: string; subject: string; request_id: string | null }>(
      "select actor, subject, request_id from audit_log where action = 'supplier.webhook_address_shown'",
    );

  it("200: for a supplier that does not sign, the address whose secret part is its proof; on record each time", async () => {
    const { status, body, headers } = await show("esim-access");
    expect(status).toBe(200);
    expect(body).toEqual({
      supplier: "esim-access",
      url: expect.stringMatching(/^https:\/\/shop\.example\.com\/esims\/webhook\/esim-access\/[\w-]{43}$/),
      is_secret: true,
      authenticity: "unsigned",
    });
    expect(headers["cache-control"]).toBe("no-store");
    expect(await shown()).toEqual([
      { actor: `admin:${ADMIN}`, subject: "supplier:esim-access", request_id: expect.any(String) },
    ]);
    expect(JSON.stringify(await room.database.query("select * from audit_log"))).not.toContain(
      new URL(body.url).pathname.split("/").at(-1),
    );

    const { pathname } = new URL(body.url);
    const probe = { notifyType: "CHECK_HEALTH", notifyId: "n-1", content: { orderNo: "1234567890" } };
    expect(await room.as(1, "POST", pathname, probe)).toMatchObject({ status: 200 });
    expect(await room.as(1, "POST", `${pathname}x`, probe)).toMatchObject({ status: 400 });
  });

  it("200: for one that signs, an address without a secret", async () => {
    const before = await shown();
    expect((await show("esim-go")).body).toEqual({
      supplier: "esim-go",
      url: "https://shop.example.com/esims/webhook/esim-go",
      is_secret: false,
      authenticity: "native",
    });
    expect(await shown()).toEqual(before);
  });

  it("409 for one that sends nothing, 404 for one that is not there", async () => {
    expect((await show("local")).status).toBe(409);
    expect((await show("nobody")).status).toBe(404);
  });
});

describe("/admin/plans/:id/suppliers", () => {
  const supplier = makeScriptedSupplier("first", { hasTopUps: true });
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    supplier.listPackages = async () => done({ packages: [packageAt("450")], nextCursor: null, skipped: [] });
    room = await makeEsimRoom({ suppliers: [supplier] });
    planId = await room.addPlan();
    await room.startWorker();
  });
  afterAll(() => room.stop());

  const url = () => `/admin/plans/${planId}/suppliers`;
  const put = (suppliers: readonly object[], path = url()) => room.as(ADMIN, "PUT", path, { suppliers });

  it("200: says where a plan is bought, in place of what was said before; costs are read, the change is on record", async () => {
    const chosen = await put([
      { supplier: "first", package_id: "es-5gb", top_up_package_id: "es-5gb-topup" },
      { supplier: "local", rank: 1 },
    ]);
    expect(chosen.status).toBe(200);
    expect(chosen.body).toMatchObject([
      { supplier: "first", package_id: "es-5gb", top_up_package_id: "es-5gb-topup", rank: 0 },
      { supplier: "local", package_id: String(planId), top_up_package_id: null, rank: 1 },
    ]);
    await eventually(async () => (await room.as(ADMIN, "GET", url())).body[0].cost_text === "4.50");
    expect((await put([{ supplier: "first", package_id: "es-5gb", rank: 2 }])).body).toMatchObject([
      { package_id: "es-5gb", top_up_package_id: null, rank: 2, cost_text: "4.50" },
    ]);
    const [row] = await room.database.query<{ before: unknown[]; after: unknown[]; actor: string }>(
      "select actor, before, after from audit_log where action = 'plan.suppliers_chosen' order by id desc limit 1",
    );
    expect(row).toMatchObject({ actor: `admin:${ADMIN}`, before: [{}, {}], after: [{ rank: 2 }] });
    expect((await put([])).body).toEqual([]);
  });

  it("422 and 404: a supplier that is not configured, a package twice or missing, a plan that is not there", async () => {
    const pointers = async (suppliers: readonly object[]) => {
      const { status, body } = await put(suppliers);
      return [status, body.errors?.[0].pointer];
    };
    expect(await pointers([{ supplier: "nobody", package_id: "x" }])).toEqual([422, "/suppliers/0/supplier"]);
    expect(await pointers([{ supplier: "first" }])).toEqual([422, "/suppliers/0/package_id"]);
    expect(await pointers([{ supplier: "local", package_id: "x" }])).toEqual([
      422,
      "/suppliers/0/package_id",
    ]);
    const twice = { supplier: "first", package_id: "x" };
    expect(await pointers([twice, twice])).toEqual([422, "/suppliers/1/supplier"]);
    expect((await put([twice], "/admin/plans/999999/suppliers")).status).toBe(404);
    expect((await room.as(ADMIN, "GET", url())).body).toEqual([]);
  });

  const history = async (days = 7) => {
    const { status, body } = await room.as(ADMIN, "GET", `/admin/suppliers/history?days=${days}`);
    expect(status).toBe(200);
    const { points } = body.items.find(({ supplier }: { supplier: string }) => supplier === "first");
    return { step: body.step, points };
  };

  it("counts by the hour how a supplier did, anew while answers are still decided, and for 90 days", async () => {
    const planId = await room.addPlan();
    const [one, other] = [await room.addOrder({ planId }), await room.addOrder({ planId })];
    const hourAgo = (hours: number) =>
      new Date(Math.floor(Date.now() / 3_600_000 - hours) * 3_600_000).toISOString();
    const bought: readonly [status: string, hours: number, millis: number | null][] = [
      ["delivered", 2, 100],
      ["delivered", 2, 300],
      ["unknown", 2, 200],
      ["intended", 2, null],
      ["delivered", 24 * 20, 50],
      ["delivered", 24 * 40, 50],
    ];
    for (const [index, [status, hours, millis]] of bought.entries()) {
      await room.database.query(
        `insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, created_at, call_millis)
         values ($1, $2::integer, 'history-' || $2::text, 'first', 'x', $3, $4::timestamptz + interval '59 minutes', $5)`,
        [(status === "intended" ? other : one).profileId, 100 + index, status, hourAgo(hours), millis],
      );
    }
    await room.database.query(
      "insert into supplier_hours values ('first', date_trunc('hour', now() - interval '91 days', 'UTC'), 1, 0)",
    );
    await room.database.query(
      `insert into supplier_accounts (supplier, balance_text, balance_currency, balance_read_at)
       values ('talkative', 'enough', 'USD', now())`,
    );
    await room.runJob("read_supplier_balances");
    const nothing = { purchases: 0, not_delivered: 0, median_millis: null, p95_millis: null };
    const early = {
      at: hourAgo(2),
      purchases: 3,
      not_delivered: 1,
      median_millis: 200,
      p95_millis: 290,
      balance_text: null,
      balance_currency: null,
    };
    const now = { at: hourAgo(0), ...nothing, balance_text: "100.00", balance_currency: "USD" };
    expect(await history(1)).toEqual({ step: "hour", points: [early, now] });
    // Of a month, since the job had never run before.
    const longAgo = await history(90);
    expect(longAgo.step).toBe("day");
    expect(longAgo.points[0]).toMatchObject({ purchases: 1, not_delivered: 0, median_millis: 50 });
    expect(
      longAgo.points.reduce((sum: number, point: { purchases: number }) => sum + point.purchases, 0),
    ).toBe(4);

    await room.database.query(
      "update provisioning_attempts set status = 'delivered' where reference = 'history-102'",
    );
    await room.runJob("read_supplier_balances");
    expect((await history(1)).points).toEqual([{ ...early, not_delivered: 0 }, now]);
    const [{ count } = { count: -1 }] = await room.database.query<{ count: number }>(
      "select count(*)::int as count from supplier_hours where hour < now() - interval '90 days'",
    );
    expect(count).toBe(0);
  });

  it("422: for a history of less than a day or more than 90", async () => {
    for (const days of [0, 91, 1.5])
      expect((await room.as(ADMIN, "GET", `/admin/suppliers/history?days=${days}`)).status).toBe(422);
  });
});

function packageAt(cents: string): SupplierPackage {
  return {
    packageId: "es-5gb",
    kind: "esim",
    title: "Spain 5 GB",
    countryCodes: ["ES"],
    data: null,
    isUnlimited: true,
    dataPeriod: "total",
    durationDays: 30,
    cost: {
      amountText: `${cents.slice(0, -2)}.${cents.slice(-2)}`,
      currency: "USD",
      amountMinor: Number(cents),
    },
    minimumRetail: null,
    validityStarts: "unknown",
    useWithinDays: null,
    canTopUp: true,
    isKycRequired: false,
  };
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RequestOptions, startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { logIn } from "../support/login.js";

let app: TestApp;
let bearer = "";
beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com", CSV_IMPORT_BYTES_MAX: "200000" });
  await seedCatalog(app.database);
  bearer = (await logIn(app, "admin@example.com")).token;
});
afterAll(() => app.stop());

const admin = (method: string, path: string, options: RequestOptions = {}) =>
  app.request(method, path, { bearer, ...options });

const auditCount = async (): Promise<number> =>
  (await app.database.query<{ n: number }>("select count(*) as n from audit_log"))[0]?.n ?? 0;

/** Runs a change and says how many audit rows it wrote. */
async function audited<Value>(work: () => Promise<Value>): Promise<[Value, number]> {
  const before = await auditCount();
  const value = await work();
  return [value, (await auditCount()) - before];
}

const idOf = async (table: string, column: string, value: string): Promise<number> =>
  (await app.database.query<{ id: number }>(`select id from ${table} where ${column} = $1`, [value]))[0]
    ?.id ?? 0;

describe("who may", () => {
  const routes: [string, string][] = [
    ["GET", "/admin/countries?page=1&page_size=1"],
    ["POST", "/admin/countries"],
    ["DELETE", "/admin/carriers/1"],
    ["GET", "/admin/plans"],
    ["POST", "/admin/plans/import"],
    ["GET", "/admin/plans/export"],
  ];
  it.each(routes)("%s %s: 401 for strangers, 403 for people who are no admins", async (method, path) => {
    expect((await app.request(method, path)).status).toBe(401);
    const person = await app.database.query("select 1 from users where email = 'person@example.com'");
    personToken ??= person.length > 0 ? "" : (await logIn(app, "person@example.com")).token;
    const answer = await app.request(method, path, { bearer: personToken });
    expect([answer.status, answer.body.detail]).toEqual([403, "Admin access required"]);
  });
  let personToken: string | undefined;
});

describe("lists", () => {
  it("200: items, total, page, page_size and total_pages", async () => {
    const { status, body } = await admin("GET", "/admin/countries?page=2&page_size=10");
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 76, page: 2, page_size: 10, total_pages: 8 });
    expect(body.items).toHaveLength(10);
    expect(body.items[0]).toMatchObject({ iso2: expect.any(String), plan_count: expect.any(Number) });
  });

  it("200: pages of any order meet every record once", async () => {
    for (const sort of ["price_usd", "data_gb", "duration_days", "carrier", "country", "updated_at"]) {
      const seen = new Set<number>();
      for (let page = 1; page <= 3; page += 1) {
        const { body } = await admin(
          "GET",
          `/admin/plans?page=${page}&page_size=100&sort_by=${sort}&sort_order=desc`,
        );
        for (const { id } of body.items) seen.add(id);
        expect(body.total_pages).toBe(Math.ceil(body.total / 100));
      }
      const [all] = await app.database.query<{ n: number }>("select count(*) as n from plans");
      expect([sort, seen.size]).toEqual([sort, all?.n]);
    }
  });

  it("200: q finds anywhere, in any case, with literal wildcards", async () => {
    const total = async (query: string) => (await admin("GET", query)).body.total;
    expect(await total("/admin/countries?q=PAIN")).toBe(1);
    expect(await total("/admin/countries?q=%25")).toBe(0);
    expect(await total("/admin/carriers?q=mobile")).toBe(1);
    expect(await total("/admin/plans?q=es-5gb")).toBe(1);
    expect(await total("/admin/plans?q=_")).toBe(0);
    expect(await total("/admin/plans?country=es")).toBe(6);
    expect(await total("/admin/plans?is_active=false")).toBe(0);
  });

  it("200: a page behind the last one is empty", async () => {
    const { body } = await admin("GET", "/admin/countries?page=999999999");
    expect(body).toMatchObject({ items: [], total: 76 });
  });

  it.each([
    "sort_by=created_at;drop",
    "sort_by=__proto__",
    "sort_order=up",
    "page=0",
    "page=-1",
    "page=1e9",
    "page=999999999999999999",
    "page_size=1000000000",
    "page=1&page=2",
    "limit=5",
  ])("422: %s", async (query) => {
    expect((await admin("GET", `/admin/countries?${query}`)).status).toBe(422);
    expect((await admin("GET", `/admin/plans?${query}`)).status).toBe(422);
  });

  it("a list makes the same number of queries whatever its length", async () => {
    const count = async (pageSize: number): Promise<number> => {
      let queries = 0;
      const { db } = app.database;
      const run: typeof db.run = (...args) => {
        queries += 1;
        return db.run(...args);
      };
      const { listPlanRows } = await import("../../src/modules/catalog/plan-store.js");
      const request = { page: 1, pageSize, q: "", sortBy: "id", sortOrder: "asc" } as const;
      await listPlanRows({ run }, request, { country: null, carrierId: null, isActive: null });
      return queries;
    };
    expect([await count(1), await count(200)]).toEqual([2, 2]);
  });
});

describe("countries and carriers", () => {
  it("201, 200, 200, 404: made, changed, deleted, each with one audit row", async () => {
    const [made, first] = await audited(() =>
      admin("POST", "/admin/countries", { body: { iso2: "GL", iso3: "GRL", name: "Greenland" } }),
    );
    expect([made.status, first]).toEqual([201, 1]);
    const { id } = made.body;
    expect((await app.request("GET", "/countries?q=greenl")).body).toEqual([
      { id, iso2: "GL", name: "Greenland" },
    ]);
    const [changed, second] = await audited(() =>
      admin("PATCH", `/admin/countries/${id}`, { body: { name: "Kalaallit Nunaat" } }),
    );
    expect([changed.status, changed.body.iso3, second]).toEqual([200, "GRL", 1]);
    // Also found by what else it is called.
    for (const q of ["kalaal", "greenl"]) {
      expect((await app.request("GET", `/countries?q=${q}`)).body).toEqual([
        { id, iso2: "GL", name: "Kalaallit Nunaat" },
      ]);
    }
    const [gone, third] = await audited(() => admin("DELETE", `/admin/countries/${id}`));
    expect([gone.status, gone.body, third]).toEqual([200, { message: "country_deleted" }, 1]);
    expect((await admin("GET", `/admin/countries/${id}`)).status).toBe(404);
    const [again, none] = await audited(() => admin("DELETE", `/admin/countries/${id}`));
    expect([again.status, again.body.detail, none]).toEqual([404, "Country not found", 0]);
    const [row] = await app.database.query("select * from audit_log where subject = $1 order by id limit 1", [
      `country:${id}`,
    ]);
    expect(row).toMatchObject({
      action: "country.created",
      actor: expect.stringMatching(/^admin:\d+$/),
      request_id: made.headers.get("x-request-id"),
      before: null,
      after: { iso2: "GL" },
    });
  });

  it("409: what plans refer to cannot be deleted, and nothing is audited", async () => {
    for (const [kind, id] of [
      ["countries", await idOf("countries", "iso2", "ES")],
      ["carriers", await idOf("carriers", "name", "Meridian Mobile")],
    ]) {
      const [answer, rows] = await audited(() => admin("DELETE", `/admin/${kind}/${id}`));
      expect([answer.status, answer.body.code, rows]).toEqual([409, "referenced", 0]);
    }
  });

  it("409: the same code or name twice", async () => {
    const country = await admin("POST", "/admin/countries", { body: { iso2: "ES", name: "Again" } });
    expect([country.status, country.body.code]).toEqual([409, "conflict"]);
    const carrier = await admin("POST", "/admin/carriers", { body: { name: "MERIDIAN mobile" } });
    expect(carrier.status).toBe(409);
  });

  it.each([
    {},
    { iso2: "es", name: "x" },
    { iso2: "ESP", name: "x" },
    { iso2: "XY", name: "" },
    { iso2: "XY", name: " x" },
    { iso2: "XY", name: "x", id: 5 },
    { iso2: "XY", name: 5 },
    { iso2: "XY", name: "a\u0000" },
    { iso2: "XY", name: "x".repeat(101) },
    [],
    null,
  ])("422: %j", async (body) => {
    const [answer, rows] = await audited(() => admin("POST", "/admin/countries", { body }));
    expect([answer.status, rows]).toEqual([422, 0]);
  });
});

describe("plans", () => {
  const planBody = async () => ({
    name: "Spain test",
    data_gb: 2.5,
    duration_days: 14,
    country_id: await idOf("countries", "iso2", "ES"),
    carrier_id: await idOf("carriers", "name", "Meridian Mobile"),
    prices: [
      { currency: "USD", amount_minor_units: 499 },
      { currency: "KWD", amount_minor_units: 1_500 },
    ],
  });
  const shown = async () =>
    (await app.request("GET", "/plans?country=ES")).body.map(({ name }: { name: string }) => name);

  it("201: a plan is on sale at once, with its prices in minor units", async () => {
    const [made, rows] = await audited(async () => admin("POST", "/admin/plans", { body: await planBody() }));
    expect([made.status, rows]).toEqual([201, 1]);
    expect(made.body).toMatchObject({
      sku: `plan-${made.body.id}`,
      data_gb: 2.5,
      is_unlimited: false,
      is_active: true,
      country: { iso2: "ES" },
      prices: [
        { currency: "KWD", amount_minor_units: 1_500, amount_major: "1.500" },
        { currency: "USD", amount_minor_units: 499, amount_major: "4.99" },
      ],
    });
    expect(await shown()).toContain("Spain test");
  });

  it("200: PATCH changes what it names, pauses and resumes; PUT replaces", async () => {
    const id = await idOf("plans", "name", "Spain test");
    const paused = await admin("PATCH", `/admin/plans/${id}`, {
      body: { paused_reason: "supplier is down" },
    });
    expect(paused.body).toMatchObject({ is_active: false, paused_reason: "supplier is down", data_gb: 2.5 });
    expect(await shown()).not.toContain("Spain test");
    const resumed = await admin("PATCH", `/admin/plans/${id}`, {
      body: { paused_reason: null, is_unlimited: true },
    });
    expect(resumed.body).toMatchObject({ is_active: true, is_unlimited: true, data_gb: 0 });
    expect(await shown()).toContain("Spain test");
    const body = { ...(await planBody()), prices: [{ currency: "JPY", amount_minor_units: 700 }] };
    const [replaced, rows] = await audited(() => admin("PUT", `/admin/plans/${id}`, { body }));
    expect(replaced.body).toMatchObject({ is_unlimited: false, data_gb: 2.5, prices: [{ currency: "JPY" }] });
    expect(rows).toBe(1);
    // Without a price in dollars it is not in the default list, and has no price_usd.
    expect(await shown()).not.toContain("Spain test");
    expect((await app.request("GET", `/plans/${id}`)).body).toMatchObject({
      price_usd: null,
      price: { currency: "JPY" },
    });
  });

  const PRICES: readonly [string, number, RegExp][] = [
    ["KWD", 4_501, /KWD 4\.501, .*third decimal.* 4\.500 or 4\.510/],
    ["BHD", 9, /BHD 0\.009, .*enter 0\.010/],
    ["MGA", 450, /MGA 4\.50, .*whole amount/],
    ["IQD", 5_000, /IQD 5\.000, .*does not take IQD/],
    ["UGX", 5_000, /UGX 5000, .*does not take UGX/],
  ];
  it.each(PRICES)(
    "422: a price that no card can be charged is refused: %s %i",
    async (currency, minor, why) => {
      const id = await idOf("plans", "name", "Spain test");
      const prices = [
        { currency: "USD", amount_minor_units: 499 },
        { currency, amount_minor_units: minor },
      ];
      const body = { ...(await planBody()), prices };
      for (const [method, path, sent] of [
        ["POST", "/admin/plans", body],
        ["PUT", `/admin/plans/${id}`, body],
        ["PATCH", `/admin/plans/${id}`, { prices }],
      ] as const) {
        const [answer, rows] = await audited(() => admin(method, path, { body: sent }));
        expect([method, answer.status, rows]).toEqual([method, 422, 0]);
        expect(answer.body.errors).toEqual([{ pointer: "/prices", message: expect.stringMatching(why) }]);
      }
      const amount = { KWD: "4.501", BHD: "0.009", MGA: "4.50", IQD: "5", UGX: "5000" }[currency];
      const csv = `sku,name,country,carrier,data_gb,duration_days,price_USD,price_${currency}\nCARD-1,Spain,ES,Acme,1,7,4.50,${amount}`;
      for (const isDryRun of [true, false]) {
        const answer = await fetch(`${app.url}/admin/plans/import?dry_run=${isDryRun}`, {
          method: "POST",
          headers: { "content-type": "text/csv", authorization: `Bearer ${bearer}` },
          body: csv,
        });
        expect(await answer.json()).toMatchObject({
          created: 0,
          refused: [
            { line: 2, column: `price_${currency}`, reason: expect.stringMatching(/cannot be charged/) },
          ],
        });
      }
    },
  );

  it("200: a plan that has such a price from before can still be paused and renamed", async () => {
    const made = await admin("POST", "/admin/plans", { body: { ...(await planBody()), name: "Old price" } });
    await app.database.query(
      "update plan_prices set amount_minor = 1501 where plan_id = $1 and currency = 'KWD'",
      [made.body.id],
    );
    const paused = await admin("PATCH", `/admin/plans/${made.body.id}`, {
      body: { paused_reason: "the price in KWD cannot be charged", name: "Older price" },
    });
    expect([paused.status, paused.body.is_active, paused.body.name]).toEqual([200, false, "Older price"]);
    await admin("DELETE", `/admin/plans/${made.body.id}`);
  });

  it("201: a region's plan works in its countries", async () => {
    const { country_id: spain, ...rest } = await planBody();
    const body = {
      ...rest,
      name: "Iberia",
      region: "Iberia",
      country_ids: [spain, await idOf("countries", "iso2", "PT")],
    };
    const made = await admin("POST", "/admin/plans", { body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ region: "Iberia", country: null });
    const moved = await admin("PATCH", `/admin/plans/${made.body.id}`, { body: { country_id: spain } });
    expect(moved.body).toMatchObject({ region: null, country: { iso2: "ES" }, country_ids: [] });
    expect((await admin("DELETE", `/admin/plans/${made.body.id}`)).body).toEqual({ message: "plan_deleted" });
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["/prices", { prices: [] }],
    ["/prices/0/amount_minor_units", { prices: [{ currency: "USD", amount_minor_units: -1 }] }],
    ["/prices/0/amount_minor_units", { prices: [{ currency: "USD", amount_minor_units: 0 }] }],
    ["/prices/0/amount_minor_units", { prices: [{ currency: "USD", amount_minor_units: 4.5 }] }],
    ["/prices/0/amount_minor_units", { prices: [{ currency: "USD", amount_minor_units: 1e15 }] }],
    ["/prices/0/currency", { prices: [{ currency: "usd", amount_minor_units: 5 }] }],
    ["/prices", { prices: [{ currency: "XXX", amount_minor_units: 5 }] }],
    ["/prices", { prices: [1, 2].map((n) => ({ currency: "USD", amount_minor_units: n })) }],
    ["/data_gb", { data_gb: -1 }],
    ["/data_gb", { data_gb: 0 }],
    ["/data_gb", { data_gb: null }],
    ["/data_gb", { data_gb: 0.0001 }],
    ["/data_gb", { data_gb: "5" }],
    ["/data_gb", { is_unlimited: true, data_gb: 5 }],
    ["/duration_days", { duration_days: 0 }],
    ["/region", { country_id: null }],
    ["/region", { region: "Iberia" }],
    ["/country_ids", { country_ids: [1] }],
    ["/country_id", { country_id: 999_999_999 }],
    ["/carrier_id", { carrier_id: 999_999_999 }],
    ["/sku", { sku: "a b" }],
    ["/price_usd", { price_usd: 5 }],
  ];
  it.each(wrong)("422 at %s: %j", async (pointer, change) => {
    const body = { ...(await planBody()), ...change };
    const [answer, rows] = await audited(() => admin("POST", "/admin/plans", { body }));
    expect([answer.status, rows]).toEqual([422, 0]);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it("404 and 409: a plan that is not there, a sku that is taken, a plan that is ordered", async () => {
    expect((await admin("PATCH", "/admin/plans/999999999", { body: { name: "x" } })).status).toBe(404);
    const taken = await admin("POST", "/admin/plans", { body: { ...(await planBody()), sku: "ES-5GB-30D" } });
    expect([taken.status, taken.body.code]).toEqual([409, "conflict"]);
    const planId = await idOf("plans", "sku", "FR-5GB-30D");
    await app.database.query(
      `insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at)
       select 'R', min(id), $1, 'USD', 650, '{}', now() from users`,
      [planId],
    );
    const [gone, rows] = await audited(() => admin("DELETE", `/admin/plans/${planId}`));
    expect([gone.status, gone.body.code, rows]).toEqual([409, "referenced", 0]);
  });

  it("twenty changes of different members at the same time are all there afterwards", async () => {
    const id = await idOf("plans", "sku", "DE-5GB-30D");
    // Each member once a round: a change that is sent again would bring back what another one has undone.
    for (let round = 1; round <= 5; round += 1) {
      const bodies = [
        { description: `changed ${round} times` },
        { duration_days: 30 + round },
        { data_gb: 5 + round },
        { name: `Germany ${round}` },
      ];
      const answers = await Promise.all(bodies.map((body) => admin("PATCH", `/admin/plans/${id}`, { body })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const { body } = await admin("GET", `/admin/plans/${id}`);
      expect(body).toMatchObject(Object.assign({}, ...bodies));
    }
  });
});

describe("files", () => {
  const csv = { "content-type": "text/csv" };

  it("200: the export is a safe attachment and imports again without a change", async () => {
    const exported = await admin("GET", "/admin/plans/export");
    expect(exported.status).toBe(200);
    expect(exported.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(exported.headers.get("content-disposition")).toContain("attachment");
    expect(exported.headers.get("x-content-type-options")).toBe("nosniff");
    const [imported, rows] = await audited(() =>
      admin("POST", "/admin/plans/import", { body: exported.text, headers: csv }),
    );
    expect(imported.body).toMatchObject({ created: 0, updated: 0, refused: [], dry_run: false });
    expect(imported.body.unchanged).toBeGreaterThan(200);
    expect(rows).toBe(1);
  });

  it("200: a dry run says what would happen, with the refused rows, and leaves no trace", async () => {
    const body =
      "sku,name,country,carrier,data_gb,duration_days,price_USD\nN-1,New,ES,Acme,1,7,4.50\nN-2,New,ES,Acme,1,7,-1\n";
    const [answer, rows] = await audited(() =>
      admin("POST", "/admin/plans/import?dry_run=true", { body, headers: csv }),
    );
    expect(answer.body).toMatchObject({
      dry_run: true,
      created: 1,
      refused_count: 1,
      refused: [{ line: 3, column: "price_USD" }],
    });
    expect(rows).toBe(0);
    expect(await idOf("plans", "sku", "N-1")).toBe(0);
  });

  it("422: not UTF-8; 413: too large; 415: not CSV", async () => {
    const latin1 = await fetch(`${app.url}/admin/plans/import`, {
      method: "POST",
      headers: { ...csv, authorization: `Bearer ${bearer}` },
      body: Buffer.from("sku,name\nA,Espa\xf1a\n", "latin1"),
    });
    expect(latin1.status).toBe(422);
    expect(await latin1.json()).toMatchObject({
      code: "csv_invalid",
      detail: expect.stringContaining("UTF-8"),
    });
    const large = await admin("POST", "/admin/plans/import", { body: "a".repeat(200_001), headers: csv });
    expect(large.status).toBe(413);
    expect((await admin("POST", "/admin/plans/import", { body: {} })).status).toBe(415);
    expect((await admin("POST", "/admin/plans/import", { body: "", headers: csv })).status).toBe(422);
  });

  it("200: countries and carriers have files of their own", async () => {
    for (const [kind, body, reports] of [
      ["countries", "iso2,iso3,name\nES,,España\nGL,GRL,Greenland\nxx,,Nowhere\nFR,,France", [1, 1, 1, 1]],
      ["carriers", "name\nMERIDIAN Mobile\nNew One\n \nnew one\nLantern Telecom", [1, 1, 1, 1]],
    ] as const) {
      const [answer, rows] = await audited(() =>
        admin("POST", `/admin/${kind}/import`, { body, headers: csv }),
      );
      expect(answer.status).toBe(200);
      const { created, updated, unchanged, refused_count: refused } = answer.body;
      expect([kind, [created, updated, unchanged, refused], rows]).toEqual([kind, reports, 1]);
      const exported = await admin("GET", `/admin/${kind}/export`);
      expect(exported.headers.get("content-disposition")).toBe(`attachment; filename="${kind}.csv"`);
      const again = await admin("POST", `/admin/${kind}/import`, { body: exported.text, headers: csv });
      expect(again.body).toMatchObject({ created: 0, updated: 0, refused: [] });
    }
    expect((await app.request("GET", "/countries?q=españa")).body).toHaveLength(1);
    const twice = await admin("POST", "/admin/countries/import", {
      body: "iso2,iso3,name\nAA,ESP,Other",
      headers: csv,
    });
    expect([twice.status, twice.body.code]).toEqual([409, "conflict"]);
  });
});

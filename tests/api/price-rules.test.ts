import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFetchRates } from "../../src/modules/supply/rates/fetch-rates.js";
import { makeImportRates } from "../../src/modules/supply/supply.module.js";
import type { ReadAnswer } from "../../src/providers/receiver/port.js";
import { makeLog } from "../../src/telemetry/log.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";

let app: TestApp;
let bearer: string;
let planId: number;

const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
const RULES = {
  currencies: ["USD", "EUR"],
  fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30, EUR: 25 } }],
  rules: [
    { name: "Spain", when: { countries: ["ES"] }, result: { margin_percent: "30", endings: { USD: "99" } } },
    { name: "the rest", when: {}, result: { margin_percent: "50" } },
  ],
};

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
  ({ planId } = await seedCatalog(app.database));
  bearer = (await logIn(app, "admin@example.com")).token;
  await app.database.query(
    `insert into plan_suppliers (plan_id, supplier, package_id, cost_text, cost_currency, cost_minor)
     values (${planId}, 'airalo', 'es-5gb', '3.50', 'USD', 350)`,
  );
});
afterAll(() => app.stop());

const admin = (method: string, url: string, body?: unknown) =>
  app.request(method, url, { bearer, ...(body === undefined ? {} : { body }) });
const importRates = (lines: string, acceptsJump = false) =>
  makeImportRates({ db: app.database.db, limits: { maxAgeDays: 7, maxJumpPercent: 20 } })({
    bytes: Buffer.from(`base,currency,rate,date\n${lines}`),
    acceptsJump,
    act: { actor: "system:test", requestId: null },
  });
const countOf = async (table: string): Promise<number> =>
  Number((await app.database.query<{ count: string }>(`select count(*) from ${table}`))[0]?.count);

/** A test that is run alone finds them too. */
async function haveRatesAndRules(): Promise<void> {
  if ((await countOf("exchange_rates")) === 0)
    await importRates(`EUR,USD,1.16,${day(1)}\nEUR,JPY,180.5,${day(2)}`);
  if ((await countOf("price_rule_sets")) === 0)
    await admin("PUT", "/admin/price-rules", { version: 0, ...RULES });
}

describe("exchange rates", () => {
  it.each([
    ["a rate of 0", `EUR,USD,0,${day(1)}`, /0;/],
    ["a negative rate", `EUR,USD,-1.1,${day(1)}`, /positive decimal/],
    ["a rate in words", `EUR,USD,one,${day(1)}`, /positive decimal/],
    ["a rate of three weeks ago", `EUR,USD,1.1,${day(21)}`, /21 days ago/],
    ["a rate of next week", `EUR,USD,1.1,${day(-7)}`, /future/],
    ["a date that is none", "EUR,USD,1.1,2026-02-30", /no date/],
    ["a currency that is none", `EUR,XXX,1.1,${day(1)}`, /ISO 4217/],
    ["the base itself", `EUR,EUR,1,${day(1)}`, /base itself/],
    ["two bases", `EUR,USD,1.1,${day(1)}\nGBP,CHF,1.1,${day(1)}`, /differs/],
    ["a currency twice", `EUR,USD,1.1,${day(1)}\nEUR,USD,1.2,${day(1)}`, /already/],
  ])("%s: nothing of the file is taken", async (_name, lines, reason) => {
    const report = await importRates(`EUR,GBP,0.87,${day(1)}\n${lines}`);
    expect(report).toMatchObject({
      kind: "refused_rows",
      refused: [{ reason: expect.stringMatching(reason) }],
    });
    expect(await countOf("exchange_rates")).toBe(0);
  });

  it("are taken once, never back in time, and a jump only when somebody says so", async () => {
    const file = `EUR,USD,1.16,${day(2)}\nEUR,JPY,180.5,${day(2)}`;
    expect(await importRates(file)).toEqual({ kind: "imported", rates: 2, changed: 2 });
    expect(await importRates(file)).toEqual({ kind: "imported", rates: 2, changed: 0 });
    for (const [line, reason] of [
      [`EUR,USD,1.16,${day(3)}`, /before/],
      [`EUR,USD,116,${day(1)}`, /more than 20 %/],
      [`EUR,USD,0.0116,${day(1)}`, /more than 20 %/],
      [`USD,EUR,0.86,${day(1)}`, /is not EUR/],
    ] as const) {
      const refused = { kind: "refused_rows", refused: [{ line: 2, reason: expect.stringMatching(reason) }] };
      expect(await importRates(line)).toMatchObject(refused);
    }
    expect(await importRates(`EUR,USD,1.60,${day(1)}`, true)).toMatchObject({ changed: 1 });
    expect(await importRates(`EUR,USD,1.16,${day(1)}`, true)).toMatchObject({ changed: 1 });
    const { body } = await admin("GET", "/admin/exchange-rates");
    expect(body).toMatchObject([
      { base: "EUR", currency: "JPY", rate: "180.5", as_of: day(2), is_fresh: true },
      { base: "EUR", currency: "USD", rate: "1.16", as_of: day(1), is_fresh: true },
    ]);
  });

  it("of another base take the place of all that are here, with the same checks, and never of some", async () => {
    await app.database.query("truncate exchange_rates");
    await importRates(`EUR,USD,1.16,${day(2)}\nEUR,JPY,180.5,${day(2)}`);
    const kept = await app.database.query("select base, currency from exchange_rates order by 2");
    for (const [lines, reason] of [
      [`USD,EUR,0.862,${day(1)}`, /JPY is missing/],
      [`USD,EUR,0.5,${day(1)}\nUSD,JPY,155.6,${day(1)}`, /more than 20 % from 0\.862068965517,/],
      [`USD,EUR,0.862,${day(1)}\nUSD,JPY,155.6,${day(3)}`, /before/],
      [`GBP,EUR,1.15,${day(1)}\nGBP,USD,1.33,${day(1)}\nGBP,JPY,207,${day(1)}`, /no rate of GBP/],
    ] as const)
      expect(await importRates(lines)).toMatchObject({
        kind: "refused_rows",
        refused: [{ reason: expect.stringMatching(reason) }],
      });
    expect(await app.database.query("select base, currency from exchange_rates order by 2")).toEqual(kept);
    const file = `USD,EUR,0.862,${day(1)}\nUSD,JPY,155.6,${day(1)}`;
    expect(await importRates(file)).toEqual({ kind: "imported", rates: 2, changed: 2 });
    expect(await app.database.query("select base, currency from exchange_rates order by 2")).toEqual([
      { base: "USD", currency: "EUR" },
      { base: "USD", currency: "JPY" },
    ]);
    await app.database.query("truncate exchange_rates");
    await importRates(`EUR,USD,1.16,${day(1)}\nEUR,JPY,180.5,${day(2)}`);
  });

  describe("of an address that the operator names", () => {
    let answer: ReadAnswer;
    const notTaken: string[] = [];
    const read = async (url: string): Promise<ReadAnswer> => {
      expect(url).toBe("https://rates.example/daily");
      return answer;
    };
    const fetchRates = (text: string | ReadAnswer): Promise<void> => {
      answer = typeof text === "string" ? { kind: "read", bytes: Buffer.from(text) } : text;
      notTaken.length = 0;
      return makeFetchRates({
        url: "https://rates.example/daily",
        read,
        importRates: makeImportRates({
          db: app.database.db,
          limits: { maxAgeDays: 7, maxJumpPercent: 20 },
        }),
        events: { ratesNotTaken: ({ why }) => void notTaken.push(why) },
        log: makeLog({ level: "silent", format: "json" }),
      })();
    };
    const rates = async () =>
      (
        await app.database.query<{ text: string }>(
          "select concat_ws(' ', base, currency, rate::float8, as_of) as text from exchange_rates order by currency",
        )
      ).map(({ text }) => text);
    const ecb = (time: string, usd: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='${time}'><Cube currency='USD' rate='${usd}'/><Cube currency='JPY' rate='180.5'/></Cube></Cube>
</gesmes:Envelope>`;

    it("are taken in the European Central Bank's form and in ours, with the checks of a file", async () => {
      await app.database.query("truncate exchange_rates");
      await fetchRates(ecb(day(2), "1.15"));
      expect([notTaken, await rates()]).toEqual([[], [`EUR JPY 180.5 ${day(2)}`, `EUR USD 1.15 ${day(2)}`]]);
      await fetchRates(`base,currency,rate,date\nEUR,USD,1.16,${day(1)}`);
      const kept = [`EUR JPY 180.5 ${day(2)}`, `EUR USD 1.16 ${day(1)}`];
      expect([notTaken, await rates()]).toEqual([[], kept]);
      for (const [wrong, why] of [
        [ecb(day(0), "116"), "rows"],
        [ecb(day(0), "0"), "rows"],
        [ecb(day(21), "1.16"), "rows"],
        [ecb(day(3), "1.16"), "rows"],
        [ecb("", "1.16"), "rows"],
        ["<html><body>Maintenance</body></html>", "file"],
        ["", "file"],
        ["base,currency\nEUR,USD", "file"],
        [{ kind: "unread", why: "status_503" }, "status_503"],
      ] as const) {
        await fetchRates(wrong);
        expect([wrong, notTaken, await rates()]).toEqual([wrong, [why], kept]);
      }
    });
  });

  it("of which a file is empty: refused", async () => {
    expect(await importRates("")).toMatchObject({ kind: "refused_file" });
  });
});

describe("price rules", () => {
  it("200: there are none at first, and a plan's price says so", async () => {
    expect((await admin("GET", "/admin/price-rules")).body).toMatchObject({ version: 0, rules: [] });
    const { body } = await admin("GET", `/admin/plans/${planId}/price`);
    expect(body.rules_version).toBe(0);
    expect(body.prices.find(({ currency }: { currency: string }) => currency === "USD")).toMatchObject({
      published: { amount_minor_units: 650, profit: "3.00", is_below_cost: false },
      by_rule: null,
    });
  });

  it("422: rules that contradict each other are refused with each place, and nothing is kept", async () => {
    const [spain, rest] = RULES.rules;
    const answer = await admin("PUT", "/admin/price-rules", { version: 0, ...RULES, rules: [rest, spain] });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      { pointer: "/rules/1", message: expect.stringContaining("contradicts rule 1 (the rest)") },
    ]);
    for (const wrong of [
      { ...RULES, currencies: ["XXX"] },
      { ...RULES, rules: [] },
      { ...RULES, rules: [{ ...rest, result: { margin_percent: "-1" } }] },
      { ...RULES, rules: [{ ...rest, result: { margin_percent: 30 } }] },
      { ...RULES, rules: [{ ...rest, when: { country: "ES" } }] },
    ]) {
      expect((await admin("PUT", "/admin/price-rules", { version: 0, ...wrong })).status).toBe(422);
      expect((await admin("POST", "/admin/price-rules/simulate", wrong)).status).toBe(422);
    }
    expect(await countOf("price_rule_sets")).toBe(0);
  });

  it("200: are kept as a new version, in the audit log; 409 for who read an older one", async () => {
    expect((await admin("PUT", "/admin/price-rules", { version: 0, ...RULES })).body).toMatchObject({
      version: 1,
      ...RULES,
      changed_by: expect.stringMatching(/^admin:/),
      notes: [],
    });
    expect((await admin("PUT", "/admin/price-rules", { version: 0, ...RULES })).status).toBe(409);
    const many = await Promise.all(
      Array.from({ length: 8 }, () => admin("PUT", "/admin/price-rules", { version: 1, ...RULES })),
    );
    expect(many.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(many.filter(({ status }) => status === 409)).toHaveLength(7);
    const [log] = await app.database.query<{ count: number }>(
      "select count(*) from audit_log where action = 'price_rules.changed'",
    );
    expect(log?.count).toBe(2);
  });

  it("200: a plan's price explains itself: cost, rate and its date, rule, margin, fee, rounding", async () => {
    const { body } = await admin("GET", `/admin/plans/${planId}/price`);
    const of = (wanted: string) =>
      body.prices.find(({ currency }: { currency: string }) => currency === wanted).by_rule;
    expect(of("USD")).toMatchObject({
      amount_minor_units: 599,
      refused: null,
      explanation: { rule: { position: 1, name: "Spain" }, rate: null, margin: "1.05", price: "5.99" },
    });
    expect(of("EUR").explanation).toMatchObject({
      rate: { value: "0.86206897", as_of: day(1) },
      cost_in_currency: "3.0172",
      rounding: "up to a multiple of 1 minor units",
    });
    expect((await admin("GET", "/admin/plans/999999/price")).status).toBe(404);
  });

  it("200: names the least that the supplier allows to ask, converted, and that a price is below it", async () => {
    await haveRatesAndRules();
    const content = (minimumRetail: unknown) => JSON.stringify({ kind: "esim", minimumRetail });
    await app.database.query(
      "insert into supplier_packages (supplier, package_id, content) values ('airalo', 'es-5gb', $1)",
      [content({ amountText: "8.00", currency: "USD", amountMinor: 800 })],
    );
    const { body } = await admin("GET", `/admin/plans/${planId}/price`);
    const of = (wanted: string) =>
      body.prices.find(({ currency }: { currency: string }) => currency === wanted);
    expect(of("USD")).toMatchObject({
      published: { amount_minor_units: 650, is_below_cost: false, is_below_supplier_minimum: true },
      by_rule: { amount_minor_units: 899, explanation: { minimum_retail: "8.00", price: "8.99" } },
    });
    expect(of("EUR").by_rule.explanation.minimum_retail).toBe("6.8966");
    const fixed = {
      ...RULES,
      rules: [{ ...RULES.rules[1], result: { margin_percent: "0", fixed_price: { USD: 700 } } }],
    };
    expect((await admin("POST", "/admin/price-rules/simulate", fixed)).body.refused).toMatchObject({
      below_supplier_minimum: 1,
    });
    await app.database.query("update supplier_packages set content = $1", [content(null)]);
    const again = (await admin("GET", `/admin/plans/${planId}/price`)).body;
    expect(again.prices.at(-1)).toMatchObject({
      published: { is_below_supplier_minimum: null },
      by_rule: { amount_minor_units: 599, explanation: { minimum_retail: null } },
    });
    await app.database.query("delete from supplier_packages");
  });

  it("200: without a fresh rate there is no price, and it says why", async () => {
    await haveRatesAndRules();
    await app.database.query("update exchange_rates set as_of = as_of - 21");
    const { body } = await admin("GET", `/admin/plans/${planId}/price`);
    const euro = body.prices.find(({ currency }: { currency: string }) => currency === "EUR").by_rule;
    expect(euro).toMatchObject({
      amount_minor_units: null,
      refused: { code: "rate_too_old", why: expect.stringContaining("22 days old") },
    });
    await app.database.query("update exchange_rates set as_of = as_of + 21");
  });

  it("200: a simulation tells what rules would do to all plans, and changes nothing", async () => {
    const before = await app.database.query("select * from plan_prices order by 1, 2");
    const { body } = await admin("POST", "/admin/price-rules/simulate", RULES);
    expect(body).toMatchObject({ down: 2, up: 0, refused: {}, by_rule: { Spain: 2 }, change_count: 2 });
    expect(body.without_cost).toBe(body.plans - 1);
    expect(body.changes[0]).toMatchObject({
      plan_id: planId,
      currency: "USD",
      before_minor_units: 650,
      after_minor_units: 599,
      rule: "Spain",
    });
    expect(body.margins.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(2);
    const loss = {
      ...RULES,
      rules: [{ ...RULES.rules[1], result: { margin_percent: "0", fixed_price: { USD: 100 } } }],
    };
    expect((await admin("POST", "/admin/price-rules/simulate", loss)).body.refused).toEqual({
      below_cost: 1,
    });
    expect(await app.database.query("select * from plan_prices order by 1, 2")).toEqual(before);
    expect(await countOf("price_rule_sets")).toBe(2);
  });
});

describe("synchronisations of the catalogue", () => {
  it("202: one is asked for, and one that finds no difference leaves no row", async () => {
    expect(await admin("POST", "/admin/catalogue/syncs")).toMatchObject({ status: 202 });
    expect((await admin("GET", "/admin/catalogue/syncs")).body).toMatchObject({ items: [], total: 0 });
  });

  it("404, 409 and 202: what is held is applied when a person accepts it", async () => {
    expect((await admin("POST", "/admin/catalogue/syncs/999/apply", {})).status).toBe(404);
    expect((await admin("GET", "/admin/catalogue/syncs/999")).status).toBe(404);
    const counts = Object.fromEntries(
      "packages added changed vanished create change pause price_up price_down held undecided"
        .split(" ")
        .map((name) => [name, 0]),
    );
    const [sync] = await app.database.query<{ id: number }>(
      `insert into catalogue_syncs (actor, counts, findings, held_reason)
       values ('system:test', $1, '[]', 'more_than_limit') returning id`,
      [JSON.stringify(counts)],
    );
    const url = `/admin/catalogue/syncs/${sync?.id}`;
    expect((await admin("POST", `${url}/apply`, {})).status).toBe(409);
    expect((await admin("POST", `${url}/apply`, { accept_held: true })).status).toBe(202);
    await eventually(async () => (await admin("GET", url)).body.state === "done");
    expect((await admin("GET", url)).body).toMatchObject({ accepts_held: true, steps: [], findings: [] });
    expect((await admin("POST", `${url}/apply`, { accept_held: true })).status).toBe(409);
  });
});

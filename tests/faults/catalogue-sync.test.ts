import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import type { CurrentSetting } from "../../src/config/run-time-settings.js";
import { done } from "../../src/kernel/outcome.js";
import { makeImportCatalog } from "../../src/modules/catalog/import-catalog.js";
import { closeUnpaidOrdersOfPlans } from "../../src/modules/orders/orders.module.js";
import { makeManageRules } from "../../src/modules/supply/pricing/manage-rules.js";
import { makeSupplyModule } from "../../src/modules/supply/supply.module.js";
import { makeApplySync } from "../../src/modules/supply/sync/apply-sync.js";
import { makeSyncCatalogue } from "../../src/modules/supply/sync/sync-catalogue.js";
import { findSync } from "../../src/modules/supply/sync/sync-read-model.js";
import type { SupplierPackage } from "../../src/providers/esim/package-port.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { armFailpoints } from "../../src/telemetry/failpoints.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { makeScriptedSupplier, type ScriptedSupplier } from "../support/scripted-supplier.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const ACT = { actor: "system:test", requestId: null };
const ONE_GB = 1_073_741_824n;
const PLACES = ["ES", "FR", "PT", "IT", "DE", "JP", "US", "MA", "GR", "TR"];

let database: TestDatabase;
let one: ScriptedSupplier;
let two: ScriptedSupplier;
let three: ScriptedSupplier;
let lists: Record<string, SupplierPackage[]>;
const alarms: string[] = [];

const packageOf = (over: Partial<SupplierPackage> & { packageId: string }): SupplierPackage => ({
  kind: "esim",
  title: "A package",
  countryCodes: ["ES"],
  data: { bytes: 5n * ONE_GB, base: 1024 },
  isUnlimited: false,
  dataPeriod: "total",
  durationDays: 30,
  cost: { amountText: "3.50", currency: "USD", amountMinor: 350 },
  minimumRetail: null,
  validityStarts: "first_use",
  useWithinDays: 180,
  canTopUp: true,
  isKycRequired: false,
  ...over,
});
const usd = (amountText: string) => ({
  amountText,
  currency: "USD",
  amountMinor: Math.round(Number(amountText) * 100),
});
const some = (prefix: string, cost: string, base: 1000 | 1024 = 1024): SupplierPackage[] =>
  PLACES.flatMap((country) =>
    [1n, 5n].map((gb) =>
      packageOf({
        packageId: `${prefix}-${country}-${gb}`,
        countryCodes: [country],
        data: { bytes: gb * BigInt(base) ** 3n, base },
        cost: usd(cost),
      }),
    ),
  );

/** Pages of seven, as suppliers have them. */
const serve = (supplier: ScriptedSupplier): void => {
  supplier.listPackages = async (cursor) => {
    const all = lists[supplier.id] ?? [];
    const start = Number(cursor ?? 0);
    return done({
      packages: all.slice(start, start + 700),
      nextCursor: start + 700 < all.length ? String(start + 700) : null,
      skipped: [],
    });
  };
};

beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.query(
    "truncate plans, plan_suppliers, supplier_packages, supplier_package_changes, catalogue_syncs, price_rule_sets, countries, carriers cascade",
  );
  one = makeScriptedSupplier("one");
  two = makeScriptedSupplier("two", { dataUnitBase: 1000 });
  three = makeScriptedSupplier("three");
  lists = { one: some("a", "3.50"), two: some("b", "3.20", 1000) };
  armFailpoints({ TRIBI_FAILPOINTS: "none=throw" });
  for (const supplier of [one, two, three]) serve(supplier);
  alarms.length = 0;
  const rules = {
    currencies: ["USD"],
    fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30 } }],
    rules: [{ name: "all", when: {}, result: { margin_percent: "30", endings: { USD: "99" } } }],
  };
  await makeManageRules(database).replace(rules, 0, ACT);
  await database.query(
    `insert into exchange_rates (base, currency, rate, as_of) values ('GBP', 'USD', 1.3, current_date)
     on conflict do nothing`,
  );
});

const log = makeLog({ level: "silent", format: "json" });
const events = makeEvents(log, makeMetrics().registry);
const sync = (over: { acceptsHeld?: boolean; isDryRun?: boolean } = {}) => {
  const catalogueUnread = ({ supplier, problem }: { supplier: string; problem: string }): void =>
    void alarms.push(`${supplier} ${problem}`);
  return makeSyncCatalogue({
    db: database.db,
    suppliers: lists.three === undefined ? [one, two] : [one, two, three],
    limits: { maxAgeDays: 7, maxJumpPercent: 20 },
    maxChangePercent: () => 20,
    priceProblem: () => undefined,
    events: { ...events, catalogueUnread },
    log,
  })({ supplier: null, isDryRun: false, acceptsHeld: false, act: ACT, ...over });
};
const compared = async (over: { acceptsHeld?: boolean; isDryRun?: boolean } = {}) => {
  const report = await sync(over);
  if (report.kind !== "compared") throw new Error(report.kind);
  return report;
};
const apply = (syncId: number, acceptsHeld = false) =>
  makeApplySync({
    db: database.db,
    onChanged: () => {},
    closeUnpaidOrders: closeUnpaidOrdersOfPlans,
  })({ syncId, acceptsHeld, act: ACT });
const syncAndApply = async (acceptsHeld = false) => {
  const report = await compared({ acceptsHeld });
  if (report.syncId !== null) await apply(report.syncId, acceptsHeld);
  return report;
};
const plans = () =>
  database.query<{ sku: string; usd: number | null; paused_reason: string | null; suppliers: string }>(
    `select p.sku, pp.amount_minor as usd, p.paused_reason,
       (select string_agg(s.supplier || ' ' || s.package_id, ', ' order by s.rank) from plan_suppliers s where s.plan_id = p.id)
         as suppliers
     from plans p left join plan_prices pp on pp.plan_id = p.id and pp.currency = 'USD' order by p.sku`,
  );
/** What may never be: a plan on sale without a supplier whose cost is under its price. */
const losses = () =>
  database.query(
    `select p.sku from plans p where p.is_active and not exists (
       select from plan_suppliers s join plan_prices pp on pp.plan_id = s.plan_id and pp.currency = s.cost_currency
       where s.plan_id = p.id and s.paused_reason is null and s.cost_minor < pp.amount_minor)`,
  );
const everything = async () => ({
  plans: await database.query("select * from plans order by id"),
  prices: await database.query("select * from plan_prices order by plan_id, currency"),
  suppliers: await database.query("select * from plan_suppliers order by id"),
  packages: await database.query("select * from supplier_packages order by supplier, package_id"),
  syncs: await database.query("select * from catalogue_syncs order by id"),
  steps: await database.query("select * from catalogue_sync_steps order by sync_id, position"),
  changes: await database.query("select * from supplier_package_changes order by id"),
});

describe("a synchronisation", () => {
  it("makes one plan of equal packages, bought from the cheapest first, and a second one writes nothing", async () => {
    const first = await compared();
    expect(first).toMatchObject({
      heldReason: "first_run",
      counts: { create: 20, added: 40, held: 0 },
    });
    expect(await apply(first.syncId ?? 0)).toEqual({ kind: "not_allowed" });
    expect(await plans()).toEqual([]);
    expect(await apply(first.syncId ?? 0, true)).toEqual({
      kind: "applied",
      applied: 20,
      skipped: 0,
      waiting: 0,
    });
    const all = await plans();
    expect(all).toHaveLength(20);
    // (3.20 + 0.96 + 0.30) / 0.971 = 4.59, up to 4.99; 3.50 and the fee are under it too.
    expect(all.find(({ sku }) => sku.startsWith("sync-es-5gb-30d-"))).toMatchObject({
      usd: 499,
      suppliers: "two b-ES-5, one a-ES-5",
    });
    const before = await everything();
    const second = await compared();
    expect(second).toMatchObject({ syncId: null, steps: [], counts: { added: 0, changed: 0, vanished: 0 } });
    expect(await everything()).toEqual(before);
    expect(await losses()).toEqual([]);
  });

  it("makes two plans of what is unlimited and what is so with fair use, and none of what has minutes or texts", async () => {
    const unlimited = { isUnlimited: true, data: null };
    lists = {
      one: [
        packageOf({ packageId: "free", ...unlimited }),
        packageOf({ packageId: "talks", hasVoiceOrTexts: true }),
      ],
      two: [packageOf({ packageId: "fair", ...unlimited, hasFairUseLimit: true, cost: usd("2.00") })],
    };
    const report = await syncAndApply(true);
    expect(report.findings).toMatchObject([{ package_id: "talks", code: "voice_or_texts" }]);
    expect(report.steps.map(({ after }) => [after.draft.name, after.suppliers?.[0]?.packageId])).toEqual([
      ["Spain unlimited, 30 days", "free"],
      ["Spain unlimited with fair use, 30 days", "fair"],
    ]);
    expect((await plans()).map(({ suppliers }) => suppliers).sort()).toEqual(["one free", "two fair"]);
    expect(await compared()).toMatchObject({ syncId: null, steps: [] });
  });

  it("shows a difference as a dry run and keeps nothing of it", async () => {
    const before = await everything();
    expect((await compared({ isDryRun: true })).steps).toHaveLength(20);
    expect(await everything()).toEqual(before);
  });

  it("says what each sale leaves before and after, and nothing of what would be paused", async () => {
    const first = await syncAndApply(true);
    // 4.99 - (2.9 % and 0.30) - 3.20
    expect(first.steps[0]?.after.margins).toEqual({ USD: { before: null, after: "1.3453" } });
    lists.one = lists.one!.filter(({ packageId }) => !packageId.startsWith("a-ES"));
    lists.two = lists
      .two!.filter(({ packageId }) => packageId !== "b-ES-1")
      .map((one) => (one.packageId === "b-ES-5" ? { ...one, cost: usd("4.60") } : one));
    const { syncId, steps } = await compared();
    expect(steps.map(({ kind, after }) => [kind, after.draft.sku.slice(0, 11), after.margins])).toEqual([
      ["pause", "sync-es-1gb", { USD: { before: "1.3453", after: null } }],
      // 6.99 - 0.50271 - 4.60; as it is sold now, at the cost that it was bought at.
      ["change", "sync-es-5gb", { USD: { before: "1.3453", after: "1.8873" } }],
    ]);
    const shown = await findSync(database.db, syncId ?? 0);
    expect(shown?.steps.map(({ margins }) => margins)).toEqual(steps.map(({ after }) => after.margins));
  });

  it("says without price rules that it needs them", async () => {
    await database.query("delete from price_rule_sets");
    expect(await sync()).toEqual({ kind: "no_rules" });
  });

  it("marks what vanished, takes a plan without a supplier off sale, and puts it back when it returns", async () => {
    await syncAndApply(true);
    const [gone] = lists.one!.filter(({ packageId }) => packageId === "a-JP-1");
    lists.one = lists.one!.filter((other) => other !== gone);
    lists.two = lists.two!.filter(({ packageId }) => packageId !== "b-JP-1");
    expect(await syncAndApply()).toMatchObject({ heldReason: null, counts: { vanished: 2, pause: 1 } });
    const paused = (await plans()).filter(({ paused_reason: reason }) => reason !== null);
    expect(paused).toMatchObject([
      { paused_reason: "sync: no supplier sells it any more", suppliers: "two b-JP-1, one a-JP-1" },
    ]);
    expect(await database.query("select count(*)::integer as n from supplier_packages")).toEqual([{ n: 40 }]);
    lists.one.push(gone!);
    await syncAndApply();
    expect((await plans()).filter(({ paused_reason: reason }) => reason !== null)).toEqual([]);
    expect(
      await database.query(
        "select package_id, what from supplier_package_changes where package_id = 'a-JP-1' order by id",
      ),
    ).toEqual([
      { package_id: "a-JP-1", what: "vanished" },
      { package_id: "a-JP-1", what: "returned" },
    ]);
  });

  it("ends the unpaid orders of a plan that nobody lists any more, and of no other", async () => {
    await syncAndApply(true);
    const order = async (sku: string, status: string): Promise<void> => {
      await database.query("insert into users (email) values ('buyer@example.com') on conflict do nothing");
      await database.query(
        `insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, status, expires_at)
         select $1, u.id, p.id, 'USD', 499, '{}', $2, now() + interval '1 hour'
         from users u, plans p where u.email = 'buyer@example.com' and p.sku like $3`,
        [`TRB-${sku}-${status}`, status, `${sku}-%`],
      );
    };
    for (const sku of ["sync-jp-1gb", "sync-fr-1gb", "sync-ma-1gb"]) await order(sku, "created");
    await order("sync-jp-1gb", "failed");
    // Japan is listed by nobody, France by one of two; Morocco has a cost that nobody can say.
    lists.one = lists.one!.filter(({ packageId }) => packageId !== "a-JP-1");
    lists.two = lists.two!.filter(({ packageId }) => !["b-JP-1", "b-FR-1"].includes(packageId));
    for (const id of ["a-MA-1", "b-MA-1"])
      for (const list of [lists.one, lists.two])
        for (const one of list.filter(({ packageId }) => packageId === id))
          Object.assign(one, { cost: { amountText: "3.20", currency: "CHF", amountMinor: 320 } });
    expect(await syncAndApply()).toMatchObject({ counts: { pause: 2 } });
    expect(
      await database.query("select reference from orders where expires_at <= now() order by reference"),
    ).toEqual([{ reference: "TRB-sync-jp-1gb-created" }]);
    expect(
      await database.query(
        "select after->'closed_orders' as closed from audit_log where after ? 'closed_orders'",
      ),
    ).toEqual([{ closed: 1 }]);
  });

  it("leaves people's plans, their packages and their pauses alone", async () => {
    await database.query("insert into countries (iso2, name) values ('ES', 'Spain')");
    await database.query("insert into carriers (name) values ('ORANGE')");
    await database.query(
      `with p as (insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
         select 'by-hand', 'Mine', 5, 30, c.id, ca.id from countries c, carriers ca returning id)
       insert into plan_suppliers (plan_id, supplier, package_id) select id, 'one', 'a-ES-5' from p`,
    );
    const { findings } = await syncAndApply(true);
    expect(findings).toMatchObject([{ supplier: "one", package_id: "a-ES-5", code: "sold_by_hand" }]);
    await database.query(
      "update plans set is_active = false, paused_reason = 'by me' where sku like 'sync-fr-%'",
    );
    lists.two = some("b", "3.10", 1000);
    lists.one = lists.one!.filter(({ packageId }) => !packageId.startsWith("a-FR"));
    await syncAndApply(true);
    const all = await plans();
    expect(all.find(({ sku }) => sku === "by-hand")).toMatchObject({ usd: null, suppliers: "one a-ES-5" });
    expect(all.filter(({ paused_reason: reason }) => reason === "by me")).toHaveLength(2);
  });
});

describe("the first run", () => {
  it("waits for a person, however small it is; a later one as small does not", async () => {
    lists = { one: some("a", "3.50").slice(0, 2), two: some("b", "3.20", 1000).slice(0, 2) };
    const first = await compared();
    expect(first).toMatchObject({ heldReason: "first_run", counts: { create: 2 } });
    expect(await apply(first.syncId ?? 0)).toEqual({ kind: "not_allowed" });
    expect(await plans()).toEqual([]);
    await apply(first.syncId ?? 0, true);
    lists.two = some("b", "3.10", 1000).slice(0, 3);
    const later = await compared();
    expect(later.heldReason).toBeNull();
    expect(await apply(later.syncId ?? 0)).toMatchObject({ kind: "applied", waiting: 0 });
    expect(await plans()).toHaveLength(3);
  });
});

describe("the job", () => {
  it("holds the limit that counts when it runs, whatever it was when the process began and the job was asked for", async () => {
    await syncAndApply(true);
    let percent = 100;
    const module = makeSupplyModule({
      db: database.db,
      reservedDb: database.db,
      config: loadConfig({ ENVIRONMENT: "test", DATA_DIR: temporaryFolder("sync-job") }),
      setting: (() => percent) as unknown as CurrentSetting,
      priceProblem: () => undefined,
      suppliers: [one, two],
      events,
      log,
      wakeWorkers: () => undefined,
      closeUnpaidOrders: closeUnpaidOrdersOfPlans,
      readAddress: async () => ({ kind: "unread", why: "not_asked" }),
      onChanged: () => undefined,
    });
    const run = () =>
      module.jobs.handlers.sync_catalogue?.({}, { jobId: "1", attempt: 1, attemptsMax: 1 }) ??
      Promise.reject(new Error("There is no such job"));
    const states = () =>
      database.query("select state, held_reason from catalogue_syncs order by id desc limit 1");
    const before = await plans();
    lists.two = some("b", "2.40", 1000);
    percent = 20;
    await run();
    expect(await states()).toEqual([{ state: "ready", held_reason: "more_than_limit" }]);
    expect(await plans()).toEqual(before);
    percent = 100;
    await run();
    expect(await states()).toEqual([{ state: "done", held_reason: null }]);
    expect(await plans()).not.toEqual(before);
  });
});

describe("bad input", () => {
  beforeEach(() => syncAndApply(true));

  const change = (ids: RegExp, over: (before: SupplierPackage) => Partial<SupplierPackage>): void => {
    lists.two = lists.two!.map((before) =>
      ids.test(before.packageId) ? { ...before, ...over(before) } : before,
    );
  };

  it.each<[string, () => void, string]>([
    ["half a list", () => (lists.two = lists.two!.slice(0, 9)), "two shrunk"],
    ["an empty list", () => (lists.two = []), "two empty"],
    [
      "an empty page among full ones",
      () => {
        two.listPackages = async (cursor) =>
          done({
            packages: cursor === null ? lists.two! : [],
            nextCursor: cursor === null ? "1" : null,
            skipped: [],
          });
      },
      "two not_read",
    ],
    [
      "pages that go in a circle",
      () => {
        two.listPackages = async () => done({ packages: lists.two!, nextCursor: "again", skipped: [] });
      },
      "two not_read",
    ],
    [
      "an error on the second page",
      () => {
        two.listPackages = async (cursor) =>
          cursor === null
            ? done({ packages: lists.two!, nextCursor: "1", skipped: [] })
            : { kind: "refused", reason: "retryable", detail: "502", retryAfterSeconds: null };
      },
      "two not_read",
    ],
  ])("%s changes nothing and alarms", async (_name, spoil, alarm) => {
    spoil();
    const before = await everything();
    const report = await compared();
    expect(alarms).toEqual([alarm]);
    expect(report).toMatchObject({ syncId: null, unread: [{ supplier: "two" }] });
    expect(await everything()).toEqual(before);
  });

  it.each<[string, () => void, string]>([
    ["prices a hundred times too small", () => change(/-ES-/, () => ({ cost: usd("0.03") })), "cost_jump"],
    [
      "prices a hundred times too large",
      () => change(/-ES-/, () => ({ cost: usd("320.00") })),
      "dearer_than_price",
    ],
    [
      "another currency",
      () => change(/-ES-/, () => ({ cost: { amountText: "3.20", currency: "EUR", amountMinor: 320 } })),
      "no_rate",
    ],
    [
      "another currency, of which there is a rate",
      () => change(/-ES-/, () => ({ cost: { amountText: "3.20", currency: "GBP", amountMinor: 320 } })),
      "currency_changed",
    ],
    [
      "a unit changed from 1000 to 1024",
      () => change(/-ES-/, ({ data }) => ({ data: data === null ? null : { ...data, base: 1024 } })),
      "product_changed",
    ],
    [
      "a package whose country is unknown",
      () => change(/-ES-/, () => ({ countryCodes: ["QQ"] })),
      "unknown_country",
    ],
    ["a package of no country", () => change(/-ES-/, () => ({ countryCodes: [] })), "no_country"],
    ["data per day", () => change(/-ES-/, () => ({ dataPeriod: "daily" })), "daily_allowance"],
    [
      "a region that no title names",
      () => change(/-ES-/, () => ({ countryCodes: ["ES", "FR"] })),
      "unnamed_region",
    ],
    [
      "a package twice in two forms",
      () => lists.two!.push({ ...lists.two![0]!, cost: usd("9.99") }),
      "not_understood",
    ],
  ])("%s: a finding, and nothing is given away or sold at a loss", async (_name, spoil, code) => {
    const before = await plans();
    spoil();
    const report = await syncAndApply();
    expect(report.findings.map((finding) => finding.code)).toContain(code);
    expect(await losses()).toEqual([]);
    for (const { sku, usd: price } of await plans()) {
      const earlier = before.find((plan) => plan.sku === sku);
      if (earlier !== undefined) expect([sku, price]).toEqual([sku, Math.max(price ?? 0, earlier.usd ?? 0)]);
    }
  });

  it("a package twice in one form, and codes of countries that differ by case, change nothing", async () => {
    lists.two!.push({ ...lists.two![0]! });
    lists.two = lists.two!.map((before) => ({
      ...before,
      countryCodes: before.countryCodes.map((code) => code.toLowerCase()),
    }));
    expect(await compared()).toMatchObject({ syncId: null, counts: { changed: 0 } });
  });

  it("titles and packages whose names differ by case are one plan of one region", async () => {
    const region = (packageId: string, title: string, cost: string): SupplierPackage =>
      packageOf({ packageId, title, countryCodes: ["ES", "FR", "PT"], cost: usd(cost) });
    lists.one!.push(region("Eu-5", "EUROPE 5gb", "4.00"), region("EU-5", "europe 5 GB", "3.90"));
    lists.two!.push(region("eu-5", "Europe 5 GB", "3.80"));
    const { steps } = await compared();
    expect(steps).toMatchObject([{ kind: "create", after: { draft: { region: "Europe" } } }]);
    expect(steps[0]?.after.suppliers?.map(({ packageId }) => packageId)).toEqual(["eu-5", "EU-5", "Eu-5"]);
  });

  it("what is known of a package that is listed in two forms stays", async () => {
    lists.two!.push({ ...lists.two![0]!, cost: usd("9.99") });
    expect(await compared()).toMatchObject({ counts: { changed: 0, vanished: 0 } });
  });

  it("all prices a hundred times too small wait for a person, who can look at each step", async () => {
    lists.two = some("b", "0.03", 1000);
    const before = await plans();
    const report = await compared();
    expect(report).toMatchObject({ heldReason: "more_than_limit", counts: { price_down: 20, held: 20 } });
    expect(await apply(report.syncId ?? 0)).toEqual({ kind: "not_allowed" });
    expect(await plans()).toEqual(before);
  });

  it("a step that waits is accepted after the others were applied, as long as no newer difference is there", async () => {
    await syncAndApply(true);
    change(/-ES-1$/, () => ({ cost: usd("0.03") }));
    change(/-FR-1$/, () => ({ cost: usd("3.10") }));
    const report = await syncAndApply();
    expect(report).toMatchObject({ heldReason: null, counts: { held: 1 } });
    const syncId = report.syncId ?? 0;
    expect(await apply(syncId)).toEqual({ kind: "not_allowed" });
    expect(await apply(syncId, true)).toMatchObject({ kind: "applied", waiting: 0 });
    expect(await apply(syncId, true)).toEqual({ kind: "not_allowed" });
    expect(await losses()).toEqual([]);

    change(/-ES-5$/, () => ({ cost: usd("0.03") }));
    const older = await syncAndApply();
    expect(older).toMatchObject({ counts: { held: 1 } });
    change(/-FR-5$/, () => ({ cost: usd("3.10") }));
    await syncAndApply();
    expect(await apply(older.syncId ?? 0, true)).toEqual({ kind: "not_allowed" });
  });

  it("an import while a synchronisation waits: a plan that was changed meanwhile is left alone", async () => {
    lists.two = some("b", "2.00", 1000);
    const report = await compared();
    await database.query(
      "update plan_prices set amount_minor = 777 where plan_id = (select id from plans where sku like 'sync-es-5gb%')",
    );
    expect(await apply(report.syncId ?? 0, true)).toMatchObject({ kind: "applied", applied: 19, skipped: 1 });
    expect((await plans()).find(({ sku }) => sku.startsWith("sync-es-5gb"))?.usd).toBe(777);
  });

  describe("a file and a synchronisation make one SKU at the same moment", () => {
    const FILE_PRICE = 88_800;
    /** A plan by hand under the SKU that the synchronisation would give its own. */
    const fileOf = (sku: string): Buffer =>
      Buffer.from(
        `sku,name,carrier,data_gb,duration_days,country,price_USD\n${sku},By hand,Ours,5,30,FI,${FILE_PRICE / 100}\n`,
      );
    const importCatalog = (sku: string) =>
      makeImportCatalog({ db: database.db, onChanged: () => undefined, priceProblem: () => undefined })({
        bytes: fileOf(sku),
        isDryRun: false,
        act: ACT,
      });
    const waiting = async (count: number): Promise<boolean> => {
      const [row] = await database.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return row?.n === count;
    };
    const newcomers = async () => {
      lists.two!.push(
        ...["FI", "SE"].map((code) =>
          packageOf({ packageId: `b-${code}`, countryCodes: [code], cost: usd("3.20") }),
        ),
      );
      const report = await compared();
      expect(report).toMatchObject({ heldReason: null, counts: { create: 2 } });
      const sku = report.steps.map(({ after }) => after.draft.sku).find((one) => one.startsWith("sync-fi-"));
      return { syncId: report.syncId ?? 0, sku: sku ?? "" };
    };
    const planOf = (sku: string) =>
      database.query(
        `select p.name, pp.amount_minor as usd,
           (select count(*)::int from synced_plans y where y.plan_id = p.id) as synced,
           (select count(*)::int from plan_suppliers s where s.plan_id = p.id) as suppliers
         from plans p join plan_prices pp on pp.plan_id = p.id where p.sku = $1`,
        [sku],
      );
    /** The second begins when the first has written its plan and waits for \`table\`; then both go on. */
    async function crossed(table: string, first: () => Promise<unknown>, second: () => Promise<unknown>) {
      const holder = new pg.Client({ connectionString: database.url });
      await holder.connect();
      await holder.query(`begin; lock table ${table} in share mode`);
      const begun = [first()];
      await eventually(() => waiting(1), { timeoutMillis: 5_000 });
      begun.push(second());
      await eventually(() => waiting(2), { timeoutMillis: 5_000 });
      await holder.query("commit");
      await holder.end();
      return Promise.all(begun);
    }

    it("the file was first: its plan stays as it is, and the step says that the SKU is taken", async () => {
      const { syncId, sku } = await newcomers();
      const [imported, applied] = await crossed(
        "audit_log",
        () => importCatalog(sku),
        () => apply(syncId),
      );
      expect(imported).toMatchObject({ created: 1, refused: [] });
      expect(applied).toEqual({ kind: "applied", applied: 1, skipped: 1, waiting: 0 });
      expect(await planOf(sku)).toEqual([{ name: "By hand", usd: FILE_PRICE, synced: 0, suppliers: 0 }]);
      expect(
        await database.query(
          "select skipped_reason from catalogue_sync_steps where skipped_reason is not null",
        ),
      ).toEqual([{ skipped_reason: "sku_taken" }]);
      const again = await compared();
      expect(again).toMatchObject({ syncId: null, steps: [] });
      expect(again.findings.map(({ package_id: id, code }) => [id, code])).toContainEqual([
        "b-FI",
        "sku_taken",
      ]);
    });

    it("the synchronisation was first: the file changes its plan, which keeps its suppliers", async () => {
      const { syncId, sku } = await newcomers();
      const [applied, imported] = await crossed(
        "supplier_packages",
        () => apply(syncId),
        () => importCatalog(sku),
      );
      expect(applied).toEqual({ kind: "applied", applied: 2, skipped: 0, waiting: 0 });
      expect(imported).toMatchObject({ created: 0, updated: 1, refused: [] });
      expect(await planOf(sku)).toEqual([{ name: "By hand", usd: FILE_PRICE, synced: 1, suppliers: 1 }]);
      expect(await losses()).toEqual([]);
    });
  });

  it("a newer synchronisation ends an older one that nobody applied", async () => {
    lists.two = some("b", "3.00", 1000);
    const older = await compared();
    lists.two = some("b", "2.00", 1000);
    await compared();
    expect(await apply(older.syncId ?? 0, true)).toEqual({ kind: "not_allowed" });
  });
});

interface Spoiler {
  readonly supplier: "one" | "two";
  readonly from: number;
  readonly count: number;
  readonly does: string;
  readonly cost: number;
  readonly dies: string | null;
}

describe("suppliers that misbehave in any order", () => {
  const spoilers = fc.array(
    fc.record({
      supplier: fc.constantFrom("one", "two"),
      from: fc.nat(19),
      count: fc.integer({ min: 1, max: 20 }),
      does: fc.constantFrom(
        "vanishes",
        "returns",
        "costs",
        "costs too little",
        "costs too much",
        "other currency",
        "other unit",
        "unknown country",
        "twice",
        "not read",
        "empty page",
      ),
      cost: fc.integer({ min: 50, max: 900 }),
      dies: fc.option(
        fc.constantFrom("s14.before_batch", "s14.before_write", "s14.after_write", "s14.after_batch"),
      ),
    }),
    { minLength: 1, maxLength: 6 },
  );

  const spoil = ({ supplier, from, count, does, cost }: Spoiler): void => {
    const whole = supplier === "one" ? some("a", "3.50") : some("b", "3.20", 1000);
    const chosen = new Set(whole.slice(from, from + count).map(({ packageId }) => packageId));
    const change = (over: (before: SupplierPackage) => Partial<SupplierPackage>): void => {
      lists[supplier] = (lists[supplier] ?? []).map((before) =>
        chosen.has(before.packageId) ? { ...before, ...over(before) } : before,
      );
    };
    const actor = supplier === "one" ? one : two;
    serve(actor);
    if (does === "vanishes")
      lists[supplier] = lists[supplier]!.filter(({ packageId }) => !chosen.has(packageId));
    if (does === "returns") lists[supplier] = whole;
    if (does === "costs") change(() => ({ cost: usd((cost / 100).toFixed(2)) }));
    if (does === "costs too little")
      change((before) => ({ cost: usd((Number(before.cost.amountText) / 100).toFixed(2)) }));
    if (does === "costs too much")
      change((before) => ({ cost: usd((Number(before.cost.amountText) * 100).toFixed(2)) }));
    if (does === "other currency") change((before) => ({ cost: { ...before.cost, currency: "EUR" } }));
    if (does === "other unit") {
      change(({ data }) => ({
        data: data === null ? null : { ...data, base: data.base === 1024 ? 1000 : 1024 },
      }));
    }
    if (does === "unknown country") change(() => ({ countryCodes: ["QQ"] }));
    if (does === "twice") lists[supplier]!.push(...lists[supplier]!.slice(from, from + 1));
    if (does === "not read") {
      actor.listPackages = async () => ({
        kind: "refused",
        reason: "retryable",
        detail: "502",
        retryAfterSeconds: null,
      });
    }
    if (does === "empty page") {
      actor.listPackages = async (cursor) =>
        done({
          packages: cursor === null ? lists[supplier]! : [],
          nextCursor: cursor === null ? "1" : null,
          skipped: [],
        });
    }
  };

  it("never sell a plan at a loss, change more than the limit, or end a step twice", async () => {
    await syncAndApply(true);
    await fc.assert(
      fc.asyncProperty(spoilers, async (rounds) => {
        for (const round of rounds) {
          spoil(round);
          const before = await plans();
          const { syncId } = await compared();
          if (syncId === null) continue;
          if (round.dies !== null) armFailpoints({ TRIBI_FAILPOINTS: `${round.dies}=throw` });
          await apply(syncId).catch((error: Error) => expect(error.message).toContain("Failpoint"));
          armFailpoints({ TRIBI_FAILPOINTS: "none=throw" });
          await apply(syncId);
          expect(await losses()).toEqual([]);
          const now = new Map((await plans()).map((plan) => [plan.sku, JSON.stringify(plan)]));
          const changed = before.filter((plan) => now.get(plan.sku) !== JSON.stringify(plan));
          expect(changed.length).toBeLessThanOrEqual(10);
          const [twice] = await database.query<{ n: number }>(
            "select count(*)::integer as n from catalogue_sync_steps where applied_at is not null and skipped_reason is not null",
          );
          expect(twice?.n).toBe(0);
        }
        // What a second reading of the same finds is what the first left to a person.
        const again = await compared();
        expect(again.steps.every(({ heldReason }) => heldReason !== null || again.heldReason !== null)).toBe(
          true,
        );
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});

describe("an apply that is cut off", () => {
  it.each(["s14.before_batch", "s14.before_write", "s14.after_write", "s14.after_batch"])(
    "at %s leaves nothing half done, and the next call goes on",
    async (point) => {
      lists.one = Array.from({ length: 250 }, (_, index) =>
        packageOf({ packageId: `p-${index}`, durationDays: index + 1, cost: usd("4.00") }),
      );
      lists.two = [packageOf({ packageId: "b-1", cost: usd("3.00") })];
      const { syncId } = await compared();
      armFailpoints({ TRIBI_FAILPOINTS: `${point}=throw` });
      await expect(apply(syncId ?? 0, true)).rejects.toThrow(point);
      const applied = await database.query<{ n: number }>(
        "select count(*)::integer as n from catalogue_sync_steps where applied_at is not null",
      );
      expect(await database.query("select count(*)::integer as n from synced_plans")).toEqual(applied);
      expect(await losses()).toEqual([]);
      expect(await apply(syncId ?? 0)).toMatchObject({ applied: 250, skipped: 0, waiting: 0 });
      expect(await plans()).toHaveLength(250);
      const logged = await database.query<{ sum: number }>(
        "select sum((after->>'applied')::integer)::integer as sum from audit_log where subject = $1",
        [`catalogue_sync:${syncId}`],
      );
      expect(logged).toEqual([{ sum: 250 }]);
    },
  );

  it("by two processes at once is applied once", async () => {
    const { syncId } = await compared();
    const reports = await Promise.all([
      apply(syncId ?? 0, true),
      apply(syncId ?? 0, true),
      apply(syncId ?? 0, true),
    ]);
    expect(reports.every(({ kind }) => kind === "applied" || kind === "not_allowed")).toBe(true);
    expect(await plans()).toHaveLength(20);
    const logged = await database.query<{ sum: number }>(
      "select sum((after->>'applied')::integer)::integer as sum from audit_log where subject = $1",
      [`catalogue_sync:${syncId}`],
    );
    expect(logged).toEqual([{ sum: 20 }]);
  });
});

describe("a large catalogue", () => {
  it("5,000 packages of three suppliers take less than 20 s of processor time, a second reading writes nothing", async () => {
    const many = (prefix: string, cost: string): SupplierPackage[] =>
      Array.from({ length: 1_667 }, (_, index) =>
        packageOf({
          packageId: `${prefix}-${index}`,
          countryCodes: [PLACES[index % 10]!],
          durationDays: 1 + (Math.floor(index / 10) % 250),
          cost: usd(cost),
        }),
      );
    lists = { one: many("a", "3.50"), two: many("b", "3.20"), three: many("c", "3.80").slice(1) };
    const startedAt = process.cpuUsage();
    await syncAndApply(true);
    expect(await plans()).toHaveLength(1_667);
    const { user, system } = process.cpuUsage(startedAt);
    expect((user + system) / 1_000_000).toBeLessThan(20);
    const before = await everything();
    expect(await compared()).toMatchObject({
      syncId: null,
      counts: { packages: 5_000, changed: 0, added: 0 },
    });
    expect(await everything()).toEqual(before);
  }, 60_000);
});

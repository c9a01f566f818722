import type { Db } from "../../src/db/database.js";
import { closeUnpaidOrdersOfPlans } from "../../src/modules/orders/orders.module.js";
import { makeManageRules } from "../../src/modules/supply/pricing/manage-rules.js";
import { makeApplySync, makeSyncCatalogue, type SyncReport } from "../../src/modules/supply/supply.module.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { armFailpoints } from "../../src/telemetry/failpoints.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { type CatalogueWorld, makeCatalogueWorld, SPOILERS, type Spoiler } from "./catalogue-world.js";

const ACT = { actor: "system:campaign", requestId: null };
const FAILPOINTS = ["s14.before_batch", "s14.before_write", "s14.after_write", "s14.after_batch"] as const;
const FREE_CHANGES = 10;
/** What a person enters: no rule comes to it, and until the next difference it is theirs, even under a cost of 335.00. */
const PERSONS_PRICE = 9_998;
const PERCENT = 20;

/** A migrated database that nobody else uses. */
export interface CampaignDatabase {
  readonly db: Db;
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface CampaignReport {
  readonly rounds: number;
  readonly violations: readonly string[];
  /** How often each fault was met: a count of rounds proves nothing by itself. */
  readonly met: Readonly<Record<string, number>>;
  readonly applied: number;
}

type Compared = Extract<SyncReport, { kind: "compared" }>;

/**
 * Suppliers that misbehave while they are read, people who change plans meanwhile, and processes that die while a
 * difference is applied. After every round the catalogue is held against the laws of docs/catalogue.md; every tenth
 * round all faults stop, a person accepts what waits, and everything has to come to rest. One seed, one history.
 */
export async function runCatalogueCampaign(options: {
  readonly database: CampaignDatabase;
  readonly seed: number;
  readonly rounds: number;
}): Promise<CampaignReport> {
  const { database, rounds } = options;
  const below = chance(options.seed);
  const world = makeCatalogueWorld();
  const met: Record<string, number> = {};
  const meet = (what: string): void => {
    met[what] = (met[what] ?? 0) + 1;
  };
  const violations: string[] = [];
  await setRules(database);
  const { compare, apply } = programOf(database, world);
  const first = await compare(true);
  if (first.heldReason !== "first_run") violations.push("round 0: the first run waits for nobody");
  await apply(first.syncId ?? 0, true);
  for (let round = 1; round <= rounds; round += 1) {
    const say = (text: string): void => void violations.push(`round ${round}: ${text}`);
    const spoiler = SPOILERS[below(SPOILERS.length)] as Spoiler;
    meet(spoiler);
    const known = await knownPackages(database);
    const isUnreadable = world.spoil(spoiler, below, (supplier) => known.get(supplier) ?? 0);
    const kept = await packagesOf(database);
    const report = await compare(false);
    if (isUnreadable !== null) {
      if (!report.unread.some(({ supplier }) => supplier === isUnreadable))
        say(`${spoiler} was taken as whole`);
      if (kept.get(isUnreadable) !== (await packagesOf(database)).get(isUnreadable))
        say(`${spoiler} changed what is kept of ${isUnreadable}`);
      meet("a list not taken");
    }
    const before = await plansNow(database);
    if (report.syncId !== null) {
      const edited = below(4) === 0 ? await personEdits(database, below) : null;
      if (edited !== null) meet("a person changed a plan meanwhile");
      await applyWithDeaths(apply, report.syncId, below, meet);
      for (const bad of await brokenLimits(database, before, report, edited)) say(bad);
    }
    for (const bad of await brokenLaws(database)) say(bad);
    world.heal();
    if (round % 10 !== 0) continue;
    for (const bad of await comeToRest(database, world, { compare, apply })) say(bad);
    meet("came to rest");
  }
  const [sum] = await database.query<{ n: number }>(
    "select count(*)::int as n from catalogue_sync_steps where applied_at is not null",
  );
  return { rounds, violations, met, applied: sum?.n ?? 0 };
}

interface Program {
  compare(acceptsHeld: boolean): Promise<Compared>;
  apply(syncId: number, acceptsHeld: boolean): Promise<unknown>;
}

function programOf(database: CampaignDatabase, world: CatalogueWorld): Program {
  const log = makeLog({ level: "silent", format: "json" });
  const sync = makeSyncCatalogue({
    db: database.db,
    suppliers: world.suppliers,
    limits: { maxAgeDays: 7, maxJumpPercent: 20 },
    maxChangePercent: () => PERCENT,
    priceProblem: () => undefined,
    events: makeEvents(log, makeMetrics().registry),
    log,
  });
  const apply = makeApplySync({
    db: database.db,
    onChanged: () => undefined,
    closeUnpaidOrders: closeUnpaidOrdersOfPlans,
  });
  return {
    async compare(acceptsHeld) {
      const report = await sync({ supplier: null, isDryRun: false, acceptsHeld, act: ACT });
      if (report.kind !== "compared") throw new Error(report.kind);
      return report;
    },
    apply: (syncId, acceptsHeld) => apply({ syncId, acceptsHeld, act: ACT }),
  };
}

async function applyWithDeaths(
  apply: Program["apply"],
  syncId: number,
  below: (limit: number) => number,
  meet: (what: string) => void,
): Promise<void> {
  for (let deaths = below(3); deaths > 0; deaths -= 1) {
    const point = FAILPOINTS[below(FAILPOINTS.length)];
    armFailpoints({ TRIBI_FAILPOINTS: `${point}=throw` });
    await apply(syncId, false).then(
      () => meet("nothing to die at"),
      () => meet(`died at ${point}`),
    );
  }
  armFailpoints({ TRIBI_FAILPOINTS: "none=throw" });
  // Two processes take it up at once.
  await Promise.all([apply(syncId, false), apply(syncId, false)]);
}

/** A price or a pause of a plan of the synchronisation; returns its SKU. */
async function personEdits(
  database: CampaignDatabase,
  below: (limit: number) => number,
): Promise<string | null> {
  const skus = await database.query<{ sku: string }>(
    "select p.sku from plans p join synced_plans y on y.plan_id = p.id order by p.sku",
  );
  const sku = skus[below(Math.max(skus.length, 1))]?.sku;
  if (sku === undefined) return null;
  await (below(2) === 0
    ? database.query("update plans set is_active = false, paused_reason = 'by me' where sku = $1", [sku])
    : database.query(
        "update plan_prices set amount_minor = $2 where plan_id = (select id from plans where sku = $1)",
        [sku, PERSONS_PRICE],
      ));
  return sku;
}

interface PlanNow {
  readonly sku: string;
  readonly state: string;
}

const plansNow = async (database: CampaignDatabase): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await database.query<PlanNow>(
        `select p.sku, concat_ws(' ', p.paused_reason,
           (select string_agg(c.currency || c.amount_minor, ',' order by c.currency) from plan_prices c where c.plan_id = p.id),
           (select string_agg(s.supplier || s.package_id || s.cost_text, ',' order by s.rank) from plan_suppliers s where s.plan_id = p.id))
           as state
         from plans p`,
      )
    ).map(({ sku, state }) => [sku, state]),
  );

const packagesOf = async (database: CampaignDatabase): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await database.query<{ supplier: string; all: string }>(
        `select supplier, string_agg(package_id || content || coalesce(vanished_at::text, ''), ' ' order by package_id) as all
         from supplier_packages group by supplier`,
      )
    ).map(({ supplier, all }) => [supplier, all]),
  );

const knownPackages = async (database: CampaignDatabase): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (
      await database.query<{ supplier: string; n: number }>(
        "select supplier, count(*)::int as n from supplier_packages where vanished_at is null group by supplier",
      )
    ).map(({ supplier, n }) => [supplier, n]),
  );

async function brokenLimits(
  database: CampaignDatabase,
  before: ReadonlyMap<string, string>,
  report: Compared,
  edited: string | null,
): Promise<string[]> {
  const now = await plansNow(database);
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    (sku) => before.get(sku) !== now.get(sku) && sku !== edited,
  );
  const most = Math.max(FREE_CHANGES, Math.floor((before.size * PERCENT) / 100));
  const found: string[] = [];
  if (changed.length > most)
    found.push(`${changed.length} plans changed without a person, more than ${most}`);
  if (report.heldReason !== null && changed.length > 0)
    found.push(`${report.heldReason}, and it was applied`);
  const skus = new Map(report.steps.map((step) => [step.after.draft.sku, step.heldReason]));
  for (const sku of changed) {
    const held = skus.get(sku);
    if (held === undefined) found.push(`${sku} changed without a step`);
    else if (held !== null) found.push(`${sku} changed although it waits for ${held}`);
  }
  return found;
}

/** What may never be, whatever waits and whoever died. */
async function brokenLaws(database: CampaignDatabase): Promise<string[]> {
  const rows = await database.query<{ bad: string }>(
    `select 'sold at a loss: ' || p.sku as bad from plans p where p.is_active and not exists (
       select from plan_suppliers s join plan_prices c on c.plan_id = s.plan_id and c.currency = s.cost_currency
       where s.plan_id = p.id and s.paused_reason is null and (s.cost_minor + 30 < c.amount_minor * 0.971 or c.amount_minor = ${PERSONS_PRICE}))
     union all select 'made twice: ' || y.product_key from synced_plans y group by y.product_key having count(*) > 1
     union all select 'ended twice: ' || sync_id from catalogue_sync_steps where applied_at is not null and skipped_reason is not null
     union all select 'the audit log says otherwise of ' || s.id from catalogue_syncs s
       where (select count(*) from catalogue_sync_steps t where t.sync_id = s.id and t.applied_at is not null)
         <> (select coalesce(sum((a.after->>'applied')::int), 0) from audit_log a
             where a.subject = 'catalogue_sync:' || s.id and a.action = 'catalogue.synced')
     union all select 'a plan that no step made: ' || p.sku from plans p where not exists (select from synced_plans y where y.plan_id = p.id)`,
  );
  return rows.map(({ bad }) => bad);
}

/** Without faults and with a person who accepts: all that is sold is sold by somebody now, under its price. */
async function comeToRest(
  database: CampaignDatabase,
  world: CatalogueWorld,
  { compare, apply }: Program,
): Promise<string[]> {
  await database.query(
    "update plans set is_active = true, paused_reason = null where paused_reason = 'by me' and id in (select plan_id from synced_plans)",
  );
  for (let tries = 0; tries < 2; tries += 1) {
    const { syncId } = await compare(true);
    if (syncId !== null) await apply(syncId, true);
  }
  const found = await brokenLaws(database);
  const again = await compare(true);
  if (again.syncId !== null) found.push(`not at rest: ${again.steps.length} steps`);
  const sold = await database.query<{ sku: string; usd: number; offers: string[] }>(
    `select p.sku, c.amount_minor as usd,
       array(select s.supplier || ' ' || s.package_id from plan_suppliers s where s.plan_id = p.id order by s.rank) as offers
     from plans p join plan_prices c on c.plan_id = p.id and c.currency = 'USD' where p.is_active`,
  );
  const costs = world.costs();
  for (const { sku, usd, offers } of sold) {
    if (offers.length === 0) found.push(`${sku} is on sale and nobody sells it`);
    for (const offer of offers) {
      const cost = costs.get(offer);
      if (cost === undefined) found.push(`${sku} is bought from ${offer}, which is sold no more`);
      else if (cost + 30 >= usd * 0.971)
        found.push(`${sku} costs ${cost} at ${offer} and is sold for ${usd}`);
    }
  }
  return found;
}

async function setRules(database: CampaignDatabase): Promise<void> {
  const rules = {
    currencies: ["USD"],
    fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30 } }],
    rules: [{ name: "all", when: {}, result: { margin_percent: "30", endings: { USD: "99" } } }],
  };
  await makeManageRules(database).replace(rules, 0, ACT);
}

/** A generator of its own (mulberry32), so that a seed tells the whole history. */
function chance(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

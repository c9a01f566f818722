import { send } from "../support/app.js";
import { compareBooks, PARKED, type ParkedRow, parkedNeedlessly, UNSETTLED } from "./books.js";
import { buyOne, type Seen } from "./buyer.js";
import { heal, KILL_POINTS, nudge, plantFaults } from "./faults.js";
import { makeRandom, type Random } from "./random.js";
import { startWorld, type World } from "./world.js";

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly ordersPerRound: number;
  readonly firstRound?: number;
  readonly report?: (line: string) => void;
  /** Ends after this time with what was done until then. */
  readonly budgetMillis?: number;
}

export interface CampaignResult {
  readonly rounds: number;
  readonly orders: number;
  readonly delivered: number;
  readonly refunded: number;
  readonly kills: number;
  readonly databaseCrashes: number;
  readonly violations: readonly string[];
}

const SETTLE_MILLIS = 90_000;

/**
 * Random orders at three processes while suppliers, processes and the database fail; at the end of every round the
 * suppliers' books, the payment's and ours are compared. The same seed makes the same decisions.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const world = await startWorld();
  const seen: Seen = { codes: new Map(), violations: [] };
  const report = options.report ?? (() => undefined);
  const startedAt = Date.now();
  let orders = 0;
  let databaseCrashes = 0;
  let round = options.firstRound ?? 1;
  const last = round + options.rounds - 1;
  try {
    for (; round <= last && seen.violations.length === 0; round += 1) {
      if (options.budgetMillis !== undefined && Date.now() - startedAt > options.budgetMillis) break;
      const random = makeRandom(options.seed * 100_003 + round);
      const faults = plantFaults(world, random);
      if (random.chance(0.35)) {
        // The process that dies now comes back with a kill point armed and dies there once more.
        const point = random.pick(KILL_POINTS);
        world.armNext(`${point}=kill`);
        world.kill(random.integer(world.urls.length));
        faults.push(`kill at ${point}`);
      }
      const buying = Array.from({ length: options.ordersPerRound }, (_, number) =>
        buyOne(world, makeRandom(options.seed * 100_003 + round * 1_009 + number), seen),
      );
      if (await disturb(world, random, faults)) databaseCrashes += 1;
      const purchases = (await Promise.all(buying)).filter((one) => one !== undefined);
      orders += purchases.length;
      await heal(world);
      seen.violations.push(...(await settle(world)));
      seen.violations.push(...(await compareBooks(world)));
      report(
        `round ${round}: ${purchases.length} orders, ${orders} in all, ${world.kills()} kills; ` +
          `${faults.join(", ") || "calm"}${seen.violations.length > 0 ? `\n${seen.violations.join("\n")}` : ""}`,
      );
    }
    const [sums] = await world.query<{ delivered: number; refunded: number }>(
      `select count(*) filter (where o.status = 'paid' and e.status in ('ready', 'active')) as delivered,
         count(*) filter (where o.status = 'refunded') as refunded
       from orders o join esim_profiles e on e.order_id = o.id`,
    );
    return {
      rounds: round - (options.firstRound ?? 1),
      orders,
      delivered: sums?.delivered ?? 0,
      refunded: sums?.refunded ?? 0,
      kills: world.kills(),
      databaseCrashes,
      violations: seen.violations,
    };
  } finally {
    await world.stop();
  }
}

/** While customers buy: a process is killed somewhere in the middle, or the database restarts. */
async function disturb(world: World, random: Random, faults: string[]): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, random.integer(400)));
  if (random.chance(0.4)) {
    world.kill(random.integer(world.urls.length));
    faults.push("SIGKILL");
  }
  if (!random.chance(0.1)) return false;
  const hasCrashed = await world.crashDatabase();
  if (hasCrashed) faults.push("database crash");
  return hasCrashed;
}

/** Waits until every order has its end; parked ones get the operator's decision. */
async function settle(world: World): Promise<string[]> {
  const violations: string[] = [];
  const deadline = Date.now() + SETTLE_MILLIS;
  for (let turn = 0; ; turn += 1) {
    const parked = await world.query<ParkedRow>(PARKED);
    for (const row of parked) {
      if (parkedNeedlessly(row)) violations.push(`parked needlessly: ${JSON.stringify(row)}`);
      await decide(world, row);
    }
    const left = await world.query(UNSETTLED);
    if (left.length === 0 && parked.length === 0) return violations;
    if (Date.now() > deadline) {
      violations.push(`not settled in time: ${JSON.stringify(left.slice(0, 5))}`);
      return violations;
    }
    if (turn % 4 === 0) await nudge(world, ["sweep_provisioning", "carry_on_money"]);
    if (turn % 20 === 10) await nudge(world, ["watch_supplier_prices", "read_supplier_balances"]);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function decide(world: World, row: ParkedRow): Promise<void> {
  const decision = row.parked_reason === "retryable" ? "ask_again" : "refund";
  for (const url of world.urls) {
    const answer = await send(`${url}/admin/esims/${row.profile_id}/decision`, "POST", {
      bearer: world.adminToken,
      body: { decision, reason: "campaign" },
    }).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return;
  }
}

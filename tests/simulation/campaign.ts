import { checkPurchase, compareBooks } from "./books.js";
import { buyOne, fillStock, type Purchase, type Seen } from "./buyer.js";
import { armProcesses, disturb, heal, plantFaults } from "./faults.js";
import { makeRandom, type Random } from "./random.js";
import { ageStuckPurchases, settle } from "./settle.js";
import { startWorld, type World } from "./world.js";

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly ordersPerRound: number;
  readonly firstRound?: number;
  readonly report?: (line: string) => void;
  /** After each round that is clean. */
  readonly onRound?: (round: number, sums: RoundSums) => void;
  /** Ends after this time with what was done until then. */
  readonly budgetMillis?: number;
}

export interface RoundSums {
  readonly orders: number;
  readonly delivered: number;
  readonly refunded: number;
  readonly unpaid: number;
  readonly deaths: number;
  readonly databaseCrashes: number;
}

export interface CampaignResult extends RoundSums {
  readonly rounds: number;
  readonly violations: readonly string[];
}

/**
 * Random orders at three processes while suppliers, processes and the database fail; at the end of every round the
 * suppliers' books, the payment's and ours are compared. A round's decisions depend on the seed and its number alone.
 * The campaign ends with the first round that is not clean.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const world = await startWorld();
  const seen: Seen = { codes: new Map(), violations: [] };
  const startedAt = Date.now();
  const firstRound = options.firstRound ?? 1;
  const all: RoundSums[] = [];
  try {
    for (let round = firstRound; round < firstRound + options.rounds; round += 1) {
      if (options.budgetMillis !== undefined && Date.now() - startedAt > options.budgetMillis) break;
      const deathsBefore = world.fleet.deaths();
      const { sums, faults } = await playRound(world, options, round, seen);
      const done = { ...sums, deaths: world.fleet.deaths() - deathsBefore };
      all.push(done);
      const orders = total(all).orders;
      options.report?.(
        `round ${round}: ${done.orders} orders, ${orders} in all, ${done.deaths} deaths, ` +
          `${Math.round((Date.now() - startedAt) / 1000)} s; ${faults.join(", ")}` +
          seen.violations.map((line) => `\n  VIOLATION ${line}`).join(""),
      );
      if (seen.violations.length > 0) break;
      options.onRound?.(round, done);
    }
    return { rounds: all.length, ...total(all), violations: seen.violations };
  } finally {
    await world.stop();
  }
}

async function playRound(
  world: World,
  { seed, ordersPerRound }: CampaignOptions,
  round: number,
  seen: Seen,
): Promise<{ sums: Omit<RoundSums, "deaths">; faults: string[] }> {
  const random = makeRandom(seed * 100_003 + round);
  const [newest] = await world.query<{ id: number }>("select coalesce(max(id), 0) as id from orders");
  await fillStock(world, random);
  const faults = [...plantFaults(world, random), ...armProcesses(world, random)];
  const buying = Array.from({ length: ordersPerRound }, (_, number) =>
    buyOne(world, makeRandom(seed * 100_003 + round * 1_009 + number), seen),
  );
  const disturbed = await disturb(world, random);
  const purchases = (await Promise.all(buying)).flat();
  faults.push(...disturbed, ...(await ageStuckPurchases(world, random)));
  await heal(world);
  const healed = { healedAtMillis: Date.now(), afterOrderId: newest?.id ?? 0 };
  seen.violations.push(...(await settle(world, random, healed)));
  seen.violations.push(...(await compareBooks(world)));
  const ends = await endsOf(world, random, purchases, seen);
  const count = (end: string): number => ends.filter((one) => one === end).length;
  return {
    faults,
    sums: {
      orders: purchases.length,
      delivered: count("delivered"),
      refunded: count("refunded"),
      unpaid: count("unpaid"),
      databaseCrashes: disturbed.filter((one) => one === "database crash").length,
    },
  };
}

async function endsOf(world: World, random: Random, purchases: readonly Purchase[], seen: Seen) {
  return Promise.all(purchases.map((purchase) => checkPurchase(world, random, purchase, seen)));
}

export function total(all: readonly RoundSums[]): RoundSums {
  const sum = (name: keyof RoundSums): number => all.reduce((so, one) => so + one[name], 0);
  return {
    orders: sum("orders"),
    delivered: sum("delivered"),
    refunded: sum("refunded"),
    unpaid: sum("unpaid"),
    deaths: sum("deaths"),
    databaseCrashes: sum("databaseCrashes"),
  };
}

import { compareBooks } from "./books.js";
import { type Buyer, buyCalmly, buyOne, fillStock, type Purchase, type Seen } from "./buyer.js";
import { checkPurchase, type End } from "./ends.js";
import { compareEvents, plantReceiverFaults } from "./events.js";
import { armProcesses, disturb, heal, plantFaults } from "./faults.js";
import { readMoney, watchMoney } from "./money.js";
import { findMailsToGone, findTraces, leave, signIn } from "./persons.js";
import { makeRandom, type Random } from "./random.js";
import { drawScript } from "./script.js";
import { ageStuckPurchases, settle } from "./settle.js";
import { startWorld, type World } from "./world.js";

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly ordersPerRound: number;
  readonly firstRound?: number;
  /** Rounds that were played before. */
  readonly isDone?: (round: number) => boolean;
  readonly report?: (line: string) => void;
  /** Goes on after a violation, to see what else there is. */
  readonly goesOn?: boolean;
  /** After each round that is clean. */
  readonly onRound?: (round: number, sums: RoundSums) => void;
  /** Ends after this time with what was done until then. */
  readonly budgetMillis?: number;
}

export interface RoundSums {
  readonly orders: number;
  readonly topUps: number;
  readonly delivered: number;
  readonly refunded: number;
  readonly unpaid: number;
  /** Left in front of the operator. */
  readonly parked: number;
  /** Persons who left or were locked out. */
  readonly gone: number;
  readonly deaths: number;
  readonly databaseCrashes: number;
}

export interface CampaignResult extends RoundSums {
  readonly rounds: number;
  readonly violations: readonly string[];
}

/** In the odd rounds orders at Airalo are answered later, as the store's setting has it for all of its processes. */
const isLater = (round: number): boolean => round % 2 === 1;

/**
 * Random orders at three processes while suppliers, processes, the database and persons fail; at the end of every round
 * the suppliers' books, the payment providers' and ours are compared, and other systems prove that they missed nothing. A round's decisions depend on the seed and its
 * number alone; of two shops one plays the odd rounds and the other the even ones. Each ends with the first round that
 * is not clean.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const rounds = Array.from({ length: options.rounds }, (_, index) => (options.firstRound ?? 1) + index);
  const course: Course = { options, startedAt: Date.now(), hasFailed: false };
  const shops = await Promise.all(
    [true, false].map((later) =>
      runShop(
        course,
        rounds.filter((round) => isLater(round) === later && !options.isDone?.(round)),
      ),
    ),
  );
  return {
    rounds: shops.reduce((sum, one) => sum + one.rounds, 0),
    ...total(shops),
    violations: shops.flatMap(({ violations }) => violations),
  };
}

interface Course {
  readonly options: CampaignOptions;
  readonly startedAt: number;
  /** In one of the shops: the other one ends with the round that it plays. */
  hasFailed: boolean;
}

async function runShop(course: Course, rounds: readonly number[]): Promise<CampaignResult> {
  const { options, startedAt } = course;
  const all: RoundSums[] = [];
  const violations = new Set<string>();
  const seen: Seen = { codes: new Map(), gone: [], violations: [] };
  const [first] = rounds;
  if (first === undefined) return { rounds: 0, ...total(all), violations: [] };
  const world = await startWorld({ ordersLater: isLater(first) });
  const seconds = (since: number): number => Math.round((Date.now() - since) / 1000);
  try {
    for (const round of rounds) {
      if (course.hasFailed) break;
      if (options.budgetMillis !== undefined && Date.now() - startedAt > options.budgetMillis) break;
      const deathsBefore = world.fleet.deaths();
      const roundStartedAt = Date.now();
      const { sums, faults } = await playRound(world, options, round, seen);
      const done = { ...sums, deaths: world.fleet.deaths() - deathsBefore };
      all.push(done);
      // Those that hold of the books are found again in every later round.
      const found = new Set(seen.violations.splice(0).filter((line) => !violations.has(line)));
      options.report?.(
        `round ${round}: ${done.orders} orders (${done.topUps} top-ups), ${done.gone} persons left, ${done.deaths} deaths, ` +
          `${seconds(roundStartedAt)} s of ${seconds(startedAt)}; ${faults.join(", ")}` +
          [...found].map((line) => `\n  VIOLATION ${line}`).join(""),
      );
      for (const line of found) violations.add(line);
      if (options.goesOn === true) continue;
      course.hasFailed ||= found.size > 0;
      if (course.hasFailed) break;
      options.onRound?.(round, done);
    }
    return { rounds: all.length, ...total(all), violations: [...violations] };
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
  const buyers = await callBuyers(world, { seed, round, ordersPerRound });
  const [newest] = await world.query<{ id: number }>("select coalesce(max(id), 0) as id from orders");
  const afterOrderId = newest?.id ?? 0;
  const goneBefore = seen.gone.length;
  await fillStock(world, random);
  const watch = watchMoney(world, afterOrderId);
  const faults = [
    ...plantFaults(world, random),
    ...plantReceiverFaults(world, makeRandom(-seed * 100_003 - round)),
    ...armProcesses(world, random),
  ];
  const buying = buyers.map((buyer) => buyOne(world, seen, buyer));
  const disturbed = await disturb(world, random);
  const purchases = (await Promise.all(buying)).flat();
  faults.push(...disturbed, ...(await ageStuckPurchases(world, random)));
  await heal(world);
  const healed = { healedAtMillis: Date.now(), afterOrderId };
  seen.violations.push(...(await settle(world, random, healed)));
  seen.violations.push(...(await watch.boughtForNothing()));
  const goneSoFar = seen.gone.length;
  await leaveAtLast(world, random, seen, buyers);
  if (seen.gone.length > goneSoFar) seen.violations.push(...(await settle(world, random, healed)));
  seen.violations.push(...(await compareBooks(world)), ...(await compareEvents(world)));
  const ends = await endsOf(world, random, { purchases, seen, afterOrderId });
  const gone = seen.gone.slice(goneBefore);
  seen.violations.push(...(await findTraces(world, gone)), ...findMailsToGone(world, seen.gone));
  return {
    faults,
    sums: {
      orders: purchases.length,
      topUps: purchases.filter(({ isTopUp }) => isTopUp).length,
      ...ends,
      gone: gone.length,
      databaseCrashes: disturbed.filter((one) => one === "database crash").length,
    },
  };
}

/** Whoever leaves comes for this round alone. */
function callBuyers(
  world: World,
  { seed, round, ordersPerRound }: { seed: number; round: number; ordersPerRound: number },
): Promise<Buyer[]> {
  return Promise.all(
    Array.from({ length: ordersPerRound }, async (_, number) => {
      const start = seed * 100_003 + round * 1_009 + number;
      const script = drawScript(makeRandom(start));
      const customer =
        script.leaving === null
          ? world.customers[script.customer % world.customers.length]!
          : await signIn(world, `leaver-${seed}-${round}-${number}@example.com`);
      const buyer = { script, customer, route: makeRandom(-start) };
      const ownedEsimId = script.topUp?.of === "owned" ? await buyCalmly(world, buyer) : undefined;
      return { ...buyer, ownedEsimId };
    }),
  );
}

/** Whoever was told to wait, since something paid was on its way, asks again when everything has settled. */
async function leaveAtLast(
  world: World,
  random: Random,
  seen: Seen,
  buyers: readonly Buyer[],
): Promise<void> {
  for (const { script, customer } of buyers) {
    if (script.leaving === null || seen.gone.some(({ userId }) => userId === customer.userId)) continue;
    const gone = await leave(world, random, customer, script.leaving.how);
    if (gone !== undefined) seen.gone.push(gone);
  }
}

async function endsOf(
  world: World,
  random: Random,
  { purchases, seen, afterOrderId }: { purchases: readonly Purchase[]; seen: Seen; afterOrderId: number },
): Promise<Record<End, number>> {
  const money = await readMoney(world, afterOrderId);
  const ends = await Promise.all(
    purchases.map((purchase) =>
      checkPurchase(world, random, { purchase, money: money.get(purchase.orderId), seen }),
    ),
  );
  const count = (end: End): number => ends.filter((one) => one === end).length;
  return {
    delivered: count("delivered"),
    refunded: count("refunded"),
    unpaid: count("unpaid"),
    parked: count("parked"),
  };
}

export function total(all: readonly RoundSums[]): RoundSums {
  const sum = (name: keyof RoundSums): number => all.reduce((so, one) => so + one[name], 0);
  return {
    orders: sum("orders"),
    topUps: sum("topUps"),
    delivered: sum("delivered"),
    refunded: sum("refunded"),
    unpaid: sum("unpaid"),
    parked: sum("parked"),
    gone: sum("gone"),
    deaths: sum("deaths"),
    databaseCrashes: sum("databaseCrashes"),
  };
}

import { createHash } from "node:crypto";
import { type Heading, type Kept, openCampaignFile } from "./campaign-file.js";
import { type Player, startPlayer } from "./crew.js";

export interface Outcome {
  readonly histories: number;
  readonly violations: number;
  readonly trace: string;
  readonly edges: { readonly taken: number; readonly total: number };
  readonly pairs: { readonly hit: number; readonly total: number };
  /** Payments that took money, by provider. */
  readonly paid: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface Findings extends Outcome {
  readonly found: readonly string[];
  readonly missingEdges: readonly string[];
  readonly missingPairs: readonly string[];
  /** The batches that had a violation. */
  readonly bad: readonly number[];
  readonly steps: number;
}

export const customersOf = ({ histories, batchSize }: Heading, batch: number): readonly number[] =>
  Array.from({ length: Math.min(batchSize, histories - batch * batchSize) }, (_, at) => at + 1);

/**
 * Plays all histories in batches, one batch at a time in each process. Which process plays a batch changes nothing: each
 * has its own seed and begins in an empty shop, and the traces are put together in the batches' order.
 */
export async function simulate(
  serverUrl: string,
  options: Heading & {
    readonly dataDir: string;
    readonly workers: number;
    readonly suppliersLie?: boolean;
    readonly postmaster?: number;
    readonly resume?: string;
    /** No batch is begun after one with a violation. */
    readonly stopsAtFirst?: boolean;
    /** After so many no batch is begun any more. */
    readonly secondsMax?: number;
    readonly onBatch?: (one: Kept, all: readonly Kept[]) => void;
  },
): Promise<Findings> {
  const { seed, histories, batchSize } = options;
  const file = openCampaignFile(
    options.resume,
    { seed, histories, batchSize },
    (batch) => customersOf(options, batch).length,
  );
  const begunAt = performance.now();
  const batches = Math.ceil(options.histories / options.batchSize);
  let isStopped = false;
  let readyAt = begunAt;
  const isTime = (): boolean =>
    !isStopped &&
    (options.secondsMax === undefined || performance.now() - readyAt < options.secondsMax * 1_000);
  const waiting = Array.from({ length: batches }, (_, batch) => batch).filter(
    (batch) => !file.kept.has(batch),
  );
  const crew: Player[] = [];
  const earlierSeconds = [...file.kept.values()].reduce((sum, { seconds }) => sum + seconds, 0);
  const players = Math.max(1, Math.min(options.workers, waiting.length));
  for (let number = 1; number <= players; number += 1)
    crew.push(
      await startPlayer(serverUrl, number, {
        dataDir: options.dataDir,
        suppliersLie: options.suppliersLie === true,
        showsSteps: false,
        ...(options.postmaster === undefined ? {} : { postmaster: options.postmaster }),
      }),
    );
  readyAt = performance.now();
  let lastAt = readyAt;
  const playOn = async (player: Player): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined && isTime(); batch = waiting.shift()) {
      const { failures: _, ...outcome } = await player.play({
        seed: options.seed,
        batch,
        customers: customersOf(options, batch),
      });
      const now = performance.now();
      const one: Kept = { ...outcome, seconds: (now - lastAt) / 1_000 };
      lastAt = now;
      file.keep(one);
      if (options.stopsAtFirst === true && one.violations.length > 0) isStopped = true;
      options.onBatch?.(one, [...file.kept.values()]);
    }
  };
  try {
    await Promise.all(crew.map(playOn));
  } finally {
    await Promise.all(crew.map((player) => player.end()));
  }
  const seconds = earlierSeconds + (performance.now() - begunAt) / 1_000;
  return summaryOf([...file.kept.values()], crew[0]?.edgesKnown ?? [], seconds);
}

function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((one) => Object.entries(one)))
    sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function summaryOf(kept: readonly Kept[], edgesKnown: readonly string[], seconds: number): Findings {
  const played = [...kept].sort((a, b) => a.batch - b.batch);
  const trace = createHash("sha256");
  for (const { batch, trace: one } of played) trace.update(`${batch} ${one}\n`);
  const all = (of: (one: Kept) => readonly string[]): ReadonlySet<string> => new Set(played.flatMap(of));
  const [edges, hit, seen] = [
    all(({ edges: e }) => e),
    all(({ pairsHit: p }) => p),
    all(({ pairsSeen: p }) => p),
  ];
  const missingPairs = [...seen].filter((pair) => !hit.has(pair)).sort();
  const missingEdges = edgesKnown.filter((edge) => !edges.has(edge));
  const found = played.flatMap(({ violations }) => violations);
  return {
    histories: played.reduce((sum, { histories }) => sum + histories, 0),
    violations: found.length,
    trace: trace.digest("hex").slice(0, 32),
    edges: { taken: edgesKnown.length - missingEdges.length, total: edgesKnown.length },
    pairs: { hit: seen.size - missingPairs.length, total: seen.size },
    seconds: Math.round(seconds * 100) / 100,
    found,
    missingEdges,
    missingPairs,
    bad: played.filter(({ violations }) => violations.length > 0).map(({ batch }) => batch),
    paid: sumOf(played.map(({ paid }) => paid)),
    steps: played.reduce((sum, { steps }) => sum + steps, 0),
  };
}

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { BatchOutcome } from "./batch.js";

/** What is kept of a batch: enough to go on after the machine was taken away. */
export type Kept = Omit<BatchOutcome, "failures"> & { readonly seconds: number };

export interface Heading {
  readonly seed: number;
  readonly histories: number;
  readonly batchSize: number;
}

/**
 * The file from which a long run goes on: a heading, then a line for each batch, written when it has been played. A line
 * that was cut off is played again.
 */
export function openCampaignFile(
  file: string | undefined,
  heading: Heading,
  historiesOf: (batch: number) => number,
) {
  const kept = new Map<number, Kept>();
  if (file === undefined) return { kept, keep: (one: Kept): void => void kept.set(one.batch, one) };
  if (existsSync(file)) {
    const text = readFileSync(file, "utf8");
    if (!text.endsWith("\n")) appendFileSync(file, "\n");
    const [first, ...lines] = text.split("\n");
    const before = JSON.parse(first ?? "{}") as Heading;
    if (before.seed !== heading.seed || before.batchSize !== heading.batchSize)
      throw new Error(
        `${file} is of seed ${before.seed} with batches of ${before.batchSize}: name another file.`,
      );
    for (const line of lines) {
      const one = parsed(line);
      // The last batch may have been a smaller one, of a run that was to be shorter.
      if (one !== undefined && one.histories === historiesOf(one.batch)) kept.set(one.batch, one);
    }
  } else appendFileSync(file, `${JSON.stringify(heading)}\n`);
  // Pairs and edges repeat from batch to batch; a line holds what is new.
  const known = new Set<string>();
  const news = (names: readonly string[], kind: string): string[] =>
    names.filter((name) => !known.has(`${kind}${name}`) && known.add(`${kind}${name}`));
  const newsOf = (one: Kept): Kept => ({
    ...one,
    edges: news(one.edges, "edge "),
    pairsHit: news(one.pairsHit, "hit "),
    pairsSeen: news(one.pairsSeen, "seen "),
  });
  for (const one of kept.values()) newsOf(one);
  return {
    kept,
    keep(one: Kept): void {
      kept.set(one.batch, one);
      appendFileSync(file, `${JSON.stringify(newsOf(one))}\n`);
    },
  };
}

function parsed(line: string): Kept | undefined {
  try {
    return JSON.parse(line) as Kept;
  } catch {
    return undefined;
  }
}

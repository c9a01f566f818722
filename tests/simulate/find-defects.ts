/**
 * `npm run simulate:defects -- [--only 07,12] [--histories N] [--seconds N] [--file FILE]`: plants each defect of money and
 * purchases in a copy of the repository, plays histories there until one is violated, and says after how many. Results are
 * kept in the file, and the same command goes on where it was cut off. What is not found here has its test all the same.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { DEFECTS } from "../defects/all-defects.js";
import { type Defect, labelOf } from "../defects/defect.js";
import { plantDefect } from "../defects/plant-defect.js";
import { type Copy, makeCopy } from "../defects/run-defects.js";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    histories: { type: "string", default: "1000" },
    batch: { type: "string", default: "100" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    file: { type: "string", default: ".data/simulate-defects.json" },
  },
});

interface Found {
  readonly histories: number;
  readonly seconds: number;
  /** What was violated; null: nothing was. */
  readonly violation: string | null;
  /** Whether the wrong line ran at all. */
  readonly hasRun: boolean;
}

function play({ repository }: Copy): Omit<Found, "hasRun"> {
  const { seed, histories, batch, seconds } = values;
  const options = ["--seed", seed, "--histories", histories, "--batch", batch, "--seconds", seconds];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "tests/simulate/run.ts", ...options, "--json", "--stop", "--no-shrink"],
    { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  const violation = /^seed \d+, batch .* steps: (.*)$/m.exec(stderr)?.[1] ?? null;
  if (stdout.startsWith("{")) return { ...(JSON.parse(stdout) as Found), violation };
  // The program's own guards ended the play, or everybody waits for what does not come.
  const [, error] = /^\w*Error: (.*)$/m.exec(stderr) ?? [];
  return {
    histories: 0,
    seconds: 0,
    violation: violation ?? `the play ended: ${error ?? stderr.slice(0, 200)}`,
  };
}

const kept = existsSync(values.file)
  ? (JSON.parse(readFileSync(values.file, "utf8")) as Record<string, Found>)
  : {};
const numbers = values.only?.split(",").map(Number);
const chosen = DEFECTS.filter(({ number, area }) =>
  numbers === undefined ? area === "money" || area === "purchases" : numbers.includes(number),
);
const lineOf = ({ title, ...defect }: Defect, { histories, seconds, violation, hasRun }: Found): string => {
  const found =
    violation?.split(":")[0]?.replaceAll("|", "/") ?? `– (the line ${hasRun ? "ran" : "never ran"})`;
  return `| ${labelOf(defect)} | ${title} | ${histories} | ${Math.round(seconds)} | ${found} |`;
};

const copy = makeCopy();
try {
  for (const defect of chosen) {
    const label = labelOf(defect);
    if (kept[label] === undefined) {
      const markFile = path.join(copy.marks, label);
      const restore = await plantDefect(copy.repository, defect, markFile);
      kept[label] = { ...play(copy), hasRun: existsSync(markFile) };
      await restore();
      mkdirSync(path.dirname(values.file), { recursive: true });
      writeFileSync(values.file, JSON.stringify(kept, null, 2));
    }
    console.log(lineOf(defect, kept[label]));
  }
} finally {
  rmSync(copy.root, { recursive: true, force: true });
}

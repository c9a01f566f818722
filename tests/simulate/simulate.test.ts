import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const HISTORIES = "24";

interface Printed {
  readonly histories: number;
  readonly violations: number;
  readonly trace: string;
  readonly edges: { readonly taken: number; readonly total: number };
  readonly pairs: { readonly hit: number; readonly total: number };
  readonly paid: { readonly stripe: number; readonly adyen: number };
  readonly seconds: number;
}

const commandOf = (options: readonly string[]): string[] => [
  ...["--import", "tsx", "tests/simulate/run.ts"],
  ...["--seed", "7", "--histories", HISTORIES, "--json", ...options],
];

async function play(
  ...options: readonly string[]
): Promise<{ printed: Printed; said: string; code: number }> {
  const all = commandOf(options);
  try {
    const { stdout, stderr } = await run(process.execPath, all, { maxBuffer: 2 ** 26 });
    return { printed: JSON.parse(stdout) as Printed, said: stderr, code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { printed: JSON.parse(stdout) as Printed, said: stderr, code };
  }
}

/** Plays until the first batch is told of, then takes the machine away, in the middle of a line of the file. */
async function playAndDie(file: string, ...options: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, commandOf(["--resume", file, ...options]), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const isOver = once(child, "close");
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes("of 24 histories")) continue;
    child.kill("SIGKILL");
    break;
  }
  // Its workers hold the same pipe: they have ended too, and the database with them.
  child.stderr.resume();
  await isOver;
  appendFileSync(file, '{"batch":3,"histories":6,"tra');
}

describe("npm run simulate", () => {
  let first: Awaited<ReturnType<typeof play>>;
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-simulate-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    first = await play("--batch", "6", "--no-shrink");
  });

  it("finds nothing, and says what it has not seen", () => {
    expect(first.said).toBe("");
    expect(first.code).toBe(0);
    expect(Object.keys(first.printed)).toEqual([
      "histories",
      "violations",
      "trace",
      "edges",
      "pairs",
      "paid",
      "seconds",
    ]);
    expect(first.printed).toMatchObject({ histories: Number(HISTORIES), violations: 0 });
    expect(first.printed.edges.taken).toBeGreaterThan(15);
    expect(first.printed.pairs.hit).toBeGreaterThan(50);
    expect(first.printed.paid.adyen).toBeGreaterThan(2);
  });

  it("meets no statement that asks the database for chance, which no seed repeats", () => {
    const statements = readFileSync("statements.sql", "utf8");
    expect(statements.match(/^.*\brandom\(\).*$/gm)).toBeNull();
  });

  it("plays the same histories for the same seed, whoever plays them, and when it was killed in between", async () => {
    const file = path.join(folder, "campaign");
    await playAndDie(file, "--batch", "6", "--workers", "1");
    const before = readFileSync(file, "utf8");
    const { printed } = await play("--batch", "6", "--workers", "1", "--resume", file);
    const { seconds: _, ...again } = printed;
    const { seconds, ...whole } = first.printed;
    expect(again).toEqual(whole);
    expect(seconds).toBeGreaterThan(0);
    const played = readFileSync(file, "utf8")
      .slice(before.length)
      .match(/"batch":\d+/g);
    expect(played).not.toContain('"batch":0');
    expect(played?.length).toBeLessThan(4);
  });

  it("finds nothing in four hundred histories, or as many as fit into twelve seconds", async () => {
    const { printed, said } = await play(
      ...["--seed", "31", "--histories", "400", "--batch", "100", "--seconds", "12"],
    );
    expect(said).toBe("");
    expect(printed.violations).toBe(0);
    expect(printed.histories).toBeGreaterThanOrEqual(200);
  });

  it("finds a supplier that says no although it sold, and says where", async () => {
    const { printed, said, code } = await play(
      "--histories",
      "8",
      "--workers",
      "1",
      "--suppliers-lie",
      "--no-shrink",
    );
    expect(code).toBe(1);
    expect(printed.violations).toBeGreaterThan(0);
    expect(said).toMatch(/^seed 7, batch 0, after \d+ steps: .* sold .*, and the attempt is refused$/m);
  });
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const HISTORIES = "24";

interface Printed {
  readonly histories: number;
  readonly violations: number;
  readonly trace: string;
  readonly edges: { readonly taken: number; readonly total: number };
  readonly pairs: { readonly hit: number; readonly total: number };
  readonly seconds: number;
}

async function play(
  ...options: readonly string[]
): Promise<{ printed: Printed; said: string; code: number }> {
  const all = [
    "--import",
    "tsx",
    "tests/simulate/run.ts",
    "--seed",
    "7",
    "--histories",
    HISTORIES,
    "--json",
    ...options,
  ];
  try {
    const { stdout, stderr } = await run(process.execPath, all, { maxBuffer: 2 ** 26 });
    return { printed: JSON.parse(stdout) as Printed, said: stderr, code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { printed: JSON.parse(stdout) as Printed, said: stderr, code };
  }
}

describe("npm run simulate", () => {
  let first: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    first = await play("--batch", "12");
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
      "seconds",
    ]);
    expect(first.printed).toMatchObject({ histories: Number(HISTORIES), violations: 0 });
    expect(first.printed.edges.taken).toBeGreaterThan(15);
    expect(first.printed.pairs.hit).toBeGreaterThan(50);
  });

  it("plays the same histories for the same seed, whoever plays them", async () => {
    expect((await play("--batch", "12", "--workers", "1")).printed.trace).toBe(first.printed.trace);
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

import { describe, expect, it } from "vitest";
import { FUNCTION_LINES_MAX, functionSizes } from "../../scripts/gates/function-lines.js";
import { importCycles } from "../../scripts/gates/import-cycles.js";
import { unusedMembers } from "../../scripts/gates/unused-members.js";

const source = (file: string, ...lines: string[]) => ({ file, text: `${lines.join("\n")}\n` });

describe("the limit of a function's lines", () => {
  const statements = (count: number): string[] => Array.from({ length: count }, (_, n) => `    step(${n});`);

  it("counts nested callbacks with the function that they are in", () => {
    const long = source(
      "src/a.ts",
      "export function register(app) {",
      "  app.get(() => {",
      ...statements(70),
      "  });",
      "}",
    );
    const sizes = functionSizes([long]).filter(({ lines }) => lines > FUNCTION_LINES_MAX);
    expect(sizes).toEqual([
      { file: "src/a.ts", line: 1, name: "register", lines: 74 },
      { file: "src/a.ts", line: 2, name: "a function", lines: 72 },
    ]);
  });

  it("does not count blank lines, nor what stands outside of the function", () => {
    const blank = source(
      "src/a.ts",
      "const table = [",
      ...statements(80),
      "];",
      "const f = () => {",
      "",
      "  step();",
      "",
      "};",
    );
    expect(functionSizes([blank])).toEqual([{ file: "src/a.ts", line: 83, name: "f", lines: 3 }]);
  });
});

describe("members that nobody calls", () => {
  const port = source(
    "src/port.ts",
    "export interface Provider {",
    "  readonly name: string;",
    "  refund(): Promise<void>;",
    "  readonly listEvents: () => Promise<void>;",
    "  listBalance(): Promise<void>;",
    "}",
  );
  const adapter = source(
    "src/adapter.ts",
    "export const provider: Provider = {",
    "  name: 'x', refund, listEvents, listBalance,",
    "};",
  );

  it("are reported also when an adapter has them", () => {
    const caller = source("src/caller.ts", "await provider.refund();", "const { listEvents } = provider;");
    expect(unusedMembers([port, adapter, caller])).toEqual([
      { file: "src/port.ts", line: 5, name: "Provider.listBalance" },
    ]);
  });

  it("are none when they are taken by name, by brackets or out of the object", () => {
    const caller = source(
      "src/caller.ts",
      "provider.refund();",
      'provider["listBalance"]();',
      "({ listEvents: list }) => list();",
    );
    expect(unusedMembers([port, adapter, caller])).toEqual([]);
  });
});

describe("cycles of imports", () => {
  it("between files are found, types among them", () => {
    const cycles = importCycles([
      source("src/http/server.ts", 'import { readBody } from "./body.js";'),
      source("src/http/body.ts", 'import type { Server } from "./server.js";'),
      source("src/http/leaf.ts", "export const leaf = 1;"),
    ]);
    expect(cycles.map(({ kind, members }) => [kind, members])).toEqual([
      ["files", ["src/http/body.ts", "src/http/server.ts"]],
    ]);
  });

  it("between folders are found where no file is in a cycle", () => {
    const cycles = importCycles([
      source("src/m/events/apply.ts", 'import { insert } from "../refunds/refund-store.js";'),
      source("src/m/refunds/refund-store.ts", ""),
      source("src/m/refunds/proceed.ts", 'import type { Follow } from "../events/follow.js";'),
      source("src/m/events/follow.ts", ""),
    ]);
    expect(cycles).toEqual([
      {
        kind: "folders",
        members: ["src/m/events", "src/m/refunds"],
        because: [
          "src/m/events/apply.ts -> src/m/refunds/refund-store.ts",
          "src/m/refunds/proceed.ts -> src/m/events/follow.ts",
        ],
      },
    ]);
  });

  it("a folder may use what lies above it, and be used from there", () => {
    const cycles = importCycles([
      source("src/m/m.module.ts", 'import { apply } from "./events/apply.js";'),
      source("src/m/events/apply.ts", 'import { find } from "../m-store.js";'),
      source("src/m/m-store.ts", ""),
    ]);
    expect(cycles).toEqual([]);
  });
});

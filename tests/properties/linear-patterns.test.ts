import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SOURCE = path.resolve("src");
/** What an operator writes: the environment, a command line. */
const NOT_FROM_STRANGERS = /^(config|commands|db)\//;

interface Pattern {
  readonly where: string;
  readonly pattern: RegExp;
}

/** Every regular expression literal of the program, and every `pattern` of a route's schema. */
function patternsOfTheProgram(): Pattern[] {
  const found: Pattern[] = [];
  for (const entry of readdirSync(SOURCE, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(SOURCE, file);
    if (!/\.ts$/.test(name) || /\.test\.ts$/.test(name) || NOT_FROM_STRANGERS.test(name)) continue;
    const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const where = (): string => `${name}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      if (ts.isRegularExpressionLiteral(node)) {
        const [, source = "", flags = ""] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
        found.push({ where: where(), pattern: new RegExp(source, flags.replace(/[gy]/g, "")) });
      }
      if (
        ts.isPropertyAssignment(node) &&
        node.name.getText() === "pattern" &&
        ts.isStringLiteralLike(node.initializer)
      ) {
        found.push({ where: where(), pattern: new RegExp(node.initializer.text, "u") });
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return found;
}

/** Text that a pattern begins to like, again and again, and dislikes in the end. */
function* worstTexts(source: string, length: number): Generator<string> {
  const own = [...new Set(source.replace(/\\[dwsSDWbB]|\\[pP]\{[^}]*\}/g, ""))].filter((one) => one !== "\\");
  const letters = [...new Set([...own, ..."a0Z -.,;:=@\"'\\/\t\n\r<[("])].slice(0, 60);
  for (const one of letters) {
    yield one.repeat(length);
    yield `${one.repeat(length)}\u0000`;
  }
  for (const one of letters.slice(0, 12)) {
    for (const other of letters.slice(0, 12)) yield `${(one + other).repeat(length / 2)}\u0000`;
  }
}

/** A pattern that is not linear takes seconds for 64 KiB, or for ever already for less; a linear one some 0.1 ms. */
const LENGTHS = [26, 2_048, 65_536];
const MILLIS_MAX = 200;

function slowestMillis(pattern: RegExp, lengths = LENGTHS): number {
  let slowest = 0;
  for (const length of lengths) {
    for (const text of worstTexts(pattern.source, length)) {
      const measure = (): number => {
        const startedAt = performance.now();
        pattern.test(text);
        return performance.now() - startedAt;
      };
      let millis = measure();
      // Another program may have had the processor meanwhile.
      if (millis > MILLIS_MAX && millis < 2_000) millis = Math.min(millis, measure());
      if (millis > slowest) slowest = millis;
      if (slowest > MILLIS_MAX) return slowest;
    }
  }
  return slowest;
}

describe("every regular expression on what strangers send takes linear time", () => {
  it("finds a pattern that does not", () => {
    expect(slowestMillis(/^(a+)+$/)).toBeGreaterThan(MILLIS_MAX);
    expect(slowestMillis(/-+$/, [24_576])).toBeGreaterThan(MILLIS_MAX);
  });

  it("the program has none", { timeout: 120_000 }, () => {
    const patterns = patternsOfTheProgram();
    expect(patterns.length).toBeGreaterThan(60);
    const slow = patterns.flatMap(({ where, pattern }) => {
      const millis = slowestMillis(pattern);
      return millis > MILLIS_MAX ? [`${where} ${pattern} took ${Math.round(millis)} ms`] : [];
    });
    expect(slow).toEqual([]);
  });
});

import ts from "typescript";
import type { Source } from "./sources.js";

export const FUNCTION_LINES_MAX = 70;

export interface FunctionSize {
  readonly file: string;
  /** Of its first line. */
  readonly line: number;
  readonly name: string;
  /** From its first to its last line, nested callbacks counted and blank lines not. */
  readonly lines: number;
}

/** The sizes of all functions, longest first. */
export function functionSizes(sources: readonly Source[]): FunctionSize[] {
  return sources.flatMap(sizesIn).sort((a, b) => b.lines - a.lines);
}

function sizesIn({ file, text }: Source): FunctionSize[] {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split("\n");
  const sizes: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const first = parsed.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = parsed.getLineAndCharacterOfPosition(node.end).line;
      const own = lines.slice(first, last + 1).filter((line) => line.trim() !== "");
      sizes.push({ file, line: first + 1, name: nameOf(node), lines: own.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return sizes;
}

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? (node.parent as { readonly name?: ts.Node }).name;
  return named === undefined ? "a function" : named.getText();
}

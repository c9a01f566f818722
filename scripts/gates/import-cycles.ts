import path from "node:path";
import ts from "typescript";
import type { Source } from "./sources.js";

export interface Cycle {
  readonly kind: "files" | "folders";
  readonly members: readonly string[];
  /** One import for each step of it. */
  readonly because: readonly string[];
}

type Graph = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Cycles between files, imports of types among them, and between folders beside each other. A folder and the one that
 * it lies in may know each other: the outer one is put together from the inner ones, which use its stores.
 */
export function importCycles(sources: readonly Source[]): Cycle[] {
  const files = new Map<string, Map<string, string>>();
  const known = new Set(sources.map(({ file }) => file));
  for (const source of sources) {
    const targets = new Map<string, string>();
    for (const target of importsOf(source)) {
      if (known.has(target)) targets.set(target, `${source.file} -> ${target}`);
    }
    files.set(source.file, targets);
  }
  return [
    ...knotsIn(files).map((members) => cycleOf("files", members, files)),
    ...knotsIn(foldersOf(files)).map((members) => cycleOf("folders", members, foldersOf(files))),
  ];
}

function importsOf({ file, text }: Source): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const target = path.posix.join(path.posix.dirname(file), fileName);
    return [target.replace(/\.js$/, ".ts"), target.replace(/\.js$/, ".tsx")];
  });
}

function foldersOf(files: Graph): Graph {
  const folders = new Map<string, Map<string, string>>();
  for (const [file, targets] of files) {
    const folder = path.posix.dirname(file);
    const known = folders.get(folder) ?? new Map<string, string>();
    folders.set(folder, known);
    for (const [target, because] of targets) {
      const other = path.posix.dirname(target);
      const isWithin = `${folder}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${folder}/`);
      if (!isWithin && !known.has(other)) known.set(other, because);
    }
  }
  return folders;
}

const cycleOf = (kind: Cycle["kind"], members: readonly string[], graph: Graph): Cycle => ({
  kind,
  members,
  because: members.flatMap((member) =>
    [...(graph.get(member) ?? [])]
      .filter(([target]) => members.includes(target))
      .map(([, because]) => because),
  ),
});

/** Tarjan: the groups in which everybody is reached from everybody, of two and more. */
function knotsIn(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const knots: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    lowest.set(node, index.get(node) ?? 0);
    open.push(node);
    for (const target of graph.get(node)?.keys() ?? []) {
      if (!index.has(target)) visit(target);
      else if (!open.includes(target)) continue;
      lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(target) ?? 0));
    }
    if (lowest.get(node) !== index.get(node)) return;
    const knot = open.splice(open.indexOf(node));
    if (knot.length > 1) knots.push(knot.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return knots;
}

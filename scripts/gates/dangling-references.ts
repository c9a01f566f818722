import path from "node:path";
import type { Source } from "./sources.js";

export interface Reference {
  readonly file: string;
  readonly line: number;
  /** What is named and cannot be opened. */
  readonly name: string;
}

export interface Known {
  /** Every file of the repository. */
  readonly files: ReadonlySet<string>;
  /** What the list of guarantees explains. */
  readonly guarantees: string;
  /** What the list of failpoints explains. */
  readonly failpoints: string;
}

/** A page of ours, by its path or its name alone. */
const PAGE =
  /(?<![\w/.%-])((?:(?:\.\.\/)+|(?:docs|src|tests|packages|client|web|ops|bench|scripts)\/)(?:[\w-]+\/)*[\w-]+\.md|[\w-]+\.md)\b/g;
/** Names of pages and ids that lie outside: a contract, house rules, numbered requirements. */
const OUTSIDE =
  /\b(?:CONTRACT|HOUSE)\b(?: §\d+)?|\b(?:[Rr]equirements?|[Ii]nvariants?) [A-Z]\d{2,3}\b|(?<=["'`])[RIKTB]\d{2}(?=[ :,])/g;
const FAILPOINT = /\bfailpoint\("([\w.]+)"\)|\b(s\d+\.[a-z_0-9]+)(?==(?:kill|sleep|throw))/g;

/** References that a reader of the repository cannot follow: to pages, guarantees and failpoints. */
export function danglingReferences(sources: readonly Source[], known: Known): Reference[] {
  const names = new Set([...known.files].map((file) => path.posix.basename(file)));
  const isKnownPage = (page: string, from: string): boolean =>
    page.includes("/")
      ? [page, path.posix.join(path.posix.dirname(from), page)].some((name) => known.files.has(name))
      : names.has(page);
  return sources.flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, index) => {
      const pages = [...line.matchAll(PAGE)]
        .map(([, page = ""]) => page)
        .filter((page) => !isKnownPage(page, file));
      const ids = [...line.matchAll(OUTSIDE)]
        .map(([id]) => id)
        .filter((id) => !known.guarantees.includes(id));
      const points = [...line.matchAll(FAILPOINT)]
        .map(([, inCode, inTest]) => inCode ?? inTest ?? "")
        .filter((point) => !known.failpoints.includes(point));
      return [...pages, ...ids, ...points].map((name) => ({ file, line: index + 1, name }));
    }),
  );
}

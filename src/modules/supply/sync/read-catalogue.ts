import { assertNoOpenTransaction } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import { inCall } from "../../../telemetry/spans.js";
import { type KeptPackage, keptPackage } from "./product.js";

export interface WholeCatalogue {
  readonly kind: "whole";
  readonly supplier: string;
  readonly packages: readonly KeptPackage[];
  /** Listed, and not understood or in two forms: what is known of these stays. Null: not even which package it is. */
  readonly doubtful: readonly { readonly packageId: string | null; readonly why: string }[];
}

export interface UnreadCatalogue {
  readonly kind: "unread";
  readonly supplier: string;
  readonly problem: "not_read" | "empty" | "shrunk";
  readonly why: string;
}

const PAGES_MAX = 500;

/** All that a supplier sells, or why the list cannot be the whole one. */
export async function readCatalogue(supplier: EsimSupplier): Promise<WholeCatalogue | UnreadCatalogue> {
  const unread = (problem: UnreadCatalogue["problem"], why: string): UnreadCatalogue => ({
    kind: "unread",
    supplier: supplier.id,
    problem,
    why,
  });
  const byId = new Map<string, KeptPackage>();
  const doubtful: { packageId: string | null; why: string }[] = [];
  const cursors = new Set<string>();
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    assertNoOpenTransaction(supplier.id);
    const answer = await listPackages(supplier, cursor);
    if (answer.kind !== "done") return unread("not_read", answer.detail);
    const { packages, skipped, nextCursor, isEndMark = false } = answer.value;
    if (packages.length + skipped.length === 0 && (page > 0 ? !isEndMark : nextCursor !== null)) {
      return unread("not_read", "a page among others is empty");
    }
    for (const one of packages.map(keptPackage)) {
      const earlier = byId.get(one.packageId);
      if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(one)) {
        doubtful.push({ packageId: one.packageId, why: "It is listed twice, in two forms." });
      }
      byId.set(one.packageId, one);
    }
    doubtful.push(...skipped);
    if (nextCursor !== null && cursors.has(nextCursor)) return unread("not_read", "the pages go in a circle");
    if (nextCursor !== null) cursors.add(nextCursor);
    cursor = nextCursor;
    if (cursor !== null) continue;
    for (const { packageId } of doubtful) if (packageId !== null) byId.delete(packageId);
    if (byId.size === 0) return unread("empty", "no package can be read");
    return { kind: "whole", supplier: supplier.id, packages: [...byId.values()], doubtful };
  }
  return unread("not_read", `no end after ${PAGES_MAX} pages`);
}

const listPackages = (supplier: EsimSupplier, cursor: string | null) =>
  inCall(supplier.id, "list packages", () => supplier.listPackages(cursor));

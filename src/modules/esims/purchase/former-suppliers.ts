import { type Db, statement } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { Candidate } from "./choose-supplier.js";

/** Without a book of their own: what they are asked for they say they have. */
const OWN: ReadonlySet<string> = new Set(["local", "stock"]);

/** Where a lost purchase is looked for. */
export interface LookedAt {
  readonly candidate: Candidate;
  /** The plan names it, or was bought there lately: that it has nothing counts only once its settling time is over. */
  readonly isLikely: boolean;
  readonly isOwn: boolean;
}

/** A plan's list may have become another one: in the hours that the backup lacks, or since it was put back. */
const FORMER = statement(
  "esims.former_suppliers",
  `select distinct a.supplier, a.package_id as "packageId"
   from provisioning_attempts a join esim_profiles p on p.id = a.profile_id
   where p.plan_id = $1 and a.created_at > to_timestamp($2::float8 / 1000) - interval '30 days'
   order by 1, 2`,
);

export async function listFormerSuppliers(
  db: Db,
  planId: number,
  backupMillis: number,
): Promise<readonly Candidate[]> {
  const { rows } = await db.run<Pick<Candidate, "supplier" | "packageId">>(FORMER, [planId, backupMillis]);
  return rows.map(({ supplier, packageId }) => lookedAtOnly(supplier, packageId));
}

/** Nothing is bought by it. */
const lookedAtOnly = (supplier: string, packageId: string): Candidate => ({
  supplier,
  packageId,
  costText: null,
  costCurrency: null,
  costMinor: null,
  pausedReason: "not_in_the_list",
  isAbovePaid: false,
});

/**
 * The plan's list; then what it was bought as before; then every other supplier that keeps our references, since those
 * need no package to be asked. Our own come last: they never say no.
 */
export function lookedAtBy(
  listed: readonly Candidate[],
  former: readonly Candidate[],
  suppliers: ReadonlyMap<string, EsimSupplier>,
): readonly LookedAt[] {
  const isNew = ({ supplier, packageId }: Candidate) =>
    !OWN.has(supplier) && !listed.some((one) => one.supplier === supplier && one.packageId === packageId);
  const likely = [...listed, ...former.filter(isNew)];
  const named = new Set(likely.map(({ supplier }) => supplier));
  const others = [...suppliers.values()]
    .filter(
      ({ id, capabilities }) => !OWN.has(id) && !named.has(id) && capabilities.lookup === "by_reference",
    )
    .map(({ id }) => lookedAtOnly(id, ""));
  const all = [
    ...likely.map((candidate) => ({ candidate, isLikely: true, isOwn: OWN.has(candidate.supplier) })),
    ...others.map((candidate) => ({ candidate, isLikely: false, isOwn: false })),
  ];
  return [...all.filter(({ isOwn }) => !isOwn), ...all.filter(({ isOwn }) => isOwn)];
}

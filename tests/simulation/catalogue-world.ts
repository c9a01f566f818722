import { done } from "../../src/kernel/outcome.js";
import type { SupplierPackage } from "../../src/providers/esim/package-port.js";
import { makeScriptedSupplier, type ScriptedSupplier } from "../support/scripted-supplier.js";

const PLACES = ["ES", "FR", "PT", "IT", "DE", "JP", "US", "MA", "GR", "TR"];
const NAMES = ["one", "two", "three"] as const;
const PER_PAGE = 7;

export const SPOILERS = [
  "vanishes",
  "returns",
  "costs",
  "costs a hundredth",
  "costs a hundred times",
  "another currency",
  "another unit",
  "unknown country",
  "two forms",
  "names in another case",
  "half a list",
  "an empty page",
  "a lost page",
  "pages in a circle",
  "a page twice",
  "an error on a later page",
  "nothing at all",
  "prices change while it is read",
] as const;
export type Spoiler = (typeof SPOILERS)[number];

/** How many packages of a supplier were in the last list that was taken. */
export type KnownPackages = (supplier: string) => number;

export interface CatalogueWorld {
  readonly suppliers: readonly ScriptedSupplier[];
  /** Returns the supplier whose list must not be taken; null when it is one that may be. */
  spoil(spoiler: Spoiler, below: (limit: number) => number, known: KnownPackages): string | null;
  /** From now on lists are read as they are. */
  heal(): void;
  /** Cost in cents by "supplier package", of what is sold now in dollars. */
  costs(): ReadonlyMap<string, number>;
}

type Lists = Record<string, SupplierPackage[]>;

/** Three suppliers that sell the same twenty products, and what can be wrong with their lists. */
export function makeCatalogueWorld(): CatalogueWorld {
  const suppliers = NAMES.map((name) => makeScriptedSupplier(name));
  const lists: Lists = Object.fromEntries(NAMES.map((name, index) => [name, wholeList(name, index)]));
  const heal = (): void => {
    for (const supplier of suppliers) supplier.listPackages = pagesOf(() => lists[supplier.id] ?? []);
  };
  heal();
  return {
    suppliers,
    heal,
    spoil(spoiler, below, known) {
      const place = below(NAMES.length);
      const supplier = suppliers[place] as ScriptedSupplier;
      const list = lists[supplier.id] ?? [];
      const from = below(20);
      const chosen = new Set(list.slice(from, from + 1 + below(12)).map(({ packageId }) => packageId));
      const change = (over: (one: SupplierPackage) => Partial<SupplierPackage>): null => {
        lists[supplier.id] = list.map((one) => (chosen.has(one.packageId) ? { ...one, ...over(one) } : one));
        return null;
      };
      const changes = changesOf(below);
      if (spoiler in changes)
        return change(changes[spoiler] as (one: SupplierPackage) => Partial<SupplierPackage>);
      if (spoiler === "vanishes") {
        const left = list.filter(({ packageId }) => !chosen.has(packageId));
        // Less than half at once is another fault.
        if (left.length * 2 >= list.length) lists[supplier.id] = left;
        return null;
      }
      if (spoiler === "returns") {
        lists[supplier.id] = wholeList(supplier.id, place);
        return null;
      }
      return spoilReading(spoiler, supplier, { list, known: known(supplier.id) });
    },
    costs() {
      const all = suppliers.flatMap(({ id }) =>
        (lists[id] ?? []).map(({ packageId, cost }) => [`${id} ${packageId}`, cost] as const),
      );
      return new Map(
        all.flatMap(([name, { currency, amountMinor }]) =>
          currency === "USD" && amountMinor !== null ? [[name, amountMinor] as const] : [],
        ),
      );
    },
  };
}

const usd = (cents: number) => ({
  amountText: (cents / 100).toFixed(2),
  currency: "USD",
  amountMinor: cents,
});

const changesOf = (
  below: (limit: number) => number,
): Partial<Record<Spoiler, (one: SupplierPackage) => Partial<SupplierPackage>>> => ({
  costs: () => ({ cost: usd(50 + below(850)) }),
  "costs a hundredth": ({ cost }) => ({
    cost: usd(Math.max(1, Math.floor((cost.amountMinor ?? 300) / 100))),
  }),
  "costs a hundred times": ({ cost }) => ({ cost: usd((cost.amountMinor ?? 300) * 100) }),
  "another currency": ({ cost }) => ({ cost: { ...cost, currency: "EUR" } }),
  "another unit": ({ data }) => ({
    data: data === null ? null : { ...data, base: data.base === 1024 ? 1000 : 1024 },
  }),
  "unknown country": () => ({ countryCodes: ["QQ"] }),
  "names in another case": ({ countryCodes }) => ({
    countryCodes: countryCodes.map((code) => code.toLowerCase()),
  }),
});

function wholeList(name: string, index: number): SupplierPackage[] {
  const base = index === 1 ? 1000 : 1024;
  return PLACES.flatMap((country) =>
    [1n, 5n].map((gb) => ({
      kind: "esim" as const,
      packageId: `${name}-${country}-${gb}`,
      title: "A package",
      countryCodes: [country],
      data: { bytes: gb * BigInt(base) ** 3n, base },
      isUnlimited: false,
      dataPeriod: "total" as const,
      durationDays: 30,
      cost: usd(320 + 15 * index),
      minimumRetail: null,
      validityStarts: "first_use" as const,
      useWithinDays: 180,
      canTopUp: true,
      isKycRequired: false,
    })),
  );
}

type ListPackages = ScriptedSupplier["listPackages"];

const pagesOf =
  (listNow: (start: number) => readonly SupplierPackage[]): ListPackages =>
  async (cursor) => {
    const start = Number(cursor ?? 0);
    const list = listNow(start);
    const isLast = start + PER_PAGE >= list.length;
    return done({
      packages: list.slice(start, start + PER_PAGE),
      nextCursor: isLast ? null : String(start + PER_PAGE),
      skipped: [],
    });
  };

/** What the next readings meet; the list itself is as it was. */
function spoilReading(
  spoiler: Spoiler,
  supplier: ScriptedSupplier,
  { list, known }: { readonly list: readonly SupplierPackage[]; readonly known: number },
): string | null {
  // Of what was taken last: a page that was lost before makes half of the list no less than half of that.
  const half = Math.max(1, Math.floor(Math.min(list.length, known) / 2) - 1);
  const asItIs = pagesOf(() => list);
  const onPage =
    (start: number, packages: readonly SupplierPackage[]): ListPackages =>
    async (cursor) => {
      const answer = await asItIs(cursor);
      if (answer.kind !== "done" || Number(cursor ?? 0) !== start) return answer;
      return done({ ...answer.value, packages });
    };
  const ways: Partial<Record<Spoiler, readonly [listPackages: ListPackages, isToBeRefused: boolean]>> = {
    "half a list": [pagesOf(() => list.slice(0, half)), half * 2 < known],
    "an empty page": [onPage(PER_PAGE, []), list.length > PER_PAGE],
    "pages in a circle": [
      async () => done({ packages: list.slice(0, PER_PAGE), nextCursor: "again", skipped: [] }),
      true,
    ],
    "an error on a later page": [
      async (cursor) =>
        Number(cursor ?? 0) === 0
          ? asItIs(cursor)
          : { kind: "refused", reason: "retryable", detail: "502", retryAfterSeconds: null },
      list.length > PER_PAGE,
    ],
    "nothing at all": [async () => done({ packages: [], nextCursor: null, skipped: [] }), true],
    "a lost page": [pagesOf(() => [...list.slice(0, PER_PAGE), ...list.slice(2 * PER_PAGE)]), false],
    "a page twice": [pagesOf(() => [...list.slice(0, PER_PAGE), ...list]), false],
    "two forms": [
      pagesOf(() => [...list, ...list.slice(0, 2).map((one) => ({ ...one, cost: usd(999) }))]),
      false,
    ],
    "prices change while it is read": [
      pagesOf((start) => (start === 0 ? list : list.map((one) => ({ ...one, cost: usd(410) })))),
      false,
    ],
  };
  const way = ways[spoiler];
  if (way === undefined) throw new Error(`${spoiler} is no way to read`);
  const [listPackages, isToBeRefused] = way;
  supplier.listPackages = listPackages;
  return isToBeRefused ? supplier.id : null;
}

import { done } from "../../../kernel/outcome.js";
import { countryCodesOf } from "../formats/country-codes.js";
import { volumeFromMegabytes } from "../formats/data-volume.js";
import { networksOf } from "../formats/networks.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import {
  filledTextOf,
  integerOf,
  isRecord,
  isTrue,
  listOf,
  readableListOf,
  recordOf,
  textOf,
} from "../json.js";
import { refusal } from "../outcomes.js";
import type { PackagePage, SupplierPackage } from "../package-port.js";
import type { SupplierAnswer } from "../port.js";
import { type EsimGoClient, settled } from "./esim-go-client.js";

const PER_PAGE = "200";

/**
 * Prices have no currency of their own: they are in the organisation's. The list comes as `{bundles, pageCount}` and
 * as a bare array, whose end is a page without entries.
 */
export async function listEsimGoPackages(
  client: EsimGoClient,
  cursor: string | null,
  currency: string,
): Promise<SupplierAnswer<PackagePage>> {
  const { page, firstBefore } = cursorOf(cursor);
  const answer = settled(await client.ask("/catalogue", { page: String(page), perPage: PER_PAGE }));
  if (answer.kind !== "done") return answer;
  const isArray = !isRecord(answer.value);
  const list = readableListOf(isArray ? answer.value : recordOf(answer.value).bundles);
  const pageCount = isArray ? null : integerOf(recordOf(answer.value).pageCount);
  const first = textOf(recordOf(list?.[0]).name);
  // The same page again means that pages are not what the supplier counts in: there may be more.
  const isRepeated = firstBefore !== null && first === firstBefore;
  if (list === null || isRepeated || (list.length === 0 && pageCount !== null && pageCount > 1))
    return refusal("retryable", "a page of the catalogue that cannot be read");
  const packages: SupplierPackage[] = [];
  const skipped: { packageId: string | null; why: string }[] = [];
  for (const bundle of list.map(recordOf)) {
    const reading = packageOf(bundle, currency, "esim");
    if (typeof reading === "string") skipped.push({ packageId: textOf(bundle.name), why: reading });
    else packages.push(reading);
  }
  if (isArray && page > 1 && list.length === 0) return endOf(client, page);
  const hasMore = pageCount === null ? list.length > 0 : page < pageCount;
  return done({ packages, nextCursor: hasMore ? `${page + 1} ${first ?? ""}` : null, skipped });
}

/** A page without entries is the end of a bare array, unless one behind it has some: then a page was lost. */
async function endOf(client: EsimGoClient, page: number): Promise<SupplierAnswer<PackagePage>> {
  const query = { page: String(page + 1), perPage: PER_PAGE };
  const answer = settled(await client.ask("/catalogue", query));
  if (answer.kind !== "done") return answer;
  const list = isRecord(answer.value) ? null : readableListOf(answer.value);
  return list?.length === 0
    ? done({ packages: [], nextCursor: null, isEndMark: true, skipped: [] })
    : refusal("retryable", "a page of the catalogue is empty among others");
}

/** The page to ask for, and how the one before it began. */
function cursorOf(cursor: string | null): { page: number; firstBefore: string | null } {
  if (cursor === null) return { page: 1, firstBefore: null };
  const [page = "1", ...name] = cursor.split(" ");
  return { page: Number(page), firstBefore: name.join(" ") };
}

/** One bundle as a top-up; null when it is not sold any more. The name is case-sensitive. */
export async function findTopUpBundle(
  client: EsimGoClient,
  name: string,
  currency: string,
): Promise<SupplierAnswer<SupplierPackage | null>> {
  const answer = settled(await client.ask(`/catalogue/bundle/${encodeURIComponent(name)}`));
  if (answer.kind === "refused" && ["not_found", "bad_package"].includes(answer.reason)) return done(null);
  if (answer.kind !== "done") return answer;
  const reading = packageOf(recordOf(answer.value), currency, "top_up");
  return typeof reading === "string"
    ? refusal("retryable", `a bundle that cannot be read: ${reading}`)
    : done(reading);
}

function packageOf(
  bundle: Readonly<Record<string, unknown>>,
  currency: string,
  kind: SupplierPackage["kind"],
): SupplierPackage | string {
  const packageId = filledTextOf(bundle.name);
  const durationDays = integerOf(bundle.duration);
  const cost = moneyFromDecimal(textOf(bundle.price) ?? "", currency);
  const amount = textOf(bundle.dataAmount) ?? "";
  const isUnlimited = isTrue(bundle.unlimited) || amount.startsWith("-");
  const data = isUnlimited ? null : volumeFromMegabytes(amount, 1000);
  if (!packageId) return "no name";
  if (!cost) return "no price";
  if (durationDays === null || durationDays < 1) return "no duration";
  if (!isUnlimited && (data === null || data.bytes === 0n)) return "no data volume";
  return {
    packageId,
    kind,
    title: textOf(bundle.description) ?? packageId,
    countryCodes: countryCodesOf(listOf(bundle.countries).map((entry) => recordOf(entry).iso)),
    data,
    isUnlimited,
    dataPeriod: "total",
    durationDays,
    cost,
    minimumRetail: null,
    validityStarts: isTrue(bundle.autostart) ? "first_use" : "unknown",
    useWithinDays: null,
    canTopUp: true,
    isKycRequired: false,
    ...networksOf([{ country: null, name: null, speeds: bundle.speed }]),
  };
}

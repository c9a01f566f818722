import { done } from "../../../kernel/outcome.js";
import { countryCodesOf } from "../formats/country-codes.js";
import { volumeFromMegabytes } from "../formats/data-volume.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import { filledTextOf, integerOf, isTrue, listOf, recordOf, textOf } from "../json.js";
import type { PackagePage, SupplierPackage } from "../package-port.js";
import type { SupplierAnswer } from "../port.js";
import { type EsimGoClient, settled } from "./esim-go-client.js";

const PER_PAGE = "200";

/** Prices have no currency of their own: they are in the organisation's. */
export async function listEsimGoPackages(
  client: EsimGoClient,
  cursor: string | null,
  currency: string,
): Promise<SupplierAnswer<PackagePage>> {
  const page = Number(cursor ?? "1");
  const answer = settled(await client.ask("/catalogue", { page: String(page), perPage: PER_PAGE }));
  if (answer.kind !== "done") return answer;
  const body = recordOf(answer.value);
  const packages: SupplierPackage[] = [];
  const skipped: { packageId: string | null; why: string }[] = [];
  for (const bundle of listOf(body.bundles).map(recordOf)) {
    const reading = packageOf(bundle, currency, "esim");
    if (typeof reading === "string") skipped.push({ packageId: textOf(bundle.name), why: reading });
    else packages.push(reading);
  }
  const hasMore = page < (integerOf(body.pageCount) ?? 1);
  return done({ packages, nextCursor: hasMore ? String(page + 1) : null, skipped });
}

/** One bundle as a top-up; null when it cannot be read. The name is case-sensitive. */
export async function findTopUpBundle(
  client: EsimGoClient,
  name: string,
  currency: string,
): Promise<SupplierAnswer<SupplierPackage | null>> {
  const answer = settled(await client.ask(`/catalogue/${encodeURIComponent(name)}`));
  if (answer.kind === "refused" && ["not_found", "bad_package"].includes(answer.reason)) return done(null);
  if (answer.kind !== "done") return answer;
  const reading = packageOf(recordOf(answer.value), currency, "top_up");
  return done(typeof reading === "string" ? null : reading);
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
  };
}

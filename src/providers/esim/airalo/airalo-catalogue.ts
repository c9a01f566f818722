import { done } from "../../../kernel/outcome.js";
import { countryCodesOf } from "../formats/country-codes.js";
import { volumeFromMegabytes } from "../formats/data-volume.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import { filledTextOf, integerOf, isTrue, listOf, recordOf, textOf } from "../json.js";
import type { PackagePage, SupplierPackage } from "../package-port.js";
import type { SupplierAnswer } from "../port.js";
import type { AiraloClient } from "./airalo-client.js";

/** Counted in countries; Airalo prefers few big pages to many small ones. */
const PAGE_LIMIT = "100";
const PAGE_BYTES_MAX = 32 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;
type Skipped = { packageId: string | null; why: string };

export async function listAiraloPackages(
  client: AiraloClient,
  cursor: string | null,
): Promise<SupplierAnswer<PackagePage>> {
  const query = { limit: PAGE_LIMIT, page: cursor ?? "1", include: "topup" };
  const answer = await client.ask("/packages", query, PAGE_BYTES_MAX);
  if (answer.kind !== "done") return answer;
  const body = recordOf(answer.value);
  const packages: SupplierPackage[] = [];
  const skipped: Skipped[] = [];
  for (const country of listOf(body.data).map(recordOf)) {
    for (const operator of listOf(country.operators).map(recordOf)) {
      for (const item of listOf(operator.packages).map(recordOf)) {
        const reading = packageOf(item, operator, country);
        if (typeof reading === "string") skipped.push({ packageId: textOf(item.id), why: reading });
        else packages.push(reading);
      }
    }
  }
  return done({ packages, nextCursor: nextCursorOf(recordOf(body.meta)), skipped });
}

/** The flat list of `GET /sims/{iccid}/topups`; entries that cannot be read are left out. */
export function topUpPackagesOf(body: unknown): readonly SupplierPackage[] {
  return listOf(recordOf(body).data).flatMap((entry) => {
    const reading = packageOf({ type: "topup", ...recordOf(entry) }, {}, {});
    return typeof reading === "string" ? [] : [reading];
  });
}

function packageOf(item: Fields, operator: Fields, country: Fields): SupplierPackage | string {
  const packageId = filledTextOf(item.id);
  const durationDays = integerOf(item.day);
  // net_price is null under discount pricing; the retail price is then the most that we can be charged.
  const costText = textOf(item.net_price) ?? textOf(item.price);
  const cost = costText === null ? null : moneyFromDecimal(costText, "USD");
  if (!packageId) return "no id";
  if (durationDays === null || durationDays < 1) return "no duration";
  if (!cost) return "no price";
  const isUnlimited = isTrue(item.is_unlimited);
  const data = isUnlimited ? null : volumeFromMegabytes(textOf(item.amount) ?? "", 1024);
  if (!isUnlimited && (data === null || data.bytes === 0n)) return "no data volume";
  const retail = textOf(item.price);
  const policy = textOf(operator.activation_policy);
  return {
    packageId,
    kind: item.type === "topup" ? "top_up" : "esim",
    title: textOf(item.title) ?? packageId,
    countryCodes: countriesOf(operator, country),
    data,
    isUnlimited,
    dataPeriod: "total",
    durationDays,
    cost,
    minimumRetail: retail === null ? null : moneyFromDecimal(retail, "USD"),
    validityStarts:
      policy === "installation" ? "installation" : policy === "first-usage" ? "first_use" : "unknown",
    useWithinDays: null,
    canTopUp: isTrue(operator.rechargeability),
    isKycRequired: isTrue(operator.is_kyc_verify),
  };
}

function countriesOf(operator: Fields, country: Fields): readonly string[] {
  const ofOperator = listOf(operator.countries).map((entry) => recordOf(entry).country_code);
  const ofCoverage = listOf(operator.coverages).map((entry) => recordOf(entry).name);
  const all = countryCodesOf([...ofOperator, ...ofCoverage]);
  return all.length > 0 ? all : countryCodesOf([country.country_code]);
}

function nextCursorOf(meta: Fields): string | null {
  const current = integerOf(meta.current_page);
  const last = integerOf(meta.last_page);
  return current !== null && last !== null && current < last ? String(current + 1) : null;
}

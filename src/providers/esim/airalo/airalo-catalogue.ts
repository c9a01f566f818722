import { done } from "../../../kernel/outcome.js";
import { countryCodesOf } from "../formats/country-codes.js";
import { volumeFromMegabytes } from "../formats/data-volume.js";
import { networksOf } from "../formats/networks.js";
import { moneyFromDecimal } from "../formats/supplier-amount.js";
import { filledTextOf, integerOf, isTrue, listOf, readableListOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { PackagePage, SupplierPackage } from "../package-port.js";
import type { SupplierAnswer } from "../port.js";
import type { AiraloClient } from "./airalo-client.js";

/** Counted in countries; Airalo prefers few big pages to many small ones. */
const PAGE_LIMIT = "100";
const PAGE_BYTES_MAX = 32 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;
type Skipped = { packageId: string | null; why: string };
type Item = { readonly item: Fields; readonly operator: Fields; readonly country: Fields };

export async function listAiraloPackages(
  client: AiraloClient,
  cursor: string | null,
): Promise<SupplierAnswer<PackagePage>> {
  const query = { limit: PAGE_LIMIT, page: cursor ?? "1", include: "topup" };
  const answer = await client.ask("/packages", query, PAGE_BYTES_MAX);
  if (answer.kind !== "done") return answer;
  const body = recordOf(answer.value);
  const items = itemsOf(body.data);
  const mark = pageMarkOf(body, Number(cursor ?? "1"));
  if (items === null || mark === null || (items.length === 0 && mark.pages > 1))
    return refusal("retryable", "a page of the catalogue that cannot be read");
  const packages: SupplierPackage[] = [];
  const skipped: Skipped[] = [];
  for (const { item, operator, country } of items) {
    const reading = packageOf(item, operator, country);
    if (typeof reading === "string") skipped.push({ packageId: textOf(item.id), why: reading });
    else packages.push(reading);
  }
  return done({ packages, nextCursor: mark.next, skipped });
}

/** The flat list of `GET /sims/{iccid}/topups`, without odd entries; null when it is no list that can be read. */
export function topUpPackagesOf(body: unknown): readonly SupplierPackage[] | null {
  const list = readableListOf(recordOf(body).data);
  if (list === null) return null;
  const packages = list.flatMap((entry) => {
    const reading = packageOf({ type: "topup", ...recordOf(entry) }, {}, {});
    return typeof reading === "string" ? [] : [reading];
  });
  return list.length > 0 && packages.length === 0 ? null : packages;
}

/** Every package with its operator and country; null when a list in between is none, since it may hide some. */
function itemsOf(data: unknown): readonly Item[] | null {
  const countries = readableListOf(data);
  if (countries === null) return null;
  const items: Item[] = [];
  for (const country of countries.map(recordOf)) {
    const operators = readableListOf(country.operators);
    if (operators === null) return null;
    for (const operator of operators.map(recordOf)) {
      const list = readableListOf(operator.packages);
      if (list === null) return null;
      items.push(...list.map((item) => ({ item: recordOf(item), operator, country })));
    }
  }
  return items;
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
    ...(isSome(item.voice) || isSome(item.text) ? { hasVoiceOrTexts: true } : {}),
    ...(isTrue(item.is_fair_usage_policy) ? { hasFairUseLimit: true } : {}),
    ...networksOf(
      listOf(operator.coverages).flatMap((coverage) => {
        const { name: code, networks } = recordOf(coverage);
        return listOf(networks).map((network) => {
          const { name, types } = recordOf(network);
          return { country: code, name, speeds: types };
        });
      }),
    ),
  };
}

/** Null, empty and 0 are none; whatever else is said of it is something. */
const isSome = (amount: unknown): boolean => !/^(0+(\.0*)?)?$/.test((textOf(amount) ?? "").trim());

function countriesOf(operator: Fields, country: Fields): readonly string[] {
  const ofOperator = listOf(operator.countries).map((entry) => recordOf(entry).country_code);
  const ofCoverage = listOf(operator.coverages).map((entry) => recordOf(entry).name);
  const all = countryCodesOf([...ofOperator, ...ofCoverage]);
  return all.length > 0 ? all : countryCodesOf([country.country_code]);
}

/** null when the page does not say which one it is of how many. */
function pageMarkOf(body: Fields, page: number): { next: string | null; pages: number } | null {
  const meta = recordOf(body.meta);
  const [current, pages] = [integerOf(meta.current_page), integerOf(meta.last_page)];
  if (current !== page || pages === null) return null;
  return { next: page < pages ? String(page + 1) : null, pages };
}

import { countryCodesOf } from "../formats/country-codes.js";
import { volumeFromBytes } from "../formats/data-volume.js";
import { networksOf, type ToldNetwork } from "../formats/networks.js";
import { moneyFromTenThousandths } from "../formats/supplier-amount.js";
import { filledTextOf, integerOf, listOf, readableListOf, recordOf, textOf } from "../json.js";
import type { PackagePage, SupplierPackage } from "../package-port.js";
import { validityStartsOf } from "./esim-access-esims.js";

/** `package/list` has no pages: the whole catalogue comes in one answer. null when that has no list. */
export function esimAccessPackagesOf(
  obj: Readonly<Record<string, unknown>>,
  kind: SupplierPackage["kind"],
): PackagePage | null {
  const list = readableListOf(obj.packageList);
  if (list === null) return null;
  const packages: SupplierPackage[] = [];
  const skipped: { packageId: string | null; why: string }[] = [];
  for (const item of list.map(recordOf)) {
    const reading = packageOf(item, kind);
    if (typeof reading === "string") skipped.push({ packageId: textOf(item.packageCode), why: reading });
    else packages.push(reading);
  }
  return { packages, nextCursor: null, skipped };
}

function packageOf(
  item: Readonly<Record<string, unknown>>,
  kind: SupplierPackage["kind"],
): SupplierPackage | string {
  const packageId = filledTextOf(item.packageCode);
  const durationDays = integerOf(item.duration);
  const currency = textOf(item.currencyCode) ?? "USD";
  const cost = moneyFromTenThousandths(textOf(item.price) ?? "", currency);
  const dataType = textOf(item.dataType) ?? "1";
  const isUnlimited = dataType === "4";
  const data = isUnlimited ? null : volumeFromBytes(textOf(item.volume) ?? "", 1024);
  const topUpType = textOf(item.supportTopUpType);
  if (!packageId) return "no package code";
  if (!cost) return "no price";
  if (durationDays === null || durationDays < 1 || (textOf(item.durationUnit) ?? "DAY") !== "DAY")
    return "no duration in days";
  if (!isUnlimited && (data === null || data.bytes === 0n)) return "no data volume";
  return {
    packageId,
    kind,
    title: textOf(item.name) ?? packageId,
    countryCodes: countryCodesOf((textOf(item.location) ?? "").split(",")),
    data,
    isUnlimited,
    // 2 and 3 are daily allowances, slowed or cut after them.
    dataPeriod: dataType === "2" || dataType === "3" ? "daily" : "total",
    durationDays,
    cost,
    minimumRetail: null,
    validityStarts: validityStartsOf(item.activeType),
    useWithinDays: integerOf(item.unusedValidTime),
    // 1 means no: the field is not a truth value.
    canTopUp: topUpType === "2" || topUpType === "3",
    isKycRequired: false,
    ...(filledTextOf(item.fupPolicy) === null ? {} : { hasFairUseLimit: true }),
    ...networksOf([{ country: null, name: null, speeds: item.speed }, ...operatorsOf(item)]),
  };
}

/** Countries are told by their English names; the code is in the address of the flag, "/img/au.png". */
const operatorsOf = (item: Readonly<Record<string, unknown>>): ToldNetwork[] =>
  listOf(item.locationNetworkList).flatMap((entry) => {
    const { locationLogo, operatorList } = recordOf(entry);
    const country = /\/([a-z]{2})\.\w+$/i.exec(textOf(locationLogo) ?? "")?.[1];
    return listOf(operatorList).map((operator) => {
      const { operatorName: name, networkType: speeds } = recordOf(operator);
      return { country, name, speeds };
    });
  });

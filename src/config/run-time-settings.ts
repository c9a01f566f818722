import { type Color, writeColor } from "./color.js";
import { KINDS, readLevels, type SettingKind, writeLevels } from "./setting-kinds.js";
import type { VariableReader } from "./variables.js";

interface RunTimeSetting {
  /** Its default comes from this variable. */
  readonly variable: string;
  readonly type: SettingKind;
  /** Bounds of a number, of each level, or of a text's length. */
  readonly min: number;
  readonly max: number;
  readonly unit: "minutes" | "hours" | "days" | "percent" | "refunds" | "codes" | "characters" | "color";
  /** A colour on which white text stands. */
  readonly isGround?: boolean;
  /** What it does, in one line for an operator. */
  readonly description: string;
}

/**
 * What an operator may change while the shop runs: each defined here and nowhere else, and all are changed with the
 * permission `settings.write`. One that belongs to how a process starts, to secrets or to addresses of services stays
 * in the environment alone.
 */
export const RUN_TIME_SETTINGS = {
  order_ttl_minutes: {
    variable: "ORDER_TTL_MINUTES",
    type: "integer",
    min: 1,
    max: 10_080,
    unit: "minutes",
    description: "An order that is made from now on and not paid ends after this long.",
  },
  refund_unused_within_days: {
    variable: "REFUND_UNUSED_WITHIN_DAYS",
    type: "integer",
    min: 0,
    max: 365,
    unit: "days",
    description: "So long after paying a customer may give an unused eSIM back; 0 is never.",
  },
  auto_refund_max_per_hour: {
    variable: "AUTO_REFUND_MAX_PER_HOUR",
    type: "integer",
    min: 0,
    max: 100_000,
    unit: "refunds",
    description: "More refunds by the shop itself in an hour than this wait for an operator.",
  },
  sync_max_change_percent: {
    variable: "SYNC_MAX_CHANGE_PERCENT",
    type: "integer",
    min: 1,
    max: 100,
    unit: "percent",
    description:
      "When suppliers' lists would change more of the plans on sale than this, it waits for a person.",
  },
  low_stock_threshold: {
    variable: "LOW_STOCK_THRESHOLD",
    type: "integer",
    min: 0,
    max: 1_000_000,
    unit: "codes",
    description: "A plan with this many codes of own stock or fewer is low on stock.",
  },
  low_balance_days: {
    variable: "LOW_BALANCE_DAYS",
    type: "integer",
    min: 0,
    max: 90,
    unit: "days",
    description:
      "A supplier's balance that lasts fewer days than this, at the pace of the last week, is low; 0 never says so.",
  },
  care_low_data_percents: {
    variable: "CARE_LOW_DATA_PERCENTS",
    type: "levels",
    min: 1,
    max: 99,
    unit: "percent",
    description: "Travellers are told when so much of their data is used: numbers with commas, or none.",
  },
  care_days_left: {
    variable: "CARE_DAYS_LEFT",
    type: "levels",
    min: 1,
    max: 30,
    unit: "days",
    description: "Travellers are told so long before their eSIM ends: numbers with commas, or none.",
  },
  care_install_after_hours: {
    variable: "CARE_INSTALL_AFTER_HOURS",
    type: "integer",
    min: 1,
    max: 720,
    unit: "hours",
    description: "Who has not installed an eSIM so long after it came is reminded.",
  },
  shop_name: {
    variable: "SHOP_NAME",
    type: "text",
    min: 1,
    max: 60,
    unit: "characters",
    description:
      "What customers know the shop by: on pages and in mails. The terms keep the seller of the environment.",
  },
  shop_color: {
    variable: "SHOP_COLOR",
    type: "color",
    min: 7,
    max: 7,
    unit: "color",
    isGround: true,
    description: "The main colour of the pages; white text is written on it.",
  },
  shop_accent_color: {
    variable: "SHOP_ACCENT_COLOR",
    type: "color",
    min: 7,
    max: 7,
    unit: "color",
    description: "The second colour of the pages.",
  },
} as const satisfies Readonly<Record<string, RunTimeSetting>>;

export type SettingName = keyof typeof RUN_TIME_SETTINGS;
export const SETTING_NAMES = Object.keys(RUN_TIME_SETTINGS) as readonly SettingName[];

export type SettingValue<Name extends SettingName = SettingName> =
  (typeof RUN_TIME_SETTINGS)[Name]["type"] extends "integer" ? number : string;
/** Of any of them. */
export type AnySettingValue = number | string;

/** The value that counts now: at once where this process knows it, else a promise. Not to be awaited in a transaction. */
export type CurrentSetting = <Name extends SettingName>(
  name: Name,
) => SettingValue<Name> | Promise<SettingValue<Name>>;

export interface SettingDefault<Value extends AnySettingValue = AnySettingValue> {
  readonly value: Value;
  readonly min: number;
  readonly max: number;
}

export type SettingDefaults = {
  readonly [Name in SettingName]: SettingDefault<SettingValue<Name>>;
};

/** Whether a value may be set, and may be used: bounds may have become narrower since it was. */
export function isAllowed<Name extends SettingName>(
  name: Name,
  value: unknown,
  bounds: SettingDefaults[Name],
): value is SettingValue<Name> {
  const { type, isGround = false }: RunTimeSetting = RUN_TIME_SETTINGS[name];
  return KINDS[type].allows(value, bounds, isGround);
}

/** The numbers of a setting that is some. */
export const levelsOf = (
  name: "care_low_data_percents" | "care_days_left",
  value: string,
): readonly number[] => readLevels(value, RUN_TIME_SETTINGS[name].max) ?? [];

export function ruleOf(name: SettingName, bounds: SettingDefault): string {
  const { type, isGround = false }: RunTimeSetting = RUN_TIME_SETTINGS[name];
  return KINDS[type].rule(bounds, isGround);
}

/** A provider's payment page is open for half an hour at least and for a day at most, and the order waits for it. */
const PAGE_MINUTES = { min: 30, max: 1_380 };

/** What other groups of the configuration have read and checked. */
export interface ReadElsewhere {
  readonly hasPages: boolean;
  readonly shop: { readonly name: string };
  readonly brand: { readonly color: Color; readonly accentColor: Color };
  readonly care: {
    readonly lowDataPercents: readonly number[];
    readonly daysLeft: readonly number[];
    readonly installAfterHours: number;
  };
}

type IntegerName = { [Name in SettingName]: SettingValue<Name> extends number ? Name : never }[SettingName];

/** The value of the environment and the bounds of each, which hold for the environment and for operators alike. */
export function readRunTimeSettings(
  reader: VariableReader,
  { hasPages, shop, brand, care }: ReadElsewhere,
): SettingDefaults {
  const read = (name: IntegerName, fallback: number) => {
    const { variable, min, max } = RUN_TIME_SETTINGS[name];
    return { value: reader.integer(variable, fallback, { min, max }), min, max };
  };
  const known = <Name extends SettingName>(name: Name, value: SettingValue<Name>) => {
    const { min, max } = RUN_TIME_SETTINGS[name];
    return { value, min, max };
  };
  const ttl = read("order_ttl_minutes", 60);
  if (hasPages && (ttl.value < PAGE_MINUTES.min || ttl.value > PAGE_MINUTES.max)) {
    reader.problem(
      "ORDER_TTL_MINUTES",
      `must be ${PAGE_MINUTES.min} to ${PAGE_MINUTES.max} with PAYMENT_UI=hosted or Adyen: a provider's page is open for as long`,
    );
  }
  return {
    order_ttl_minutes: hasPages ? { ...ttl, ...PAGE_MINUTES } : ttl,
    refund_unused_within_days: read("refund_unused_within_days", 0),
    auto_refund_max_per_hour: read("auto_refund_max_per_hour", 20),
    sync_max_change_percent: read("sync_max_change_percent", 20),
    low_stock_threshold: read("low_stock_threshold", 10),
    low_balance_days: read("low_balance_days", 3),
    care_low_data_percents: known("care_low_data_percents", writeLevels(care.lowDataPercents)),
    care_days_left: known("care_days_left", writeLevels(care.daysLeft)),
    care_install_after_hours: known("care_install_after_hours", care.installAfterHours),
    shop_name: known("shop_name", shop.name),
    shop_color: known("shop_color", writeColor(brand.color)),
    shop_accent_color: known("shop_accent_color", writeColor(brand.accentColor)),
  };
}

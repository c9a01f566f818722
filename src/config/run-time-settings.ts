import type { VariableReader } from "./variables.js";

interface RunTimeSetting {
  /** Its default comes from this variable. */
  readonly variable: string;
  /** Where the variable is not set. */
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly unit: "minutes" | "days" | "percent" | "refunds" | "codes";
  /** What it does, in one line for an operator. */
  readonly description: string;
}

/**
 * What an operator may change while the shop runs: each defined here and nowhere else. All of them are whole numbers,
 * and all are changed with the permission `settings.write`. One that belongs to how a process starts, to secrets or to
 * addresses of services stays in the environment alone.
 */
export const RUN_TIME_SETTINGS = {
  order_ttl_minutes: {
    variable: "ORDER_TTL_MINUTES",
    fallback: 60,
    min: 1,
    max: 10_080,
    unit: "minutes",
    description: "An order that is made from now on and not paid ends after this long.",
  },
  refund_unused_within_days: {
    variable: "REFUND_UNUSED_WITHIN_DAYS",
    fallback: 0,
    min: 0,
    max: 365,
    unit: "days",
    description: "So long after paying a customer may give an unused eSIM back; 0 is never.",
  },
  auto_refund_max_per_hour: {
    variable: "AUTO_REFUND_MAX_PER_HOUR",
    fallback: 20,
    min: 0,
    max: 100_000,
    unit: "refunds",
    description: "More refunds by the shop itself in an hour than this wait for an operator.",
  },
  sync_max_change_percent: {
    variable: "SYNC_MAX_CHANGE_PERCENT",
    fallback: 20,
    min: 1,
    max: 100,
    unit: "percent",
    description:
      "When suppliers' lists would change more of the plans on sale than this, it waits for a person.",
  },
  low_stock_threshold: {
    variable: "LOW_STOCK_THRESHOLD",
    fallback: 10,
    min: 0,
    max: 1_000_000,
    unit: "codes",
    description: "A plan with this many codes of own stock or fewer is low on stock.",
  },
  low_balance_days: {
    variable: "LOW_BALANCE_DAYS",
    fallback: 3,
    min: 0,
    max: 90,
    unit: "days",
    description:
      "A supplier's balance that lasts fewer days than this, at the pace of the last week, is low; 0 never says so.",
  },
} as const satisfies Readonly<Record<string, RunTimeSetting>>;

export type SettingName = keyof typeof RUN_TIME_SETTINGS;
export const SETTING_NAMES = Object.keys(RUN_TIME_SETTINGS) as readonly SettingName[];

/** The value that counts now: at once where this process knows it, else a promise. Not to be awaited in a transaction. */
export type CurrentSetting = (name: SettingName) => number | Promise<number>;

export interface SettingDefault {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export type SettingDefaults = Readonly<Record<SettingName, SettingDefault>>;

/** A provider's payment page is open for half an hour at least and for a day at most, and the order waits for it. */
const PAGE_MINUTES = { min: 30, max: 1_380 };

/** The value of the environment and the bounds of each, which hold for the environment and for operators alike. */
export function readRunTimeSettings(reader: VariableReader, hasPages: boolean): SettingDefaults {
  const read = (name: SettingName): SettingDefault => {
    const { variable, fallback, min, max } = RUN_TIME_SETTINGS[name];
    return { value: reader.integer(variable, fallback, { min, max }), min, max };
  };
  const ttl = read("order_ttl_minutes");
  if (hasPages && (ttl.value < PAGE_MINUTES.min || ttl.value > PAGE_MINUTES.max)) {
    reader.problem(
      "ORDER_TTL_MINUTES",
      `must be ${PAGE_MINUTES.min} to ${PAGE_MINUTES.max} with PAYMENT_UI=hosted or Adyen: a provider's page is open for as long`,
    );
  }
  return {
    order_ttl_minutes: hasPages ? { ...ttl, ...PAGE_MINUTES } : ttl,
    refund_unused_within_days: read("refund_unused_within_days"),
    auto_refund_max_per_hour: read("auto_refund_max_per_hour"),
    sync_max_change_percent: read("sync_max_change_percent"),
    low_stock_threshold: read("low_stock_threshold"),
    low_balance_days: read("low_balance_days"),
  };
}

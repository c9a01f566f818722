import {
  type CurrentSetting,
  SETTING_NAMES,
  type SettingDefault,
  type SettingDefaults,
  type SettingName,
} from "../../config/run-time-settings.js";
import type { Queryable } from "../../db/database.js";
import type { Logger } from "../../telemetry/log.js";
import { listSettings, type SettingRow } from "./setting-store.js";

/** A change takes effect everywhere within 5 s: 3 s of age, and the rest for the query itself. */
const AGE_MILLIS_MAX = 3_000;
/** After a failure the last values count, and the database is asked again no sooner than this. */
const PAUSE_MILLIS = 1_000;

type Values = Readonly<Record<SettingName, number>>;

interface Reading {
  readonly startedAt: number;
  readonly values: Promise<Values>;
}

export interface CurrentSettingOptions {
  readonly db: Queryable;
  readonly defaults: SettingDefaults;
  readonly log: Pick<Logger, "warn">;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMillis?: () => number;
}

/**
 * What this process knows of the settings. A use within three seconds of the last reading makes no query, and uses
 * that come together share one; a process that nobody asks anything reads nothing. Age counts from the start of the
 * query, since its answer is as old as that. A process that never reached the database knows nothing and fails, as what
 * it wanted the setting for would.
 */
export function makeCurrentSetting(options: CurrentSettingOptions): {
  readonly current: CurrentSetting;
  /** After a change in this process, so that its own next use sees it. */
  forget(): void;
} {
  const { db, defaults, log, monotonicMillis = () => performance.now() } = options;
  let known: Values | undefined;
  let askAgainAt = 0;
  let running: Reading | undefined;

  const readOnce = (): Promise<Values> => {
    const startedAt = monotonicMillis();
    if (running !== undefined && startedAt - running.startedAt < AGE_MILLIS_MAX) return running.values;
    const reading: Reading = { startedAt, values: read(startedAt, () => running === reading) };
    running = reading;
    return reading.values;
  };
  /** Not the newest: forgotten or overtaken while it was being read, so it may be from before a change. */
  const read = async (startedAt: number, isNewest: () => boolean): Promise<Values> => {
    try {
      const values = valuesOf(await listSettings(db), defaults);
      if (isNewest()) [known, askAgainAt] = [values, startedAt + AGE_MILLIS_MAX];
      return values;
    } catch (error) {
      if (known === undefined) throw error;
      log.warn({ err: error }, "the settings could not be read; the last ones count");
      if (isNewest()) askAgainAt = monotonicMillis() + PAUSE_MILLIS;
      return known;
    } finally {
      if (isNewest()) running = undefined;
    }
  };
  return {
    current: (name) => {
      if (known !== undefined && monotonicMillis() < askAgainAt) return known[name];
      return readOnce().then((values) => values[name]);
    },
    forget: () => {
      running = undefined;
      askAgainAt = 0;
    },
  };
}

/** Whether the program uses what is stored: bounds may have become narrower since. */
export const isWithin = (value: unknown, { min, max }: SettingDefault): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;

function valuesOf(rows: readonly SettingRow[], defaults: SettingDefaults): Values {
  const stored = new Map(rows.map(({ name, value }) => [name, value]));
  const inForce = (name: SettingName): number => {
    const value = stored.get(name);
    return isWithin(value, defaults[name]) ? value : defaults[name].value;
  };
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, inForce(name)])) as Values;
}

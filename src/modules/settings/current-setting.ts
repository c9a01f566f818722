import {
  type CurrentSetting,
  isAllowed,
  SETTING_NAMES,
  type SettingDefaults,
  type SettingName,
  type SettingValue,
} from "../../config/run-time-settings.js";
import type { Queryable } from "../../db/database.js";
import type { Logger } from "../../telemetry/log.js";
import { listSettings, type SettingRow } from "./setting-store.js";

/** A change takes effect everywhere within 5 s: 3 s of age, and the rest for the query itself. */
const AGE_MILLIS_MAX = 3_000;
/** After a failure the last values count, and the database is asked again no sooner than this. */
const PAUSE_MILLIS = 1_000;
/** A page is not held up by a database that is away. */
const PATIENCE_MILLIS = 250;

const sleepUnheld = (millis: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, millis).unref());

type Values = { readonly [Name in SettingName]: SettingValue<Name> };

interface Reading {
  readonly startedAt: number;
  readonly values: Promise<Values>;
}

export type LastKnown = <Name extends SettingName>(name: Name) => SettingValue<Name>;

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
  /** As of the last reading, and the environment's before the first: for what cannot wait. `refresh` goes before it. */
  lastKnown: LastKnown;
  /** What is known is three seconds old at most afterwards; where the database does not answer soon it is what it was. */
  refresh(): Promise<void>;
  /** After a change in this process, so that its own next use sees it. */
  forget(): void;
} {
  const { db, defaults, log, monotonicMillis = () => performance.now() } = options;
  let known: Values | undefined;
  let askAgainAt = 0;
  let running: Reading | undefined;

  const isFresh = (values: Values | undefined): values is Values =>
    values !== undefined && monotonicMillis() < askAgainAt;
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
    current: <Name extends SettingName>(name: Name): SettingValue<Name> | Promise<SettingValue<Name>> => {
      if (isFresh(known)) return known[name];
      return readOnce().then((values) => values[name]);
    },
    lastKnown: (name) => (known === undefined ? defaults[name].value : known[name]),
    refresh: async () => {
      if (!isFresh(known))
        await Promise.race([readOnce().catch(() => undefined), sleepUnheld(PATIENCE_MILLIS)]);
    },
    forget: () => {
      running = undefined;
      askAgainAt = 0;
    },
  };
}

function valuesOf(rows: readonly SettingRow[], defaults: SettingDefaults): Values {
  const stored = new Map(rows.map(({ name, value }) => [name, value]));
  const inForce = <Name extends SettingName>(name: Name): SettingValue<Name> => {
    const value = stored.get(name);
    return isAllowed(name, value, defaults[name]) ? value : defaults[name].value;
  };
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, inForce(name)])) as unknown as Values;
}

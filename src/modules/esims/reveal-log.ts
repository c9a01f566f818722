import type { Db } from "../../db/database.js";
import type { Logger } from "../../telemetry/log.js";
import { logReveals, type Reveal } from "./reveal-store.js";

const INTERVAL_MILLIS = 500;
const REMEMBERED_MAX = 20_000;
const HOUR_MILLIS = 3_600_000;

export interface RevealLog {
  /** An owner's showing: written with others, soon; once per session, profile, channel and hour. */
  note(reveal: Reveal): void;
  /** An operator's: written before the answer, every time. */
  write(reveal: Reveal): Promise<void>;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

/**
 * The batched writer of the reveal audit. The index decides what counts as one; what this process has written in
 * the hour is remembered only to save the write.
 */
export function makeRevealLog(db: Db, log: Logger): RevealLog {
  let waiting: Reveal[] = [];
  let isArmed = false;
  let remembered = new Set<string>();
  let rememberedHour = 0;

  const flush = async (): Promise<void> => {
    isArmed = false;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      await logReveals(db, batch);
    } catch (error) {
      log.warn({ err: error, count: batch.length }, "reveals were not written; they are tried again");
      waiting = [...batch, ...waiting].slice(-REMEMBERED_MAX);
    }
  };
  return {
    note(reveal) {
      const hour = Math.floor(Date.now() / HOUR_MILLIS);
      if (hour !== rememberedHour || remembered.size > REMEMBERED_MAX) {
        rememberedHour = hour;
        remembered = new Set();
      }
      const key = `${reveal.profileId} ${reveal.actor} ${reveal.sessionId} ${reveal.channel}`;
      if (remembered.has(key)) return;
      remembered.add(key);
      waiting.push(reveal);
      if (isArmed) return;
      isArmed = true;
      setTimeout(() => void flush(), INTERVAL_MILLIS).unref();
    },
    write: (reveal) => logReveals(db, [reveal]),
    flush,
  };
}

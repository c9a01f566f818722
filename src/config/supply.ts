import type { VariableReader } from "./variables.js";

/** How suppliers' packages become plans, and their costs prices. */
export function readSupply(reader: VariableReader) {
  return {
    /** 0: only by command and by the API. */
    syncHours: reader.integer("CATALOGUE_SYNC_HOURS", 0, { min: 0, max: 24 }),
    rates: {
      /** Null: they come from files alone. */
      url: reader.url("RATES_URL", ["https:"]),
      maxAgeDays: reader.integer("RATES_MAX_AGE_DAYS", 7, { min: 1, max: 365 }),
      maxJumpPercent: reader.integer("RATES_MAX_JUMP_PERCENT", 20, { min: 1, max: 1_000 }),
    },
  };
}

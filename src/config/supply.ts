import type { VariableReader } from "./variables.js";

/** How prices are made of suppliers' costs. */
export function readSupply(reader: VariableReader) {
  return {
    rates: {
      maxAgeDays: reader.integer("RATES_MAX_AGE_DAYS", 7, { min: 1, max: 365 }),
      maxJumpPercent: reader.integer("RATES_MAX_JUMP_PERCENT", 20, { min: 1, max: 1_000 }),
    },
  };
}

import type { EarlyRefusal } from "./port.js";

/** Without REDIS_URL every question goes to the database. */
export function makeNoEarlyRefusal(): EarlyRefusal {
  return {
    ask: async () => undefined,
    remember: () => {},
    forgetAll: async () => {},
    state: () => "off",
    close: async () => {},
  };
}

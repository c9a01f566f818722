import { createRequire } from "node:module";

/**
 * The parts of the official library that are used, and no others: the whole of it takes seconds to load. It is CommonJS,
 * whose `default` loaders of modules see differently, so it is required as what it is.
 */
const require = createRequire(import.meta.url);

type ClientModule = typeof import("@adyen/api-library/lib/src/client.js");
type HmacModule = typeof import("@adyen/api-library/lib/src/utils/hmacValidator.js");

export const { default: Client } = require("@adyen/api-library/lib/src/client.js") as ClientModule;
export const { default: HmacValidator } =
  require("@adyen/api-library/lib/src/utils/hmacValidator.js") as HmacModule;

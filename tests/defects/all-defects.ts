import { CATALOGUE } from "./catalogue.js";
import { CONSOLE } from "./console.js";
import type { Defect } from "./defect.js";
import { DELIVERY } from "./delivery.js";
import { LOGIN } from "./login.js";
import { MIGRATIONS } from "./migrations.js";
import { MONEY } from "./money.js";
import { OPERATION } from "./operation.js";
import { PURCHASES } from "./purchases.js";

export const DEFECTS: readonly Defect[] = [
  ...MONEY,
  ...PURCHASES,
  ...LOGIN,
  ...DELIVERY,
  ...CATALOGUE,
  ...MIGRATIONS,
  ...CONSOLE,
  ...OPERATION,
].sort((a, b) => a.number - b.number);

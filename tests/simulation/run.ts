/** `npm run campaign -- --seed N --rounds M [--orders N] [--from ROUND]`: see docs/esims.md. */
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "20" },
    orders: { type: "string", default: "17" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
  },
});
const result = await runCampaign({
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  ordersPerRound: Number(values.orders),
  firstRound: Number(values.from),
  ...(values.minutes === undefined ? {} : { budgetMillis: Number(values.minutes) * 60_000 }),
  report: (line) => console.log(line),
});
const { violations, ...sums } = result;
console.log(JSON.stringify({ seed: Number(values.seed), ...sums, violations: violations.length }));
for (const violation of violations) console.log(`VIOLATION ${violation}`);
process.exit(violations.length === 0 ? 0 : 1);

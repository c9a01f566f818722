/** `npm run campaign -- --seed N --rounds M …`: docs/esims.md says how to run and read it. */
import { parseArgs } from "node:util";
import { makeRunFolder } from "../support/temporary-folder.js";
import { runCampaign, total } from "./campaign.js";
import { readState, writeState } from "./state.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "20" },
    orders: { type: "string", default: "17" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    resume: { type: "string" },
  },
});
process.once("exit", makeRunFolder());

const seed = Number(values.seed);
const rounds = Number(values.rounds);
const file = values.resume;
const before = file === undefined ? undefined : readState(file, seed);
const firstRound = before?.nextRound ?? Number(values.from);
let state = before ?? { seed, nextRound: firstRound, rounds: 0, sums: total([]) };

const result = await runCampaign({
  seed,
  rounds: before === undefined ? rounds : rounds - before.rounds,
  ordersPerRound: Number(values.orders),
  firstRound,
  ...(values.minutes === undefined ? {} : { budgetMillis: Number(values.minutes) * 60_000 }),
  report: (line) => console.log(line),
  onRound(round, sums) {
    state = { seed, nextRound: round + 1, rounds: state.rounds + 1, sums: total([state.sums, sums]) };
    if (file !== undefined) writeState(file, state);
  },
});
console.log(
  JSON.stringify({ seed, rounds: state.rounds, ...state.sums, violations: result.violations.length }),
);
process.exit(result.violations.length === 0 ? 0 : 1);

/** `npm run campaign -- --seed N --rounds M …`: docs/esims.md says how to run and read it. */
import { parseArgs } from "node:util";
import { makeRunFolder } from "../support/temporary-folder.js";
import { runCampaign, total } from "./campaign.js";
import { readState, writeState } from "./state.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "20" },
    orders: { type: "string", default: "12" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    resume: { type: "string" },
    "go-on": { type: "boolean", default: false },
  },
});
process.once("exit", makeRunFolder());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const seed = Number(values.seed);
const file = values.resume;
let state = (file === undefined ? undefined : readState(file, seed)) ?? { seed, rounds: [], sums: total([]) };
const done = new Set(state.rounds);

const result = await runCampaign({
  seed,
  rounds: Number(values.rounds),
  ordersPerRound: Number(values.orders),
  firstRound: Number(values.from),
  goesOn: values["go-on"],
  isDone: (round) => done.has(round),
  ...(values.minutes === undefined ? {} : { budgetMillis: Number(values.minutes) * 60_000 }),
  report: (line) => console.log(line),
  onRound(round, sums) {
    state = { seed, rounds: [...state.rounds, round], sums: total([state.sums, sums]) };
    if (file !== undefined) writeState(file, state);
  },
});
console.log(
  JSON.stringify({ seed, rounds: state.rounds.length, ...state.sums, violations: result.violations.length }),
);
process.exit(result.violations.length === 0 ? 0 : 1);

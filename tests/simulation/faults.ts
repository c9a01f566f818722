import type { Fault } from "../../src/providers/esim/fakes/fake-http.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/** A place between every two steps of a purchase at which a process may die (requirements §12). */
export const KILL_POINTS = [
  "s5.after_commit_before_reply",
  "s6.after_row",
  "s6.after_psp_before_store",
  "s6.after_store_before_reply",
  "s7.after_verify",
  "s7.after_insert_before_2xx",
  "s9.after_attempt_row",
  "s9.after_call_before_store",
  "s10.after_ready",
  "s12.after_row",
  "s12.after_psp_before_store",
] as const;

const ACTS: readonly Fault["act"][] = [
  { kind: "drop_before" },
  { kind: "drop_after" },
  { kind: "status_after", status: 500 },
  { kind: "status_before", status: 429, retryAfterSeconds: 1 },
  { kind: "status_before", status: 503 },
  { kind: "malformed_after" },
  { kind: "answer_late", millis: 1_600 },
  { kind: "work_late", millis: 1_200 },
];
const ORDER_PATHS = ["^POST /v2/orders$", "^POST /api/v1/open/esim/order$"];
const QUESTION_PATHS = ["^GET /v2/orders", "^POST /api/v1/open/esim/query$"];

/** What goes wrong around the shop in this round. Answers its name for the report. */
export function plantFaults(world: World, random: Random): string[] {
  const planted: string[] = [];
  const { airalo, access } = world;
  const scripts = random.integer(5);
  for (let number = 0; number < scripts; number += 1) {
    const index = random.integer(2);
    const paths = random.chance(0.75) ? ORDER_PATHS : QUESTION_PATHS;
    const act = random.pick(ACTS);
    (index === 0 ? airalo : access).http.script({ on: paths[index] ?? ".", act });
    planted.push(`${index === 0 ? "airalo" : "esim-access"} ${act.kind}`);
  }
  access.ledger.settings.readyAfterPolls = random.integer(3);
  if (random.chance(0.15)) {
    access.ledger.settings.isStuck = true;
    planted.push("esim-access stuck");
  }
  if (random.chance(0.15)) {
    random.pick([airalo, access]).ledger.settings.iccidStyle = "duplicate";
    planted.push("duplicate ICCID");
  }
  if (random.chance(0.15)) {
    for (const entry of random.pick([airalo, access]).ledger.packages) entry.stock = 0;
    planted.push("out of stock");
  }
  if (random.chance(0.15)) {
    random.pick([airalo, access]).ledger.balance = 0;
    planted.push("no credit");
  }
  return planted;
}

/** The world heals: what was stuck comes, what was empty is filled up, nothing new goes wrong. */
export async function heal(world: World): Promise<void> {
  for (const fake of [world.airalo, world.access]) {
    fake.http.clearFaults();
    Object.assign(fake.ledger.settings, { isStuck: false, iccidStyle: "standard", readyAfterPolls: 0 });
    for (const entry of fake.ledger.packages) entry.stock = 1_000_000;
    fake.ledger.balance = 10_000_000_000;
    for (const esim of fake.ledger.esims) if (esim.readyAtMillis === null) esim.readyAtMillis = 0;
  }
  await nudge(world, ["read_supplier_balances", "watch_supplier_prices"]);
}

/** What the clock would start within a minute or a few starts now. */
export async function nudge(world: World, tasks: readonly string[]): Promise<void> {
  for (const task of tasks)
    await world.query("select enqueue_job($1, '{}', 'nudge:' || $1)", [task]).catch(() => undefined);
}

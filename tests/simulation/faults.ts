import type { Fault } from "../../src/providers/esim/fakes/fake-http.js";
import type { FakeSupplier } from "./fake-suppliers.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/** A place between every two steps of a purchase at which a process may die, fail or sleep (requirements §12). */
export const KILL_POINTS = [
  "s5.after_commit_before_reply",
  "s6.after_row",
  "s6.after_psp_before_store",
  "s6.after_store_before_reply",
  "s7.after_verify",
  "s8.before_commit",
  "s7.after_insert_before_2xx",
  "s9.after_attempt_row",
  "s9.after_call_before_store",
  "s9.after_store_before_outbox",
  "s10.after_ready",
  "s10.after_claim_before_mail",
  "s10.after_mail_before_mark",
  "s12.after_row",
  "s12.after_psp_before_store",
  "s13.mid_page",
] as const;

const ACTS: readonly Fault["act"][] = [
  { kind: "drop_before" },
  { kind: "drop_after" },
  { kind: "status_after", status: 500 },
  { kind: "status_before", status: 429, retryAfterSeconds: 1 },
  { kind: "status_before", status: 503 },
  { kind: "malformed_after" },
  { kind: "huge_after" },
  // Longer than the shop waits, as sixty seconds are in its proportion.
  { kind: "answer_late", millis: 2_500 },
  { kind: "hang_after" },
  // Reaches the supplier when nobody waits for it any more.
  { kind: "work_late", millis: 1_200 },
];

/** Longer than a lease of the chain lasts with these settings. */
const SLEEP_MILLIS = 8_000;

/** What goes wrong at the suppliers in this round. Answers its names for the report. */
export function plantFaults(world: World, random: Random): string[] {
  const { all, airalo, access, go } = world.suppliers;
  const planted: string[] = [];
  for (let script = random.integer(6); script > 0; script -= 1) {
    const supplier = random.pick(all);
    const act = random.pick(ACTS);
    const on = random.chance(0.75)
      ? supplier.orderPath
      : random.chance(0.6)
        ? supplier.questionPath
        : supplier.topUpPath;
    const times = random.chance(0.25) ? 1 + random.integer(6) : 1;
    supplier.http.script({ on, act, times });
    planted.push(`${supplier.id} ${act.kind}${times > 1 ? ` ×${times}` : ""}`);
  }
  const one = (what: string, plant: (supplier: FakeSupplier) => void): void => {
    if (!random.chance(0.12)) return;
    const supplier = random.pick(all);
    plant(supplier);
    planted.push(`${supplier.id} ${what}`);
  };
  one("is stuck in allocation", ({ ledger }) => {
    ledger.settings.isStuck = true;
  });
  one("repeats an ICCID", ({ ledger }) => {
    ledger.settings.iccidStyle = "duplicate";
  });
  one("is out of stock", ({ ledger }) => {
    for (const entry of ledger.packages) entry.stock = 0;
  });
  one("has no credit of ours", ({ ledger }) => {
    ledger.balance = 0;
  });
  one("has raised its prices", ({ ledger }) => {
    for (const entry of ledger.packages) entry.price += 100;
  });
  access.ledger.settings.readyAfterPolls = random.integer(3);
  go.ledger.settings.readyAfterPolls = random.chance(0.3) ? random.integer(3) : 0;
  access.settings.webhookMode = random.pick(["after", "before_answer", "never", "twice"]);
  airalo.settings.webhookMode = random.pick(["after", "before_answer", "never", "twice", "forged_only"]);
  world.suppliers.aimWebhooks(random.pick(world.fleet.urls));
  planted.push(`webhooks ${access.settings.webhookMode}/${airalo.settings.webhookMode}`);
  if (random.chance(0.1)) {
    airalo.revokeTokens();
    planted.push("airalo forgets its tokens");
  }
  return planted;
}

/** Points at which processes die, fail or fall asleep in this round. */
export function armProcesses(world: World, random: Random): string[] {
  const planted: string[] = [];
  if (!random.chance(0.45)) return planted;
  const points = 1 + random.integer(2);
  const first = random.integer(world.fleet.urls.length);
  for (let number = 0; number < points; number += 1) {
    const point = random.pick(KILL_POINTS);
    const action = random.chance(0.7) ? "kill" : random.chance(0.6) ? "throw" : `sleep:${SLEEP_MILLIS}`;
    world.fleet.arm((first + number) % world.fleet.urls.length, `${point}=${action}`);
    planted.push(`${action.split(":")[0]} at ${point}`);
  }
  return planted;
}

/** While customers buy: a process is killed or frozen somewhere in the middle, or the database restarts. */
export async function disturb(world: World, random: Random): Promise<string[]> {
  const disturbed: string[] = [];
  await pause(random.integer(400));
  const victim = random.integer(world.fleet.urls.length);
  if (random.chance(0.3)) {
    world.fleet.kill(victim);
    disturbed.push("SIGKILL");
  } else if (random.chance(0.08)) {
    world.fleet.freeze(victim, SLEEP_MILLIS);
    disturbed.push("SIGSTOP");
  }
  if (random.chance(0.1) && (await world.crashDatabase())) disturbed.push("database crash");
  return disturbed;
}

/** The world heals: what was stuck comes, what was empty is filled up, nothing new goes wrong. */
export async function heal(world: World): Promise<void> {
  const { all, access, airalo } = world.suppliers;
  for (const { ledger, http } of all) {
    http.clearFaults();
    Object.assign(ledger.settings, { isStuck: false, iccidStyle: "standard", readyAfterPolls: 0 });
    for (const entry of ledger.packages) entry.stock = 1_000_000;
    ledger.balance = 10_000_000_000;
    for (const esim of ledger.esims) {
      esim.readyAtMillis ??= 0;
      esim.pollsLeft = 0;
    }
  }
  for (const fake of [access, airalo]) fake.settings.webhookMode = "after";
  await nudge(world, ["read_supplier_balances", "watch_supplier_prices", "reconcile_payments"]);
}

/** What the clock would start within minutes starts now. */
export async function nudge(world: World, tasks: readonly string[]): Promise<void> {
  for (const task of tasks) await world.query("select enqueue_job($1, '{}', 'nudge:' || $1)", [task]);
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

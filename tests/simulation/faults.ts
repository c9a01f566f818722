import { AIRALO_DEFAULTS, AIRALO_SHAPES } from "@tribi/fakes/airalo/fake-shapes";
import { ESIM_ACCESS_DEFAULTS, ESIM_ACCESS_SHAPES } from "@tribi/fakes/esim-access/fake-shapes";
import { ESIM_GO_DEFAULTS, ESIM_GO_SHAPES } from "@tribi/fakes/esim-go/fake-shapes";
import type { FaultName, OperationName } from "@tribi/fakes/stripe/fake-faults";
import type { Fault } from "@tribi/fakes/supplier/fake-http";
import { healAdyen, plantAdyenFaults } from "./adyen-payer.js";
import type { FakeSupplier } from "./fake-suppliers.js";
import { endWhatIsOpen } from "./payer.js";
import type { Random } from "./random.js";
import { aimWebhooks, type World } from "./world.js";

/** A place between every two steps of a purchase at which a process may die, fail or sleep (requirements §12). */
export const KILL_POINTS = [
  "s5.after_commit_before_reply",
  "s6.after_row",
  "s6.after_psp_before_store",
  "s6.after_store_before_reply",
  "s7.after_verify",
  "s8.before_commit",
  "s7.after_insert_before_2xx",
  "s9.before_attempt",
  "s9.after_attempt_row",
  "s9.after_call_before_store",
  "s9.after_store_before_outbox",
  "s9.before_fail",
  "s9.before_park",
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
/** Longer than it takes another worker to be certain, after the lease, that nothing was sold. */
const FROZEN_MILLIS = 12_000;

/** A call to Stripe is waited for longer than a round lasts, so none of them is silence. */
const STRIPE_FAULTS: readonly FaultName[] = [
  "drop_before",
  "error_500_before",
  "rate_limit",
  "drop_after_success",
  "error_500_after_success",
  "half_answer",
  "delay",
];
const STRIPE_OPERATIONS: readonly (OperationName | "*")[] = [
  "create_intent",
  "retrieve_intent",
  "cancel_intent",
  "list_intents",
  "search_intents",
  "create_refund",
  "list_refunds",
  "list_disputes",
  "*",
];

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
  one("numbers its eSIMs otherwise", ({ ledger }) => {
    ledger.settings.iccidStyle = random.pick(["twenty", "eighteen", "padded", "bad_luhn", "shapeless"]);
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
  planted.push(
    ...changeShapes(world, random),
    ...delayOrders(world, random),
    ...plantStripeFaults(world, random),
    ...plantAdyenFaults(world, random),
  );
  access.ledger.settings.readyAfterPolls = random.integer(3);
  go.ledger.settings.readyAfterPolls = random.chance(0.3) ? random.integer(3) : 0;
  access.settings.webhookMode = random.pick(["after", "before_answer", "never", "twice"]);
  airalo.settings.webhookMode = random.pick(["after", "before_answer", "never", "twice", "forged_only"]);
  aimWebhooks(world, random.pick(world.fleet.urls));
  if (random.chance(0.1)) {
    world.mailBox.refuseForNow(true);
    planted.push("no mail is taken");
  }
  planted.push(`webhooks ${access.settings.webhookMode}/${airalo.settings.webhookMode}`);
  if (random.chance(0.1)) {
    airalo.revokeTokens();
    planted.push("airalo forgets its tokens");
  }
  return planted;
}

/** Each supplier shows one of the other shapes that its pages and its users show, or those of its samples. */
function changeShapes({ suppliers: { airalo, access, go } }: World, random: Random): string[] {
  const changed = [
    { ...random.pick(AIRALO_SHAPES) },
    { ...random.pick(ESIM_ACCESS_SHAPES) },
    { ...random.pick(ESIM_GO_SHAPES) },
  ].map((shape) => (random.chance(0.7) ? shape : {}));
  Object.assign(airalo.settings, AIRALO_DEFAULTS, changed[0]);
  Object.assign(access.settings, ESIM_ACCESS_DEFAULTS, changed[1]);
  Object.assign(go.settings, ESIM_GO_DEFAULTS, changed[2]);
  return changed.flatMap((shape) =>
    Object.entries(shape).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  );
}

/** Later than the settling time of any request, and sooner than Airalo's webhook gives up. */
const LISTED_AFTER_MILLIS = 5_000;

/** What was ordered is listed and delivered late, or comes to nothing with a signed word about it. */
function delayOrders({ suppliers: { airalo, go } }: World, random: Random): string[] {
  const isLate = random.chance(0.3);
  const goIsLate = random.chance(0.3);
  go.settings.listedAfterMillis = goIsLate ? LISTED_AFTER_MILLIS : 0;
  airalo.settings.asyncDelayMillis = isLate ? LISTED_AFTER_MILLIS : 0;
  airalo.ledger.settings.readyAfterMillis = isLate ? LISTED_AFTER_MILLIS : 0;
  const hasFailed = random.chance(0.25);
  airalo.settings.asyncFailure = hasFailed ? { code: 33, reason: "Insufficient stock of eSIMs" } : null;
  return [
    ...(isLate ? ["airalo lists late"] : []),
    ...(goIsLate ? ["esim-go lists late"] : []),
    ...(hasFailed ? ["airalo fails later"] : []),
  ];
}

function plantStripeFaults({ stripe: { control } }: World, random: Random): string[] {
  const planted: string[] = [];
  for (let script = random.integer(4); script > 0; script -= 1) {
    const operation = random.pick(STRIPE_OPERATIONS);
    const fault = random.pick(STRIPE_FAULTS);
    control.fault({ operation, fault, times: 1 + random.integer(3), delayMillis: 1_500 });
    planted.push(`stripe ${fault} of ${operation}`);
  }
  const mode = {
    off: random.chance(0.1),
    copies: 1 + random.integer(2),
    delayMillis: random.chance(0.3) ? random.integer(1_500) : 0,
    beforeResponse: random.chance(0.15),
  };
  control.webhooks(mode);
  control.searchLag(random.chance(0.3) ? 60 : 0);
  if (mode.off) planted.push("stripe sends nothing");
  return planted;
}

/** Points at which processes die, fail, fall asleep or are frozen in this round. */
export function armProcesses(world: World, random: Random): string[] {
  const planted: string[] = [];
  if (!random.chance(0.5)) return planted;
  const points = 1 + random.integer(2);
  const first = random.integer(world.fleet.urls.length);
  for (let number = 0; number < points; number += 1) {
    const point = random.pick(KILL_POINTS);
    const action = random.pick(["kill", "kill", "kill", "throw", "stop", "stop", `sleep:${SLEEP_MILLIS}`]);
    world.fleet.arm((first + number) % world.fleet.urls.length, `${point}=${action}`, FROZEN_MILLIS);
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
  const { all, access, airalo, go } = world.suppliers;
  const { control } = world.stripe;
  control.clearFaults();
  control.webhooks({ off: false, copies: 1, delayMillis: 0, beforeResponse: false });
  control.searchLag(0);
  endWhatIsOpen(world);
  healAdyen(world);
  world.mailBox.refuseForNow(false);
  go.settings.listedAfterMillis = 0;
  Object.assign(airalo.settings, { asyncFailure: null, asyncDelayMillis: 0 });
  for (const { ledger, http } of all) {
    http.clearFaults();
    Object.assign(ledger.settings, {
      isStuck: false,
      iccidStyle: "standard",
      readyAfterPolls: 0,
      readyAfterMillis: 0,
    });
    for (const entry of ledger.packages) entry.stock = 1_000_000;
    ledger.balance = 10_000_000_000;
    for (const esim of ledger.esims) {
      esim.readyAtMillis ??= 0;
      esim.pollsLeft = 0;
    }
  }
  for (const fake of [access, airalo]) fake.settings.webhookMode = "after";
  await nudge(world, ["read_supplier_balances", "watch_supplier_prices"]);
  await reconcile(world);
}

/** As if the last comparison with the provider's books were long ago. */
export async function reconcile(world: World): Promise<void> {
  world.adyen.control.makeReports();
  await world.query("update reconciliation_runs set started_at = started_at - interval '1 hour'");
  await nudge(world, ["reconcile_payments"]);
}

/** What the clock would start within minutes starts now. */
export async function nudge(world: World, tasks: readonly string[]): Promise<void> {
  for (const task of tasks) await world.query("select enqueue_job($1, '{}', 'nudge:' || $1)", [task]);
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

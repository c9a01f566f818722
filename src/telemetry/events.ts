import { Counter, type Registry } from "prom-client";
import { type Clock, systemClock } from "../kernel/clock.js";
import { flatLog, type Logger } from "./log.js";
import { makeSampler } from "./sampler.js";

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Business events: one function each, which writes one log line and adds one to one counter. A label takes few
 * values (a kind, a provider), never an id or an address.
 */
export type Events = ReturnType<typeof makeEvents>;

/** Registers one event: its counter, and how its lines are written. */
function makeEventMaker(log: Logger, registry: Registry, clock: Clock) {
  const sample = makeSampler(clock);
  return <Labels extends string>(
    name: string,
    help: string,
    labelNames: readonly Labels[],
    /** "sampled": strangers decide how many there are, so of a flood some get a line; the counter has all. */
    level: "info" | "debug" | "sampled" = "info",
  ) => {
    const counter = new Counter({
      name: `tribi_${name}_total`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
    });
    return (labels: Readonly<Record<Labels, string>>, fields: Fields = {}): void => {
      counter.inc(labels);
      const lineLevel = level === "sampled" ? "info" : level;
      if (!log.isLevelEnabled(lineLevel)) return;
      const skipped = level === "sampled" ? sample(`${name} ${Object.values(labels).join(" ")}`) : 0;
      if (skipped === undefined) return;
      const line: Fields = { event: name, ...labels, ...fields, ...(skipped > 0 ? { skipped } : {}) };
      log[lineLevel](line, name);
    };
  };
}

export function makeEvents(parentLog: Logger, registry: Registry, clock: Clock = systemClock) {
  const event = makeEventMaker(flatLog(parentLog), registry, clock);
  return {
    codeRequested: event("login_code_requested", "Login codes that were made", []),
    codeRefused: event("login_code_refused", "Requests for a login code that a limit refused", ["limit"]),
    loginSucceeded: event("login_succeeded", "Sessions that a code opened", ["kind"]),
    loginFailed: event("login_failed", "Tries with a code that did not open a session", ["reason"]),
    sessionRevoked: event("session_revoked", "Sessions that were ended", ["reason"]),
    refreshReused: event("refresh_reused", "Rotated refresh tokens shown after the grace", []),
    secondFactor: event("second_factor", "Second factors of operators by what came of them", ["outcome"]),
    requestRefused: event(
      "request_refused",
      "Requests refused for who sent them, or from where (401, 403)",
      ["kind"],
      "sampled",
    ),
    forwardingDoubted: event(
      "forwarding_doubted",
      "Requests whose client may be another one than the address that counts",
      ["reason"],
      "debug",
    ),
    mailSent: event("mail_sent", "Mails handed to the mail server or inbox", ["template"]),
    mailFailed: event("mail_failed", "Mails that the mail server refused or did not take", [
      "template",
      "outcome",
    ]),
    orderPlaced: event("order_placed", "Orders that were made", ["currency"]),
    // Nothing happened, and a storm of retries would fill the log with it; the counter shows the storm.
    orderReplayed: event("order_replayed", "Orders that an Idempotency-Key gave again", [], "debug"),
    orderRefused: event("order_refused", "Orders that were refused", ["reason"]),
    orderExpired: event("order_expired", "Unpaid orders that ended", []),
    paymentCreated: event("payment_created", "Payment intents that were made", ["provider"]),
    paymentRefused: event("payment_refused", "Payments that were not begun, by which cap", ["reason"]),
    paymentSettled: event("payment_settled", "Payments that reached an end", ["provider", "status"]),
    webhookReceived: event("webhook_received", "Webhooks by what came of them", ["provider", "outcome"]),
    webhookRejected: event("webhook_rejected", "Webhooks without a valid signature or shape", [
      "provider",
      "reason",
    ]),
    moneyParked: event("money_parked", "Payments and events that wait for an operator", ["reason"]),
    refundMade: event("refund_made", "Refunds by how they ended", ["provider", "status"]),
    reconcileFinding: event("reconcile_finding", "Differences that reconciliation found", [
      "class",
      "action",
    ]),
    provisioningAttempt: event("provisioning_attempt", "Supplier orders by outcome", ["supplier", "outcome"]),
    catalogueUnread: event("catalogue_unread", "Suppliers' catalogues that were not read whole", [
      "supplier",
      "problem",
    ]),
    ratesNotTaken: event("rates_not_taken", "Exchange rates of RATES_URL that were not taken", ["why"]),
    esimReady: event("esim_ready", "eSIMs that became installable", ["supplier"]),
    esimFailed: event("esim_failed", "eSIMs that no supplier could deliver", ["reason"]),
    esimEnded: event("esim_ended", "eSIMs that their supplier ended, by its word", ["supplier", "why"]),
    esimParked: event("esim_parked", "eSIMs that wait for an operator's decision", ["reason"]),
    topUpDone: event("top_up_done", "Top-ups that suppliers have added", ["supplier"]),
    topUpFailed: event("top_up_failed", "Top-ups that the supplier refused for good", ["reason"]),
    topUpParked: event("top_up_parked", "Top-ups that wait for an operator's decision", ["reason"]),
    webhookSent: event("webhook_sent", "Webhooks that were sent, by what came of them", ["outcome"], "debug"),
    webhookEndpointPaused: event("webhook_endpoint_paused", "Receivers that were given up on", ["reason"]),
    jobFailed: event("job_failed", "Runs of jobs that failed", ["task", "final"]),
  };
}

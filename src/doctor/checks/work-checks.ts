import { bounded, type Check, check, fail, ok, skipped, type Verdict, warn } from "../check.js";

const MINUTE = 60;
const NONE_SELLS = "Start a worker: tribi worker (or tribi serve, which has one).";

/** Nothing to warn of is 0; each one is worth a look. */
const none = (count: number, said: { good: string; bad: string; fix: string }) =>
  count === 0 ? ok(said.good) : warn(said.bad, said.fix);

function comparedVerdict(provider: string, interval: number, seconds: number | null): Verdict {
  const fix = "tribi reconcile says what the provider answers.";
  if (seconds === null) return warn(`Our books and those of ${provider} were never compared.`, fix);
  return bounded(
    seconds,
    { warnAt: 3 * interval, failAt: 24 * 60 * MINUTE + 3 * interval },
    {
      good: "",
      bad: `Our books were last compared with those of ${provider} ${Math.round(seconds / MINUTE)} minutes ago: a lost webhook stays lost.`,
      fix,
    },
  );
}

export const WORK_CHECKS: readonly Check[] = [
  check("workers", "work", ({ secondsSinceSchedule: seconds }) =>
    seconds === null || seconds > 3 * MINUTE
      ? fail(
          seconds === null
            ? "No worker has ever run: paid orders get no eSIM."
            : `No worker has run for ${Math.round(seconds / MINUTE)} minutes: paid orders get no eSIM, and no mail is sent.`,
          NONE_SELLS,
        )
      : ok("A worker runs."),
  ),
  check("jobs_waiting", "work", ({ oldestDueSeconds }) =>
    bounded(
      oldestDueSeconds,
      { warnAt: MINUTE, failAt: 5 * MINUTE },
      {
        good: "No job waits.",
        bad: `A job has been due for ${Math.round(oldestDueSeconds)} s: login codes and eSIMs are late.`,
        fix: "Run more workers; if none runs: tribi worker",
      },
    ),
  ),
  check("jobs_failed", "work", ({ failedJobs }) =>
    none(failedJobs, {
      good: "No job has used up its tries.",
      bad: `${failedJobs} jobs have used up their tries.`,
      fix: "GET /admin/jobs?status=failed shows them; POST /admin/jobs/:id/retry runs one again.",
    }),
  ),
  check("deliveries", "work", ({ overdueDeliveries }) =>
    overdueDeliveries === 0
      ? ok("Everything that was paid is delivered, refunded or parked.")
      : fail(
          `${overdueDeliveries} customers have paid more than 15 minutes ago and have nothing.`,
          "GET /admin/esims?status=pending shows them; docs/runbook.md, TribiDeliveryOverdue.",
        ),
  ),
  check("parked_goods", "work", ({ parkedGoods }) =>
    none(parkedGoods, {
      good: "No purchase waits for an operator.",
      bad: `${parkedGoods} purchases wait for an operator's decision.`,
      fix: "GET /admin/esims shows them by parked_reason; POST /admin/esims/:id/decision decides.",
    }),
  ),
  check("unseen_esims", "work", ({ unseenEsims }) =>
    none(unseenEsims, {
      good: "Every eSIM has reached its owner.",
      bad: `${unseenEsims} eSIMs are ready and were neither mailed nor shown.`,
      fix: "See that mail goes out (check mail_server), then POST /admin/esims/:id/resend-mail",
    }),
  ),
  check("mail_backlog", "work", ({ waitingMails, refusedMails }) => {
    if (waitingMails > 0)
      return fail(
        `${waitingMails} mails have waited for more than 5 minutes: nobody can sign in or sees an eSIM.`,
        "See the checks workers and mail_server.",
      );
    return none(refusedMails, {
      good: "No mail waits.",
      bad: `The mail server has refused ${refusedMails} mails since yesterday.`,
      fix: "GET /admin/mails?status=refused shows them; correct the address, or the sender's records.",
    });
  }),
  check("parked_money", "work", ({ parkedMoney, openFindings }) =>
    none(parkedMoney + openFindings, {
      good: "No money waits for an operator.",
      bad: `${parkedMoney} events or refunds are parked, and ${openFindings} findings of reconciliation are open.`,
      fix: "GET /admin/webhook-events?outcome=parked, /admin/refunds?status=parked, /admin/reconciliation?is_open=true",
    }),
  ),
  check("reconciliation", "work", ({ secondsSinceReconciliation }, { settings }) => {
    if (!settings.isKnown) return skipped(settings.why);
    const verdicts = Object.entries(settings.value.comparedEveryMinutes).map(([provider, minutes]) =>
      comparedVerdict(provider, minutes * MINUTE, secondsSinceReconciliation[provider] ?? null),
    );
    const isBad = (status: Verdict["status"]) => (one: Verdict) => one.status === status;
    return (
      verdicts.find(isBad("fail")) ??
      verdicts.find(isBad("warn")) ??
      ok("Our books and the payment providers' are compared.")
    );
  }),
  check("payment_providers", "work", ({ openPaymentProviders }, { settings }) => {
    if (!settings.isKnown) return skipped(settings.why);
    const absent = openPaymentProviders.filter(
      (name) => !Object.hasOwn(settings.value.comparedEveryMinutes, name),
    );
    return absent.length === 0
      ? ok("Every payment, refund and dispute that is open has its provider.")
      : fail(
          `${absent.join(", ")} is not configured and has payments, refunds or disputes that are open: unpaid orders do not end, and no money goes back.`,
          "Set its keys again; PAYMENT_PROVIDER and PAYMENT_OFFERS decide who takes new payments.",
        );
  }),
  check("audit_chain", "work", ({ unchainedRows }) =>
    none(unchainedRows, {
      good: "The audit log is chained.",
      bad: `${unchainedRows} rows of the audit log are not chained yet: until then a change of them is not found.`,
      fix: "GET /admin/jobs?task=chain_audit_log says why; POST /admin/jobs/:id/retry runs it again.",
    }),
  ),
  check("plans", "work", ({ activePlans, pausedPlans }) => {
    if (activePlans === 0)
      return fail("Nothing is for sale.", "tribi import-catalog FILE.csv, or tribi seed");
    return none(pausedPlans, {
      good: `${activePlans} plans are for sale.`,
      bad: `${pausedPlans} ways to buy a plan are paused: their price or package has changed.`,
      fix: "GET /admin/plans/:id/suppliers says why; PUT the same sets the new package.",
    });
  }),
  check("stock", "work", ({ emptyStockPlans }) =>
    none(emptyStockPlans.length, {
      good: "No plan that is sold from stock is empty.",
      bad: `Sold out: ${emptyStockPlans.slice(0, 10).join(", ")}`,
      fix: "tribi import-stock FILE.csv",
    }),
  ),
];

export const SUPPLIER_CHECKS: readonly Check[] = [
  check("supplier_accounts", "suppliers", (suppliers) => {
    const bad = suppliers.filter(({ problem }) => problem !== null);
    return bad.length === 0
      ? ok("No supplier refuses us.")
      : fail(
          bad.map(({ supplier, problem }) => `${supplier}: ${problem}`).join("; "),
          "Compare the credentials with the supplier's pages, and top the account up there.",
        );
  }),
  check("supplier_balances", "suppliers", (suppliers) => {
    const known = suppliers.filter(({ balanceMinor }) => balanceMinor !== null);
    if (known.length === 0) return skipped("No supplier tells its balance.");
    const enoughFor =
      (times: number) =>
      ({ balanceMinor, dearestMinor }: (typeof known)[number]) =>
        dearestMinor === null || (balanceMinor ?? 0) >= times * dearestMinor;
    const names = (found: typeof known) =>
      found.map((one) => `${one.supplier} ${one.balanceText}`).join("; ");
    const fix = "Top the account up on the supplier's pages.";
    const empty = known.filter((one) => !enoughFor(1)(one));
    if (empty.length > 0) return fail(`Not enough for the next sale: ${names(empty)}.`, fix);
    const low = known.filter((one) => !enoughFor(20)(one));
    if (low.length > 0) return warn(`Enough for less than 20 sales: ${names(low)}.`, fix);
    return ok(`Balances: ${names(known)}.`);
  }),
  check("supplier_catalogues", "suppliers", (suppliers) => {
    const bad = suppliers.filter(({ catalogueProblem }) => catalogueProblem !== null);
    return bad.length === 0
      ? ok("Suppliers' prices are known.")
      : warn(
          `Prices are not read any more: ${bad.map((one) => `${one.supplier}: ${one.catalogueProblem}`).join("; ")}`,
          "GET /admin/suppliers says since when; the supplier's status page may say why.",
        );
  }),
];

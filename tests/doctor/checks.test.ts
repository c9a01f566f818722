import { describe, expect, it } from "vitest";
import { CHECKS, examine } from "../../src/doctor/examine.js";
import { type Facts, known, unknown } from "../../src/doctor/facts.js";

type Changed = { readonly [Name in keyof Facts]?: object };

/** A shop that is well: every check that can say something about it says ok. */
const WELL = {
  settings: {
    problems: [],
    warnings: [],
    isProduction: true,
    publicUrl: "https://shop.example.com",
    isCookieEnabled: true,
    isCookieSecure: true,
    cookieWarnings: [],
    operators: 1,
    hasMetricsToken: true,
    needsSecondFactor: true,
    hasSupportAddress: true,
    paymentProvider: "STRIPE",
    stripeMode: "live",
    comparedEveryMinutes: { STRIPE: 5, ADYEN: 60 },
    connectionsPerProcess: 28,
  },
  database: {
    versionNumber: 160_004,
    encoding: "UTF8",
    isStandby: false,
    isReadOnly: false,
    fsync: true,
    fullPageWrites: true,
    synchronousCommit: "on",
    connectionsMax: 100,
    connectionsUsed: 30,
    synchronousStandbysWanted: "standby",
    synchronousStandbys: 1,
    standbys: 1,
    replicationLagSeconds: 0,
    hasAutovacuum: true,
    transactionAge: 5_000_000,
    neglectedTables: [],
    oldestTransactionSeconds: 1,
    clockOffsetSeconds: 0,
    archiving: { lastSeconds: 60, isFailing: false },
  },
  migrations: { pending: [], newer: [], older: [], changed: [] },
  secrets: { foreign: [] },
  disk: { freeBytes: 1e11, freeShare: 0.5 },
  work: {
    secondsSinceSchedule: 20,
    oldestDueSeconds: 0,
    failedJobs: 0,
    overdueDeliveries: 0,
    parkedGoods: 0,
    unseenEsims: 0,
    waitingMails: 0,
    refusedMails: 0,
    parkedMoney: 0,
    openFindings: 0,
    secondsSinceReconciliation: { STRIPE: 200, ADYEN: 3_500, MOCK: 90_000_000 },
    openPaymentProviders: ["ADYEN", "STRIPE"],
    unchainedRows: 0,
    pausedPlans: 0,
    emptyStockPlans: [],
    activePlans: 12,
  },
  suppliers: [
    {
      supplier: "airalo",
      problem: null,
      catalogueProblem: null,
      balanceMinor: 100_000,
      balanceText: "1000.00 USD",
      dearestMinor: 450,
      secondsSinceBalance: 60,
    },
  ],
  store: { status: 200, isReady: true, clockOffsetSeconds: 0, forwardingDoubts: [] },
  certificate: { problem: null, daysLeft: 60 },
  mailServer: { problem: null, usesTls: true, isOnThisMachine: false },
  sender: { domain: "shop.example.com", hasSpf: true, hasDmarc: true },
  adyen: { problem: null, isLive: true, hasReports: true },
  signedItem: { code: "malformed_json", status: 400 },
  stripe: {
    problem: null,
    endpoints: [
      {
        url: "https://shop.example.com/payments/webhook/stripe",
        isEnabled: true,
        events: ["payment_intent.succeeded"],
      },
    ],
    eventsNeeded: ["payment_intent.succeeded"],
    clockOffsetSeconds: 0,
  },
  signedEvent: { code: "malformed_json", status: 400 },
};

const factsWith = (changed: Changed): Facts =>
  Object.fromEntries(
    Object.entries(WELL).map(([name, value]) => {
      const change = changed[name as keyof Facts];
      return [name, known(Array.isArray(value) ? (change ?? value) : { ...value, ...change })];
    }),
  ) as unknown as Facts;

const supplier = (change: object) => ({ suppliers: [{ ...WELL.suppliers[0], ...change }] });

/** What is planted, the check that has to find it, and how bad it is. */
const PLANTED: readonly (readonly [id: string, status: "warn" | "fail", planted: Changed, says: RegExp])[] = [
  ["settings", "fail", { settings: { problems: ["PORT must be a number"] } }, /PORT/],
  ["settings_warnings", "warn", { settings: { warnings: ["LOG_LEVEL is silent."] } }, /LOG_LEVEL/],
  [
    "public_url",
    "fail",
    {
      settings: { publicUrl: "http://localhost:8000" },
      stripe: {
        endpoints: [{ ...WELL.stripe.endpoints[0], url: "http://localhost:8000/payments/webhook/stripe" }],
      },
    },
    /localhost/,
  ],
  ["cookies", "fail", { settings: { isCookieSecure: false } }, /Secure/],
  ["cookies", "warn", { settings: { cookieWarnings: ["is on another site"] } }, /another site/],
  ["operators", "warn", { settings: { operators: 0 } }, /admin/],
  ["operators", "warn", { settings: { hasMetricsToken: false } }, /metrics/],
  ["operators", "warn", { settings: { needsSecondFactor: false } }, /second factor/],
  ["support_address", "warn", { settings: { hasSupportAddress: false } }, /address/],
  ["secrets", "fail", { secrets: { foreign: ["OTP_PEPPER"] } }, /OTP_PEPPER/],
  ["database_version", "fail", { database: { versionNumber: 140_010 } }, /14/],
  ["database_version", "fail", { database: { encoding: "LATIN1" } }, /LATIN1/],
  ["database_durability", "fail", { database: { fsync: false } }, /fsync/],
  ["database_durability", "fail", { database: { fullPageWrites: false } }, /full_page_writes/],
  ["database_durability", "fail", { database: { synchronousCommit: "off" } }, /synchronous_commit/],
  ["database_writes", "fail", { database: { isStandby: true } }, /standby/],
  ["database_writes", "fail", { database: { isReadOnly: true } }, /no writes/],
  ["database_connections", "fail", { database: { connectionsUsed: 97 } }, /97 of 100/],
  ["database_connections", "warn", { database: { connectionsUsed: 85 } }, /85 of 100/],
  ["database_connections", "fail", { settings: { connectionsPerProcess: 200 } }, /200/],
  ["database_replication", "fail", { database: { synchronousStandbys: 0 } }, /every sale waits/],
  ["database_replication", "warn", { database: { replicationLagSeconds: 60 } }, /60 s/],
  ["database_vacuum", "fail", { database: { hasAutovacuum: false } }, /autovacuum/],
  ["database_vacuum", "fail", { database: { transactionAge: 2_000_000_000 } }, /transactions old/],
  ["database_vacuum", "warn", { database: { neglectedTables: ["orders"] } }, /orders/],
  ["database_transactions", "warn", { database: { oldestTransactionSeconds: 700 } }, /12 minutes/],
  ["database_transactions", "fail", { database: { oldestTransactionSeconds: 4_000 } }, /67 minutes/],
  ["disk", "fail", { disk: { freeBytes: 5e8 } }, /0.5 GB/],
  ["disk", "warn", { disk: { freeShare: 0.05 } }, /5 %/],
  ["migrations", "fail", { migrations: { pending: ["0017_shop_events"] } }, /0017/],
  ["migrations", "fail", { migrations: { older: ["0062_imported_orders"] } }, /before 0\.2\.0.*0062/],
  ["migrations", "fail", { migrations: { changed: ["0007_orders"] } }, /0007_orders/],
  ["migrations", "warn", { migrations: { newer: ["9999_later"] } }, /9999/],
  ["clock_of_database", "warn", { database: { clockOffsetSeconds: -5 } }, /5.0 s/],
  ["clock_of_database", "fail", { database: { clockOffsetSeconds: 90 } }, /90.0 s/],
  ["backups", "fail", { database: { archiving: { lastSeconds: 60, isFailing: true } } }, /fails/],
  ["backups", "warn", { database: { archiving: { lastSeconds: 100_000, isFailing: false } } }, /a day/],
  ["workers", "fail", { work: { secondsSinceSchedule: 600 } }, /10 minutes/],
  ["workers", "fail", { work: { secondsSinceSchedule: null } }, /ever/],
  ["jobs_waiting", "warn", { work: { oldestDueSeconds: 90 } }, /90 s/],
  ["jobs_waiting", "fail", { work: { oldestDueSeconds: 400 } }, /400 s/],
  ["jobs_failed", "warn", { work: { failedJobs: 2 } }, /2 jobs/],
  ["deliveries", "fail", { work: { overdueDeliveries: 3 } }, /3 customers/],
  ["parked_goods", "warn", { work: { parkedGoods: 1 } }, /1 purchases/],
  ["unseen_esims", "warn", { work: { unseenEsims: 1 } }, /1 eSIMs/],
  ["mail_backlog", "fail", { work: { waitingMails: 4 } }, /4 mails/],
  ["mail_backlog", "warn", { work: { refusedMails: 4 } }, /refused 4/],
  ["parked_money", "warn", { work: { parkedMoney: 1 } }, /1 events or refunds/],
  ["parked_money", "warn", { work: { openFindings: 2 } }, /2 findings/],
  [
    "reconciliation",
    "warn",
    { work: { secondsSinceReconciliation: { STRIPE: 1_200, ADYEN: 60 } } },
    /STRIPE 20 minutes/,
  ],
  ["reconciliation", "warn", { work: { secondsSinceReconciliation: { STRIPE: 60 } } }, /ADYEN were never/],
  ["payment_providers", "fail", { work: { openPaymentProviders: ["ADYEN", "OTHER"] } }, /^OTHER is not/],
  ["audit_chain", "warn", { work: { unchainedRows: 5 } }, /5 rows/],
  ["plans", "fail", { work: { activePlans: 0 } }, /Nothing is for sale/],
  ["plans", "warn", { work: { pausedPlans: 1 } }, /paused/],
  ["stock", "warn", { work: { emptyStockPlans: ["ES-1"] } }, /ES-1/],
  ["supplier_accounts", "fail", supplier({ problem: "auth" }), /airalo: auth/],
  ["supplier_balances", "fail", supplier({ balanceMinor: 400 }), /next sale/],
  ["supplier_balances", "warn", supplier({ balanceMinor: 4_500 }), /20 sales/],
  ["supplier_catalogues", "warn", supplier({ catalogueProblem: "empty" }), /empty/],
  ["store", "fail", { store: { status: 502, isReady: false } }, /502/],
  ["clock", "warn", { store: { clockOffsetSeconds: 10 } }, /10 s/],
  ["clock", "fail", { stripe: { clockOffsetSeconds: -120 } }, /120 s/],
  ["certificate", "fail", { certificate: { problem: "CERT_HAS_EXPIRED" } }, /CERT_HAS_EXPIRED/],
  ["certificate", "fail", { certificate: { daysLeft: 1.5 } }, /1 days/],
  ["certificate", "warn", { certificate: { daysLeft: 10 } }, /10 days/],
  [
    "forwarded_addresses",
    "warn",
    { store: { forwardingDoubts: ["No X-Forwarded-For comes."] } },
    /X-Forwarded-For/,
  ],
  ["mail_server", "fail", { mailServer: { problem: "EAUTH 535" } }, /EAUTH 535/],
  ["mail_server", "fail", { mailServer: { usesTls: false } }, /in clear/],
  ["mail_sender", "warn", { sender: { hasSpf: false } }, /no SPF/],
  ["mail_sender", "warn", { sender: { hasDmarc: false } }, /no DMARC/],
  ["stripe_key", "fail", { stripe: { problem: "authentication" } }, /nobody can pay/],
  ["stripe_key", "warn", { settings: { stripeMode: "test" } }, /test key/],
  ["adyen_key", "fail", { adyen: { problem: "key" } }, /nobody can pay/],
  ["adyen_key", "fail", { adyen: { problem: "account" } }, /merchant account/],
  ["adyen_key", "warn", { adyen: { isLive: false } }, /test environment/],
  ["adyen_reports", "warn", { adyen: { hasReports: false } }, /not read/],
  ["adyen_signature", "fail", { signedItem: { code: "invalid_webhook_signature", status: 400 } }, /refused/],
  ["adyen_signature", "fail", { signedItem: { code: null, status: 404 } }, /404/],
  ["stripe_endpoint", "fail", { stripe: { endpoints: [] } }, /No webhook endpoint/],
  [
    "stripe_endpoint",
    "fail",
    { stripe: { endpoints: [{ ...WELL.stripe.endpoints[0], isEnabled: false }] } },
    /disabled/,
  ],
  [
    "stripe_events",
    "fail",
    { stripe: { eventsNeeded: ["payment_intent.succeeded", "charge.dispute.created"] } },
    /charge.dispute.created/,
  ],
  [
    "stripe_signature",
    "fail",
    { signedEvent: { code: "invalid_webhook_signature" } },
    /every webhook is refused/,
  ],
  ["stripe_signature", "fail", { signedEvent: { code: null, status: 404 } }, /404/],
];

describe("tribi doctor", () => {
  it("has at least thirty checks, each with an id of its own", () => {
    expect(CHECKS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
  });

  it("finds nothing where all is well", () => {
    expect(examine(factsWith({})).filter(({ status }) => status !== "ok")).toEqual([]);
  });

  it.each(PLANTED)("%s: %s when it is planted", (id, status, planted, says) => {
    const found = examine(factsWith(planted)).filter((one) => one.status === "warn" || one.status === "fail");
    expect(found.map((one) => [one.id, one.status])).toEqual([[id, status]]);
    expect(found[0]?.message).toMatch(says);
    expect(found[0]?.fix?.length).toBeGreaterThan(5);
  });

  it("has a planted fault for every check; the database's own is that it does not answer", () => {
    const planted = new Set<string>(PLANTED.map(([id]) => id));
    expect(CHECKS.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual(["database"]);
    const gone = { ...factsWith({}), database: unknown("connection refused") };
    const found = examine(gone);
    expect(found.find(({ id }) => id === "database")).toMatchObject({ status: "fail" });
    expect(found.find(({ id }) => id === "database_vacuum")).toMatchObject({ status: "skipped" });
  });
});

import { done, refused } from "../../../kernel/outcome.js";
import type { PaymentProvider } from "../port.js";
import { type AdyenClient, type AdyenClientOptions, makeAdyenClient } from "./adyen-client.js";
import { readNotification } from "./adyen-notification.js";
import { createRefund } from "./adyen-refunds.js";
import { type Books, type ReportSettings, readReports } from "./adyen-reports.js";
import { createSession } from "./adyen-sessions.js";

export interface AdyenOptions extends Omit<AdyenClientOptions, "timeoutMillis"> {
  /** For Drop-in in the browser; begins with `test_` or `live_`. */
  readonly clientKey: string | null;
  /** Two during a rotation; every one of them is valid. */
  readonly hmacKeys: readonly string[];
  readonly reportKey: string | null;
  readonly reportBase: string | null;
  /** The payer pays on Adyen's page instead of in Drop-in on ours. */
  readonly isHosted?: boolean;
  readonly timeoutMillis?: number;
  readonly onUnreadable?: ReportSettings["onUnreadable"];
}

const TIMEOUT_MILLIS = 10_000;
const REPORT_DAYS = 4;

const NO_LOOK_UP = "Adyen has no call that reads a payment";

/**
 * Adyen through its official library: payment sessions, refunds that are decided later, notifications, and reports in
 * place of a look at its books.
 */
export function makeAdyenProvider(options: AdyenOptions): PaymentProvider {
  const { timeoutMillis = TIMEOUT_MILLIS, liveUrlPrefix } = options;
  const livemode = liveUrlPrefix !== null;
  const reports: ReportSettings = {
    merchantAccount: options.merchantAccount,
    reportKey: options.reportKey,
    reportBase: options.reportBase ?? (livemode ? "https://ca-live.adyen.com" : "https://ca-test.adyen.com"),
    livemode,
    timeoutMillis,
    onUnreadable: options.onUnreadable ?? (() => {}),
  };
  return makeAdyenProviderOver(options, {
    client: makeAdyenClient({ ...options, timeoutMillis }),
    booksSince: rememberFor(BOOKS_MILLIS, (since) => readReports(reports, since)),
  });
}

/** The same over any way to call Adyen and to read its reports. */
export function makeAdyenProviderOver(
  options: Pick<AdyenOptions, "hmacKeys" | "merchantAccount" | "liveUrlPrefix" | "isHosted" | "clientKey">,
  { client, booksSince }: { client: AdyenClient; booksSince: (since: Date) => Promise<Books> },
): PaymentProvider {
  if (options.hmacKeys.length === 0 || options.hmacKeys.some((key) => key.trim() === ""))
    throw new Error("ADYEN_HMAC_KEY must hold at least one key, and none may be empty.");
  const { isHosted = false, merchantAccount, liveUrlPrefix } = options;
  const livemode = liveUrlPrefix !== null;
  return {
    name: "ADYEN",
    books: "daily_report",
    livemode,
    account: merchantAccount,
    publishableKey: isHosted ? null : options.clientKey,
    createIntent: (command) => createSession(client, { merchantAccount, isHosted, livemode }, command),
    refund: (command) => createRefund(client, merchantAccount, command),
    fetchIntent: async () => refused("unavailable", NO_LOOK_UP),
    findRefund: async () => refused("unavailable", NO_LOOK_UP),
    // A session whose answer was lost can be paid by nobody: its data and its address were in that answer.
    findIntentFor: async () => refused("not_found", "nobody can pay a session whose answer was lost"),
    cancelIntent: async () => refused("not_allowed", "a session ends by itself, at the time of its order"),

    async readPayment(intentId) {
      const { intents, refunds, disputes } = await booksSince(daysAgo(REPORT_DAYS));
      const intent = intents.find((one) => one.intentId === intentId);
      if (intent === undefined) return refused("not_found", "no report has it");
      const isOfIt = (one: { readonly intentId: string | null }): boolean => one.intentId === intentId;
      return done({ intent, refunds: refunds.filter(isOfIt), disputes: disputes.filter(isOfIt) });
    },
    async *listIntents(since) {
      yield* (await booksSince(since)).intents.filter(({ createdAt }) => createdAt >= since);
    },
    async *listRefunds(since) {
      yield* (await booksSince(since)).refunds.filter(({ createdAt }) => createdAt >= since);
    },
    async *listDisputes(since) {
      yield* (await booksSince(since)).disputes.filter(({ createdAt }) => createdAt >= since);
    },
    async *listFees(since) {
      yield* (await booksSince(since)).fees.filter(({ bookedAt }) => bookedAt >= since);
    },
    verifyWebhook: async (rawBody, _headers, receivedAtMillis) =>
      readNotification(rawBody, options, receivedAtMillis),
  };
}

/** One comparison asks for the same days several times. */
const BOOKS_MILLIS = 2_000;

function rememberFor(millis: number, read: (since: Date) => Promise<Books>): (since: Date) => Promise<Books> {
  let known: { readonly day: string; readonly at: number; readonly books: Promise<Books> } | undefined;
  return (since) => {
    const day = since.toISOString().slice(0, 10);
    if (known?.day === day && Date.now() - known.at < millis) return known.books;
    const books = read(since);
    known = { day, at: Date.now(), books };
    return books;
  };
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

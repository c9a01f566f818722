import { FAKE_ADYEN_ACCOUNT, FAKE_ADYEN_KEY } from "@tribi/fakes/adyen/adyen-words";
import { type AdyenWorld, answerTo, type Call } from "@tribi/fakes/adyen/fake-api";
import { type FakeBooks, makeFakeBooks } from "@tribi/fakes/adyen/fake-books";
import { FakeAdyenError } from "@tribi/fakes/adyen/fake-error";
import { makeAdyenFaults } from "@tribi/fakes/adyen/fake-faults";
import {
  authorise,
  decideRefund,
  dispute,
  receiveRefund,
  refuse,
  returnRefund,
} from "@tribi/fakes/adyen/fake-payments";
import { makeReports } from "@tribi/fakes/adyen/fake-reports";
import type { FakeItem, FakePayment, FakeRefund } from "@tribi/fakes/adyen/fake-types";
import { bodyOf } from "@tribi/fakes/adyen/fake-webhooks";
import { AdyenCallFailed, type AdyenClient } from "../../src/providers/payment/adyen/adyen-client.js";
import { makeAdyenProviderOver } from "../../src/providers/payment/adyen/adyen-provider.js";
import { refundReferenceText } from "../../src/providers/payment/adyen/adyen-reference.js";
import { readReports, reportNameOf } from "../../src/providers/payment/adyen/adyen-reports.js";
import type { RefundState } from "../../src/providers/payment/port.js";
import type { Choices } from "./choices.js";
import type { SimBank } from "./sim-banks.js";

export type SimAdyen = ReturnType<typeof makeSimAdyen>;

/** Of the simulated shop's account. */
export const SIM_ADYEN = {
  merchantAccount: FAKE_ADYEN_ACCOUNT,
  apiKey: FAKE_ADYEN_KEY,
  hmacKey: "5A".repeat(32),
  clientKey: "test_simulated",
} as const;

const STATES: Readonly<Record<FakeRefund["status"], RefundState>> = {
  received: "pending",
  succeeded: "succeeded",
  failed: "failed",
  reversed: "failed",
};
/** What stands in the reports. */
const REPORTED = new Set([
  "AUTHORISATION",
  "REFUND",
  "REFUND_FAILED",
  "CHARGEBACK",
  "CHARGEBACK_REVERSED",
  "SECOND_CHARGEBACK",
]);
/** The books are compared for three days back; of payments that are older Adyen's repetitions are relied upon. */
const LOOKED_AFTER_MILLIS = 2.5 * 86_400_000;

export interface Notification {
  readonly body: Buffer;
  readonly of: string;
  readonly isLookedAfter: boolean;
}

/**
 * Adyen's fake without HTTP, beneath the real adapter: tries of a session with an id of their own each, refunds that are
 * decided after the answer, signed notifications, and the reports of days that are over. `later` does something after
 * so many seconds.
 */
export function makeSimAdyen(
  choices: () => Choices,
  world: {
    readonly notify: (notification: Notification) => void;
    readonly later: (seconds: number, name: string, act: () => void) => void;
  },
) {
  let fake = makeWorld();
  let told: FakeItem[] = [];
  let reportsOf = -1;

  function makeWorld(): AdyenWorld {
    const books = makeFakeBooks(FAKE_ADYEN_ACCOUNT);
    let references = 0;
    books.newReference = () => {
      references += 1;
      return `SIM${String(references).padStart(13, "0")}`;
    };
    books.settings.refundsEnd = "hold";
    books.onItem = (item) => told.push(item);
    return { books, faults: makeAdyenFaults(), calls: [], keys: new Map() };
  }

  /** Does what Adyen may refuse in its present state, and tells of it: all in one notification, or one by one. */
  function act(name: string, work: (books: FakeBooks) => void): void {
    try {
      work(fake.books);
    } catch (error) {
      if (!(error instanceof FakeAdyenError)) throw error;
    }
    const items = told;
    told = [];
    const isTogether = choices().of("together", name, fake.books.items.length) < 0.3;
    for (const some of isTogether && items.length > 0 ? [items] : items.map((item) => [item])) {
      const of = `${some[0]?.eventCode} ${some[0]?.pspReference}`;
      const body = bodyOf(some, { hmacKey: SIM_ADYEN.hmacKey }, "right");
      world.notify({ body, of, isLookedAfter: some.every(isReported) });
    }
  }

  /** The shop learns of it without a notification as well. */
  function isReported({ eventCode, success, pspReference, originalReference, merchantReference }: FakeItem) {
    if (!REPORTED.has(eventCode) || success !== "true") return false;
    const id = originalReference ?? pspReference;
    const payment = [...fake.books.payments.values()].find(
      (one) => one.pspReference === id || one.merchantReference === merchantReference,
    );
    return payment !== undefined && fake.books.now() - payment.createdAt < LOOKED_AFTER_MILLIS;
  }

  const paymentOf = (id: string): FakePayment | undefined =>
    [...fake.books.payments.values()].find(
      ({ status, pspReference, sessionId }) =>
        status === "authorised" && [pspReference, sessionId].includes(id),
    );
  const refundsOf = (payment: FakePayment): FakeRefund[] =>
    [...fake.books.refunds.values()].filter(
      ({ paymentPspReference }) => paymentPspReference === payment.pspReference,
    );
  const disputeOf = (payment: FakePayment) =>
    [...fake.books.disputes.values()].find(
      ({ paymentPspReference }) => paymentPspReference === payment.pspReference,
    );
  const isChargedBack = (payment: FakePayment): boolean =>
    ["charged_back", "second_chargeback"].includes(disputeOf(payment)?.status ?? "");
  const leftOf = (payment: FakePayment): number =>
    refundsOf(payment)
      .filter(({ status }) => status === "received" || status === "succeeded")
      .reduce((left, { amount }) => left - amount.value, payment.amount.value);

  function decide(refund: FakeRefund, how: "succeed" | "fail"): void {
    const payment = fake.books.payments.get(refund.paymentPspReference);
    if (refund.status !== "received" || payment === undefined) return;
    act(`decides ${refund.pspReference}`, (books) =>
      decideRefund(books, refund.pspReference, isChargedBack(payment) ? "fail" : how),
    );
  }

  /** Most are decided within minutes; of the others the banks tell days later. */
  function decideLater(refund: FakeRefund): void {
    const chance = choices().of("adyen refund", refund.pspReference);
    if (chance > 0.85) return;
    world.later(Math.ceil(chance * 300), `adyen decides ${refund.pspReference}`, () =>
      decide(refund, chance < 0.78 ? "succeed" : "fail"),
    );
  }

  function call(facts: Pick<Call, "operation" | "id">, body: object, key: string | undefined): object {
    const known = fake.keys.get(key ?? "");
    const whole: Call = { ...facts, body: { ...body }, key: key ?? null, origin: "https://adyen.invalid" };
    const before = fake.books.refunds.size;
    const answer = known ?? answerTo(fake, whole, FAKE_ADYEN_KEY, null);
    const { errorCode = null, message = "" } = answer.body as { errorCode?: string; message?: string };
    if (answer.status >= 300) throw new AdyenCallFailed(answer.status, errorCode, message);
    const refund = [...fake.books.refunds.values()].at(-1);
    if (fake.books.refunds.size > before && refund !== undefined) decideLater(refund);
    // What was answered is JSON: dates are text there, and text in the fake.
    return answer.body as object;
  }

  const client = {
    payments: {
      sessions: async (body: { expiresAt?: Date }, options?: { idempotencyKey?: string }) => {
        const sent = { ...body, expiresAt: body.expiresAt?.toISOString() };
        return call({ operation: "create_session", id: "" }, sent, options?.idempotencyKey);
      },
    },
    modifications: {
      refundCapturedPayment: async (id: string, body: object, options?: { idempotencyKey?: string }) =>
        call({ operation: "create_refund", id }, body, options?.idempotencyKey),
    },
  } as unknown as AdyenClient;

  /** A day's report is there when the day is over. */
  async function readReport(day: Date): Promise<string | null> {
    const { books } = fake;
    const today = new Date(books.now()).setUTCHours(0, 0, 0, 0);
    const entries = books.entries.filter(({ at }) => at < today);
    if (entries.length !== reportsOf) makeReports({ ...books, entries, items: [], onItem: () => undefined });
    reportsOf = entries.length;
    return books.reports.get(reportNameOf(day)) ?? null;
  }
  const settings = {
    merchantAccount: FAKE_ADYEN_ACCOUNT,
    reportKey: FAKE_ADYEN_KEY,
    reportBase: "https://adyen.invalid",
    livemode: false,
    timeoutMillis: 1_000,
    onUnreadable: (object: string, problem: string): never => {
      throw new Error(`${object}: ${problem}`);
    },
  };
  const provider = makeAdyenProviderOver(
    { ...SIM_ADYEN, hmacKeys: [SIM_ADYEN.hmacKey], liveUrlPrefix: null },
    { client, booksSince: (since) => readReports(settings, since, (_, day) => readReport(day)) },
  );

  const bank: SimBank = {
    ids: () =>
      [...fake.books.payments.values()]
        .filter(({ status }) => status === "authorised")
        .map(({ pspReference }) => pspReference),
    act(sessionId, what) {
      // A payer who is still at the bank's page has done nothing that Adyen would tell of.
      if (what === "starts") return;
      act(`${what} ${sessionId}`, (books) => {
        if (what === "is_declined") return void refuse(books, sessionId, "Refused");
        authorise(books, sessionId);
        // Two tabs: the second try takes the money once more, which a session should not allow.
        if (choices().of("pays again", sessionId) < 0.2) authorise(books, sessionId, true);
      });
    },
    refundByHand(id, share) {
      const payment = paymentOf(id);
      if (payment === undefined || isChargedBack(payment)) return;
      const value = Math.floor(leftOf(payment) * share);
      if (value > 0) decide(receiveRefund(fake.books, payment.pspReference, value, ""), "succeed");
    },
    refundAs(id, reference, amountMinor, state) {
      const payment = paymentOf(id);
      if (payment === undefined || isChargedBack(payment) || leftOf(payment) < amountMinor) return;
      const name = refundReferenceText({ shopId: "tribi", refundReference: reference });
      const refund = receiveRefund(fake.books, payment.pspReference, amountMinor, name);
      if (state !== "pending") decide(refund, state === "succeeded" ? "succeed" : "fail");
    },
    settleRefunds(id, to) {
      const payment = paymentOf(id);
      for (const [at, refund] of (payment === undefined ? [] : refundsOf(payment)).entries()) {
        const before = STATES[refund.status];
        const state = to({ state: before }, at);
        if (state === undefined || state === before) continue;
        if (before === "pending") decide(refund, state === "succeeded" ? "succeed" : "fail");
        else if (before === "succeeded")
          act(`returns ${refund.pspReference}`, (books) =>
            returnRefund(books, refund.pspReference, "REFUND_FAILED"),
          );
      }
    },
    dispute(id, state) {
      const payment = paymentOf(id);
      if (payment === undefined) return;
      const known = disputeOf(payment);
      const code = DISPUTE_STEPS[`${known?.status ?? "none"} ${state}`];
      if (code === undefined || (known === undefined && leftOf(payment) < payment.amount.value)) return;
      act(`disputes ${id}`, (books) => dispute(books, payment.pspReference, code, known?.pspReference));
    },
  };

  return {
    provider,
    bank,
    has: (id: string): boolean => fake.books.sessions.has(id) || fake.books.payments.has(id),
    /** What the payers paid, and what of it went back. */
    ledger: () =>
      [...fake.books.payments.values()]
        .filter(({ status }) => status === "authorised")
        .map((payment) => ({
          id: payment.pspReference,
          captured: payment.amount.value,
          refunded: refundsOf(payment)
            .filter(({ status }) => status === "succeeded")
            .reduce((sum, { amount }) => sum + amount.value, 0),
        })),
    forget(): void {
      fake = makeWorld();
      told = [];
      reportsOf = -1;
      const { shapes } = fake.books;
      const isSo = (shape: string): boolean => choices().of("adyen", shape) < 0.3;
      shapes.announcesCaptures = isSo("announces captures");
      shapes.disputesNameNoPayment = isSo("disputes name no payment");
      shapes.bare = isSo("bare");
      shapes.reasonNull = isSo("reason null");
    },
  };
}

/** The notification by which a dispute moves on. */
const DISPUTE_STEPS: Readonly<Record<string, string>> = {
  "none warning": "REQUEST_FOR_INFORMATION",
  "none open": "CHARGEBACK",
  "warned open": "CHARGEBACK",
  "charged_back won": "CHARGEBACK_REVERSED",
  "reversed lost": "SECOND_CHARGEBACK",
};

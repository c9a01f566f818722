import { randomBytes } from "node:crypto";
import { missing } from "./fake-error.js";
import type {
  FakeBalanceTransaction,
  FakeCharge,
  FakeDispute,
  FakeEvent,
  FakeIntent,
  FakeObject,
  FakeRefund,
  FakeSession,
} from "./fake-types.js";
import { FAKE_STRIPE_API_VERSION } from "./stripe-words.js";

/** Which API call an event came from, as Stripe says it in the event. */
export interface RequestOrigin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

export interface Settlement {
  readonly currency: string;
  readonly rate: number;
}

/** Everything that the fake knows, in order of creation. Its tables are what a test compares ours with. */
export interface FakeBooks {
  readonly livemode: boolean;
  readonly intents: Map<string, FakeIntent>;
  readonly sessions: Map<string, FakeSession>;
  readonly charges: Map<string, FakeCharge>;
  readonly refunds: Map<string, FakeRefund>;
  readonly disputes: Map<string, FakeDispute>;
  readonly balance: Map<string, FakeBalanceTransaction>;
  readonly events: Map<string, FakeEvent>;
  /** The currency of the account's bank, and what one unit of any other is worth in it; null: each stays its own. */
  settlement: Settlement | null;
  /** Seconds since the epoch, by the fake's own clock. */
  now(): number;
  setClockOffset(seconds: number): void;
  newId(prefix: string): string;
  setOrigin(origin: RequestOrigin): void;
  /** Records an event with a copy of the object as it is now. */
  emit(type: string, object: FakeObject): void;
  /** Set by the webhook sender. */
  onEvent: (event: FakeEvent) => void;
}

export function makeFakeBooks(livemode: boolean): FakeBooks {
  // Two fakes that serve one database after each other must not give the same ids.
  const run = randomBytes(4).toString("hex");
  let counter = 0;
  let offsetSeconds = 0;
  let origin: RequestOrigin = { requestId: null, idempotencyKey: null };
  const newId = (prefix: string) => {
    counter += 1;
    return `${prefix}_fake${run}${String(counter).padStart(8, "0")}`;
  };
  const books: FakeBooks = {
    livemode,
    intents: new Map(),
    sessions: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    balance: new Map(),
    events: new Map(),
    settlement: null,
    now: () => Math.floor(Date.now() / 1000) + offsetSeconds,
    setClockOffset: (seconds) => {
      offsetSeconds = seconds;
    },
    newId,
    setOrigin: (next) => {
      origin = next;
    },
    emit: (type, object) => {
      const event: FakeEvent = {
        id: newId("evt"),
        object: "event",
        api_version: FAKE_STRIPE_API_VERSION,
        created: books.now(),
        data: { object: structuredClone(object) },
        livemode,
        pending_webhooks: 1,
        request: { id: origin.requestId, idempotency_key: origin.idempotencyKey },
        type,
      };
      books.events.set(event.id, event);
      books.onEvent(event);
    },
    onEvent: () => {},
  };
  return books;
}

export function getIntent(books: FakeBooks, id: string, param = "intent"): FakeIntent {
  const intent = books.intents.get(id);
  if (!intent) throw missing("payment_intent", id, param);
  return intent;
}

export function getRefund(books: FakeBooks, id: string): FakeRefund {
  const refund = books.refunds.get(id);
  if (!refund) throw missing("refund", id);
  return refund;
}

export function findChargeOf(books: FakeBooks, intent: FakeIntent): FakeCharge | null {
  const charge = intent.latest_charge === null ? undefined : books.charges.get(intent.latest_charge);
  return charge?.status === "succeeded" ? charge : null;
}

/** Stripe's usual price, 2.9 % and 30, so that fees are something that reconciliation has to look through. */
function feeOf(amount: number): number {
  return Math.round(amount * 0.029) + 30;
}

/** For each dispute that takes money, whatever comes of it (docs.stripe.com/disputes/how-disputes-work). */
const DISPUTE_FEE = 1500;

export function addBalance(
  books: FakeBooks,
  type: FakeBalanceTransaction["type"],
  source: FakeCharge | FakeRefund | FakeDispute,
  amount: number,
): string {
  const { settlement } = books;
  const rate = settlement === null || settlement.currency === source.currency ? null : settlement.rate;
  const currency = rate === null || settlement === null ? source.currency : settlement.currency;
  const settled = rate === null ? amount : Math.round(amount * rate);
  const isWithdrawn = source.object === "dispute" && amount < 0;
  const fee = type === "charge" ? feeOf(settled) : isWithdrawn ? DISPUTE_FEE : 0;
  const description = isWithdrawn ? "Dispute fee" : "Stripe processing fees";
  const id = books.newId("txn");
  books.balance.set(id, {
    id,
    object: "balance_transaction",
    amount: settled,
    available_on: books.now(),
    created: books.now(),
    currency,
    exchange_rate: rate,
    fee,
    fee_details:
      fee === 0 ? [] : [{ amount: fee, application: null, currency, description, type: "stripe_fee" }],
    net: settled - fee,
    reporting_category: source.object === "dispute" ? "dispute" : type,
    source: source.id,
    status: "available",
    type,
  });
  return id;
}

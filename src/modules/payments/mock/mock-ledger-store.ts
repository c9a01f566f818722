import { type Db, statement } from "../../../db/database.js";
import { sqlStateOf } from "../../../db/sql-state.js";
import type {
  MockIntent,
  MockIntentState,
  MockLedger,
  MockRefund,
  MockRefundProblem,
  NewMockIntent,
  NewMockRefund,
} from "../../../providers/payment/mock/mock-ledger-port.js";

interface IntentRow {
  readonly intent_id: string;
  readonly idempotency_key: string;
  readonly shop_id: string;
  readonly payment_reference: string;
  readonly order_id: number;
  readonly currency: string;
  readonly amount_minor: number;
  readonly state: MockIntentState;
  readonly refunded_minor: number;
  readonly created_at: string;
}

interface RefundRow {
  readonly provider_refund_id: string;
  readonly idempotency_key: string;
  readonly shop_id: string;
  readonly refund_reference: string;
  readonly intent_id: string;
  readonly currency: string;
  readonly amount_minor: number;
  readonly reason: string;
  readonly created_at: string;
}

/**
 * The intent's id is made from its key, so two callers at the same moment meet at either of the two unique indexes: no
 * conflict is named, since PostgreSQL raises one at an index that is not.
 */
const ADD_INTENT = statement(
  "mock.add_intent",
  `insert into mock_intents (intent_id, idempotency_key, shop_id, payment_reference, order_id, currency, amount_minor)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
);
const INTENT_BY_KEY = statement(
  "mock.intent_by_key",
  "select * from mock_intents where idempotency_key = $1",
);
const FIND_INTENT = statement("mock.find_intent", "select * from mock_intents where intent_id = $1");
const FIND_OF_PAYMENT = statement(
  "mock.find_intent_of_payment",
  "select * from mock_intents where shop_id = $1 and payment_reference = $2 order by created_at desc limit 1",
);
const MOVE_INTENT = statement(
  "mock.move_intent",
  "update mock_intents set state = $3 where intent_id = $1 and state = any ($2)",
);
/** With MOCK_AUTO_CONFIRM an intent confirms itself; whoever looks a second later sees it succeeded. */
const CONFIRM_DUE = statement(
  "mock.confirm_due",
  `update mock_intents set state = 'succeeded'
   where intent_id = $1 and state = 'requires_action' and created_at <= now() - interval '1 second'`,
);
const REFUND_BY_KEY = statement(
  "mock.refund_by_key",
  "select * from mock_refunds where idempotency_key = $1",
);
/** The intent's row is locked by its update, which also keeps the sum of refunds within the capture. */
const ADD_REFUND = statement(
  "mock.add_refund",
  `with taken as (
     update mock_intents set refunded_minor = refunded_minor + $7
     where intent_id = $5 and state = 'succeeded' and currency = $6 and refunded_minor + $7 <= amount_minor
     returning intent_id
   )
   insert into mock_refunds
     (provider_refund_id, idempotency_key, shop_id, refund_reference, intent_id, currency, amount_minor, reason)
   select $1, $2, $3, $4, taken.intent_id, $6, $7, $8 from taken`,
);
const FIND_REFUND = statement(
  "mock.find_refund",
  "select * from mock_refunds where shop_id = $1 and refund_reference = $2 order by created_at desc limit 1",
);
const REFUNDS_OF = statement(
  "mock.refunds_of",
  "select * from mock_refunds where intent_id = $1 order by created_at",
);
const INTENTS_SINCE = statement(
  "mock.intents_since",
  "select * from mock_intents where created_at >= $1 order by created_at desc",
);
const REFUNDS_SINCE = statement(
  "mock.refunds_since",
  "select * from mock_refunds where created_at >= $1 order by created_at desc",
);

/** The mock provider's books in our database. Its tables are read and written here only. */
export function makeMockLedger(db: Db, options: { confirmsByItself: boolean }): MockLedger {
  const confirmDue = async (intentId: string): Promise<void> => {
    if (options.confirmsByItself) await db.run(CONFIRM_DUE, [intentId]);
  };
  const findIntent = async (intentId: string): Promise<MockIntent | null> => {
    await confirmDue(intentId);
    return toIntent((await db.run<IntentRow>(FIND_INTENT, [intentId])).rows[0]);
  };
  return {
    addIntent: (intent) => addIntent(db, intent),
    findIntent,
    async findIntentOfPayment(shopId, paymentReference) {
      return toIntent((await db.run<IntentRow>(FIND_OF_PAYMENT, [shopId, paymentReference])).rows[0]);
    },
    async moveIntent(intentId, from, to) {
      await db.run(MOVE_INTENT, [intentId, from, to]);
      return findIntent(intentId);
    },
    addRefund: (refund) => addRefund(db, refund),
    async findRefund(shopId, refundReference) {
      return toRefund((await db.run<RefundRow>(FIND_REFUND, [shopId, refundReference])).rows[0]);
    },
    async refundsOf(intentId) {
      return (await db.run<RefundRow>(REFUNDS_OF, [intentId])).rows.flatMap((row) => toRefund(row) ?? []);
    },
    async intentsSince(since) {
      return (await db.run<IntentRow>(INTENTS_SINCE, [since.toISOString()])).rows.flatMap(
        (row) => toIntent(row) ?? [],
      );
    },
    async refundsSince(since) {
      return (await db.run<RefundRow>(REFUNDS_SINCE, [since.toISOString()])).rows.flatMap(
        (row) => toRefund(row) ?? [],
      );
    },
  };
}

async function addIntent(db: Db, intent: NewMockIntent): Promise<MockIntent> {
  const { intentId, idempotencyKey, shopId, paymentReference, orderId, amount } = intent;
  await db.run(ADD_INTENT, [
    intentId,
    idempotencyKey,
    shopId,
    paymentReference,
    orderId,
    amount.currency,
    amount.minor,
  ]);
  const stored = toIntent((await db.run<IntentRow>(INTENT_BY_KEY, [idempotencyKey])).rows[0]);
  if (stored === null) throw new Error(`The mock intent ${intentId} was not stored`);
  return stored;
}

async function addRefund(db: Db, refund: NewMockRefund): Promise<MockRefund | MockRefundProblem> {
  const { providerRefundId, idempotencyKey, shopId, refundReference, intentId, amount, reason } = refund;
  const findByKey = async (): Promise<MockRefund | null> =>
    toRefund((await db.run<RefundRow>(REFUND_BY_KEY, [idempotencyKey])).rows[0]);
  const known = await findByKey();
  if (known !== null) return known;
  const values = [
    providerRefundId,
    idempotencyKey,
    shopId,
    refundReference,
    intentId,
    amount.currency,
    amount.minor,
    reason,
  ];
  try {
    await db.run(ADD_REFUND, values);
  } catch (error) {
    // The same key from another caller at the same moment; its statement has taken the money, ours took nothing.
    if (sqlStateOf(error) !== "23505") throw error;
  }
  const stored = await findByKey();
  if (stored !== null) return stored;
  const intent = toIntent((await db.run<IntentRow>(FIND_INTENT, [intentId])).rows[0]);
  if (intent === null) return "not_found";
  return intent.state === "succeeded" ? "exceeds_capture" : "not_captured";
}

function toIntent(row: IntentRow | undefined): MockIntent | null {
  if (row === undefined) return null;
  return {
    intentId: row.intent_id,
    idempotencyKey: row.idempotency_key,
    shopId: row.shop_id,
    paymentReference: row.payment_reference,
    orderId: row.order_id,
    amount: { currency: row.currency, minor: row.amount_minor },
    state: row.state,
    refundedMinor: row.refunded_minor,
    createdAt: new Date(row.created_at),
  };
}

function toRefund(row: RefundRow | undefined): MockRefund | null {
  if (row === undefined) return null;
  return {
    providerRefundId: row.provider_refund_id,
    idempotencyKey: row.idempotency_key,
    shopId: row.shop_id,
    refundReference: row.refund_reference,
    intentId: row.intent_id,
    amount: { currency: row.currency, minor: row.amount_minor },
    reason: row.reason,
    createdAt: new Date(row.created_at),
  };
}

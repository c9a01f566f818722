import { FAKE_ADYEN_KEY, signItem } from "@tribi/fakes/adyen/adyen-words";
import type { AdyenLedger } from "@tribi/fakes/adyen/fake-control";
import { type FakeAdyen, startFakeAdyen } from "@tribi/fakes/adyen/fake-server";
import type { FakeAmount, FakeItem } from "@tribi/fakes/adyen/fake-types";
import { fromAdyen } from "../../src/providers/payment/adyen/adyen-amount.js";
import { type Answer, startTestApp, type TestApp } from "./app.js";
import type { TestDatabase } from "./database.js";
import { logIn } from "./login.js";
import { makeShopper, type Shopper } from "./shop.js";

export const HMAC_KEY = "0123456789abcdef".repeat(4);

/** A store that takes payments at the fake Adyen, with a customer and an admin. */
export interface AdyenShop {
  readonly app: TestApp;
  readonly adyen: FakeAdyen;
  readonly shopper: Shopper;
  readonly adminToken: string;
  /** An order with an open session at the fake. */
  paying(currency?: string): Promise<{ orderId: number; sessionId: string; amount: number }>;
  /** A paid order, with the payment's id at Adyen. */
  paid(currency?: string): Promise<{ orderId: number; sessionId: string; psp: string; amount: number }>;
  orderStatus(orderId: number): Promise<string>;
  refund(orderId: number, body: unknown): Promise<Answer>;
  /** Posts a body as Adyen would. */
  post(body: unknown): Promise<Answer>;
  /** An item of the fake's, signed again as it is given here. */
  signed(items: readonly FakeItem[], key?: string): unknown;
  /** Everything that has been sent has been answered. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export const adyenVariables = (adyen: FakeAdyen): Record<string, string> => ({
  ADYEN_API_BASE: adyen.url,
  ADYEN_REPORT_BASE: adyen.url,
  ADYEN_API_KEY: FAKE_ADYEN_KEY,
  ADYEN_REPORT_KEY: FAKE_ADYEN_KEY,
  ADYEN_MERCHANT_ACCOUNT: adyen.merchantAccount,
  ADYEN_CLIENT_KEY: "test_of_the_fake",
  ADYEN_HMAC_KEY: HMAC_KEY,
  ADYEN_JS_URL: `${adyen.url}/adyen.js`,
});

export async function startAdyenShop(environment: Readonly<Record<string, string>> = {}): Promise<AdyenShop> {
  const adyen = await startFakeAdyen({ retryDelaysMillis: [50, 100, 200, 400, 800] });
  const app = await startTestApp({
    PAYMENT_PROVIDER: "ADYEN",
    ...adyenVariables(adyen),
    ADMIN_EMAILS: "admin@example.com",
    ...environment,
  });
  adyen.control.webhookTarget({ url: `${app.url}/payments/webhook/adyen`, hmacKey: HMAC_KEY });
  const shopper = await makeShopper(app);
  const { token: adminToken } = await logIn(app, "admin@example.com");
  const paying: AdyenShop["paying"] = async (currency = "USD") => {
    const order = await shopper.order(currency);
    const { status, text, body } = await shopper.create(order.id, "ADYEN");
    if (status !== 200) throw new Error(`payments/create: ${status} ${text}`);
    return { orderId: order.id, sessionId: body.intent_id, amount: order.amount_minor_units };
  };
  return {
    app,
    adyen,
    shopper,
    adminToken,
    paying,
    paid: async (currency) => {
      const made = await paying(currency);
      const { pspReference } = adyen.control.approve(made.sessionId);
      await adyen.control.webhooksSettled();
      return { ...made, psp: pspReference };
    },
    orderStatus: async (orderId) => {
      const [row] = await app.database.query<{ status: string }>("select status from orders where id = $1", [
        orderId,
      ]);
      return row?.status ?? "missing";
    },
    refund: (orderId, body) =>
      app.request("POST", `/admin/orders/${orderId}/refund`, { bearer: adminToken, body }),
    post: (body) => app.request("POST", "/payments/webhook/adyen", { body }),
    signed: (items, key = HMAC_KEY) => ({
      live: "false",
      notificationItems: items.map((item) => ({
        NotificationRequestItem: {
          ...item,
          additionalData: { ...item.additionalData, hmacSignature: signItem(item, key) },
        },
      })),
    }),
    settled: () => adyen.control.webhooksSettled(),
    stop: async () => {
      await app.stop();
      await adyen.stop();
    },
  };
}

function minorOf({ value, currency }: FakeAmount): number {
  const read = fromAdyen(value, currency);
  return read.ok ? read.money.minor : Number.NaN;
}

/** Compares the fake's ledger with our tables; an empty list is agreement. */
export async function adyenDisagreements(
  query: TestDatabase["query"],
  { payments, refunds, disputes }: AdyenLedger,
): Promise<string[]> {
  const rows = await query<{
    intent_id: string;
    status: string;
    captured_minor: number;
    refunded_minor: number;
    disputed_minor: number;
  }>(
    "select intent_id, status, captured_minor, refunded_minor, disputed_minor from payments where provider = 'ADYEN' and intent_id is not null",
  );
  const ours = new Map(rows.map((row) => [row.intent_id, row]));
  return payments
    .filter(({ status }) => status === "authorised")
    .flatMap((payment) => {
      const row = ours.get(payment.pspReference);
      if (row === undefined) return [`${payment.pspReference} is not in our books`];
      const isOfIt = (one: { paymentPspReference: string }) =>
        one.paymentPspReference === payment.pspReference;
      const refunded = refunds
        .filter((refund) => isOfIt(refund) && refund.status === "succeeded")
        .reduce((sum, { amount }) => sum + minorOf(amount), 0);
      const withheld = disputes.some(
        (dispute) => isOfIt(dispute) && ["charged_back", "second_chargeback"].includes(dispute.status),
      );
      const isLost = withheld || !payment.isCaptured;
      const captured = minorOf(payment.amount);
      const theirs = `${captured} captured, ${refunded} refunded, ${isLost ? captured : 0} withheld`;
      const mine = `${row.captured_minor} captured, ${row.refunded_minor} refunded, ${row.disputed_minor} withheld`;
      return theirs === mine ? [] : [`${payment.pspReference}: theirs ${theirs}; ours ${row.status} ${mine}`];
    });
}

import type { FakeStripe } from "@tribi/fakes/stripe/fake-server";
import { startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { signStripePayload } from "../../src/providers/payment/stripe/stripe-signature.js";
import { type Answer, startTestApp, type TestApp } from "./app.js";
import { logIn } from "./login.js";
import { makeShopper, type Shopper } from "./shop.js";
import { disagreementsOf } from "./stripe-books.js";

export const WEBHOOK_SECRET = "whsec_test_of_the_first_secret_000000000001";

/** A store that takes payments at the fake Stripe, with a customer and an admin. */
export interface StripeShop {
  readonly app: TestApp;
  readonly stripe: FakeStripe;
  readonly shopper: Shopper;
  readonly adminToken: string;
  /** An order with a live intent at the fake. */
  paying(currency?: string): Promise<{ orderId: number; intentId: string; amount: number }>;
  /** A paid order. */
  paid(currency?: string): Promise<{ orderId: number; intentId: string; amount: number }>;
  orderStatus(orderId: number): Promise<string>;
  refund(orderId: number, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Posts any event, signed; `secret` and `at` to sign it wrongly. */
  post(event: unknown, options?: { secret?: string; atSeconds?: number; path?: string }): Promise<Answer>;
  /** Everything that has been sent has been answered. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStripeShop(
  environment: Readonly<Record<string, string>> = {},
): Promise<StripeShop> {
  const stripe = await startFakeStripe({ retryDelaysMillis: [50, 100, 200, 400, 800] });
  const app = await startTestApp({
    PAYMENT_PROVIDER: "STRIPE",
    STRIPE_API_BASE: stripe.url,
    STRIPE_JS_URL: `${stripe.url}/stripe.js`,
    STRIPE_SECRET_KEY: "sk_test_of_the_fake",
    STRIPE_PUBLISHABLE_KEY: "pk_test_of_the_fake",
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ADMIN_EMAILS: "admin@example.com",
    ...environment,
  });
  stripe.control.webhookTarget({ url: `${app.url}/payments/webhook/stripe`, secrets: [WEBHOOK_SECRET] });
  const shopper = await makeShopper(app);
  const { token: adminToken } = await logIn(app, "admin@example.com");

  const paying: StripeShop["paying"] = async (currency = "USD") => {
    const order = await shopper.order(currency);
    const { status, text, body } = await shopper.create(order.id, "STRIPE");
    if (status !== 200) throw new Error(`payments/create: ${status} ${text}`);
    return { orderId: order.id, intentId: body.intent_id, amount: order.amount_minor_units };
  };
  return {
    app,
    stripe,
    shopper,
    adminToken,
    paying,
    paid: async (currency) => {
      const made = await paying(currency);
      stripe.control.approve(made.intentId);
      await stripe.control.webhooksSettled();
      return made;
    },
    orderStatus: async (orderId) => {
      const [row] = await app.database.query<{ status: string }>("select status from orders where id = $1", [
        orderId,
      ]);
      return row?.status ?? "missing";
    },
    refund: (orderId, body, headers = {}) =>
      app.request("POST", `/admin/orders/${orderId}/refund`, { bearer: adminToken, body, headers }),
    post: (event, options = {}) => {
      const text = typeof event === "string" ? event : JSON.stringify(event);
      const at = options.atSeconds ?? Math.floor(Date.now() / 1000);
      const signature = signStripePayload(Buffer.from(text), [options.secret ?? WEBHOOK_SECRET], at);
      return app.request("POST", options.path ?? "/payments/webhook/stripe", {
        body: text,
        headers: { "stripe-signature": signature },
      });
    },
    settled: () => stripe.control.webhooksSettled(),
    stop: async () => {
      await app.stop();
      await stripe.stop();
    },
  };
}

/** Compares the fake's ledger with our tables; an empty list is agreement. */
export const disagreements = ({ app, stripe }: Pick<StripeShop, "app" | "stripe">): Promise<string[]> =>
  disagreementsOf(app.database.query, stripe.ledger());

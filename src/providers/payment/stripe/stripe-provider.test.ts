import { createServer } from "node:https";
import { startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { FAKE_STRIPE_API_VERSION } from "@tribi/fakes/stripe/stripe-words";
import { expect, test } from "vitest";
import { describePaymentProvider } from "../../../../tests/conformance/payment-provider.js";
import { selfSigned } from "../../../../tests/support/self-signed.js";
import { STRIPE_API_VERSION } from "./stripe-client.js";
import { makeStripeProvider } from "./stripe-provider.js";

test("the fake speaks the version of Stripe that the adapter asks for", () => {
  expect(FAKE_STRIPE_API_VERSION).toBe(STRIPE_API_VERSION);
});

describePaymentProvider("Stripe with its own page", async () => {
  const fake = await startFakeStripe();
  const provider = makeStripeProvider({
    secretKey: "sk_test_conformance",
    publishableKey: "pk_test_conformance",
    isHosted: true,
    apiBase: fake.url,
    webhookSecrets: ["whsec_conformance"],
    timeoutMillis: 500,
  });
  return {
    provider,
    approve: async (pageId) => {
      fake.control.payOnPage(pageId);
    },
    loseNextAnswer: (operation) =>
      fake.control.fault({
        operation: operation === "create" ? "create_session" : "create_refund",
        fault: "timeout_after_success",
      }),
    stop: () => fake.stop(),
  };
});

describePaymentProvider("Stripe", async () => {
  const fake = await startFakeStripe();
  const provider = makeStripeProvider({
    secretKey: "sk_test_conformance",
    publishableKey: "pk_test_conformance",
    apiBase: fake.url,
    webhookSecrets: ["whsec_conformance"],
    timeoutMillis: 500,
  });
  return {
    provider,
    approve: async (intentId) => {
      fake.control.approve(intentId);
    },
    loseNextAnswer: (operation) =>
      fake.control.fault({
        operation: operation === "create" ? "create_intent" : "create_refund",
        fault: "timeout_after_success",
      }),
    stop: () => fake.stop(),
  };
});

test("a provider with a certificate that nobody vouches for gets no request, and the outcome is no success", async () => {
  let requests = 0;
  const server = createServer(selfSigned(), (_request, response) => {
    requests += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const provider = makeStripeProvider({
    secretKey: "sk_test_1",
    publishableKey: null,
    apiBase: `https://127.0.0.1:${port}`,
    webhookSecrets: ["whsec_1"],
    timeoutMillis: 2_000,
  });
  const order = { orderId: 1, shopId: "shop" };
  const outcome = await provider.createIntent({
    reference: "order-1",
    amount: { currency: "USD", minor: 100 },
    ...order,
  } as never);
  expect(outcome.kind).not.toBe("done");
  expect(requests).toBe(0);
  server.close();
});

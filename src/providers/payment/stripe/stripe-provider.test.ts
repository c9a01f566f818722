import { describePaymentProvider } from "../conformance.js";
import { startFakeStripe } from "./fake-server.js";
import { makeStripeProvider } from "./stripe-provider.js";

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

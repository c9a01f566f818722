import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FAKE_ADYEN_KEY } from "@tribi/fakes/adyen/adyen-words";
import { startFakeAdyen } from "@tribi/fakes/adyen/fake-server";
import { describeHeardProvider } from "../../../../tests/conformance/payment-provider-heard.js";
import type { PaymentEvent } from "../port.js";
import { makeAdyenProvider } from "./adyen-provider.js";

const HMAC_KEY = "ab".repeat(32);

async function makeWorld(isHosted: boolean) {
  const fake = await startFakeAdyen();
  const provider = makeAdyenProvider({
    apiKey: FAKE_ADYEN_KEY,
    merchantAccount: fake.merchantAccount,
    liveUrlPrefix: null,
    apiBase: fake.url,
    clientKey: "test_conformance",
    hmacKeys: [HMAC_KEY],
    reportKey: FAKE_ADYEN_KEY,
    reportBase: fake.url,
    isHosted,
    timeoutMillis: 500,
  });
  const events = new Map<string, PaymentEvent>();
  const shop = await listen(async (body) => {
    const verdict = await provider.verifyWebhook(body, {}, Date.now());
    for (const event of verdict.ok ? verdict.events : []) events.set(event.eventId, event);
    return verdict.ok;
  });
  fake.control.webhookTarget({ url: shop.url, hmacKey: HMAC_KEY });
  return {
    provider,
    approve: async (sessionId: string) => {
      fake.control.approve(sessionId);
    },
    loseNextAnswer: (operation: "create" | "refund") =>
      fake.control.fault({
        operation: operation === "create" ? "create_session" : "create_refund",
        fault: "timeout_after_success",
      }),
    heard: async () => {
      await fake.control.webhooksSettled();
      return [...events.values()];
    },
    makeReports: async () => {
      fake.control.makeReports();
    },
    stop: async () => {
      await fake.stop();
      shop.server.close();
    },
  };
}

function listen(take: (body: Buffer) => Promise<boolean>): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void take(Buffer.concat(chunks)).then((isTaken) => response.writeHead(isTaken ? 200 : 400).end());
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }),
    );
  });
}

const TRAITS = { currencies: ["USD", "JPY", "KWD", "ISK", "CLP", "IDR", "CVE"] };

describeHeardProvider("Adyen with Drop-in", () => makeWorld(false), TRAITS);
describeHeardProvider("Adyen with its own page", () => makeWorld(true), TRAITS);

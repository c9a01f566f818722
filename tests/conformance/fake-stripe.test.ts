import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type FakeStripe, startFakeStripe } from "@tribi/fakes/stripe/fake-server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PaymentEvent, PaymentProvider } from "../../src/providers/payment/port.js";
import { makeStripeProvider } from "../../src/providers/payment/stripe/stripe-provider.js";
import { doneValue, newPayment } from "./payment-provider.js";

const OLD = "whsec_old";
const NEW = "whsec_new";

let fake: FakeStripe;
let provider: PaymentProvider;
let receiver: Server;
let received: PaymentEvent[];
let answerWith: (event: PaymentEvent) => number | null;

beforeEach(async () => {
  received = [];
  answerWith = () => 200;
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const verdict = await provider.verifyWebhook(Buffer.concat(chunks), request.headers, Date.now());
    if (!verdict.ok) return response.writeHead(400).end();
    const event = verdict.events[0] as PaymentEvent;
    received.push(event);
    const status = answerWith(event);
    if (status === null) return response.destroy();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  fake = await startFakeStripe({
    webhookUrl: `http://127.0.0.1:${port}/`,
    webhookSecrets: [OLD, NEW],
    retryDelaysMillis: [5, 5, 5],
  });
  provider = makeStripeProvider({
    secretKey: "sk_test_fake",
    publishableKey: null,
    apiBase: fake.url,
    webhookSecrets: [NEW],
    timeoutMillis: 1_000,
  });
});

afterEach(async () => {
  await fake.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

const kinds = () => received.map(({ kind }) => kind).filter((kind) => kind !== "ignored");

async function paid(): Promise<string> {
  const { intentId } = doneValue(await provider.createIntent(newPayment()));
  fake.control.approve(intentId);
  return intentId;
}

describe("webhooks", () => {
  it("come signed with every secret of the endpoint", async () => {
    await paid();
    await fake.control.webhooksSettled();
    expect(kinds().sort()).toEqual(["intent_open", "intent_succeeded"]);
    expect(received.every(({ problem }) => problem === null)).toBe(true);
  });

  it("are tried again after a 5xx or a cut connection, under the same event id", async () => {
    let failures = 2;
    answerWith = ({ kind }) => {
      if (kind !== "intent_succeeded" || failures === 0) return 200;
      failures -= 1;
      return failures === 1 ? 500 : null;
    };
    await paid();
    await fake.control.webhooksSettled();
    const ids = received.filter(({ kind }) => kind === "intent_succeeded").map(({ eventId }) => eventId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it("are not sent when switched off; the events can still be listed and sent again", async () => {
    fake.control.webhooks({ off: true });
    const intentId = await paid();
    await fake.control.webhooksSettled();
    expect(received).toEqual([]);
    const answer = await fetch(`${fake.url}/v1/events?type=payment_intent.succeeded`, {
      headers: { authorization: "Bearer sk_test_x" },
    });
    const listed = (await answer.json()) as { data: { id: string }[] };
    expect(listed.data).toHaveLength(1);
    await fake.control.redeliver(listed.data[0]?.id ?? "");
    expect(received).toMatchObject([{ kind: "intent_succeeded", intentId }]);
  });

  it("come in copies and in any order that a test wants", async () => {
    fake.control.webhooks({ hold: true, copies: 2 });
    await paid();
    await fake.control.release("reverse");
    expect(kinds()).toEqual(["intent_succeeded", "intent_succeeded", "intent_open", "intent_open"]);
  });

  it("come before the answer of the call that caused them, if so scripted", async () => {
    fake.control.webhooks({ beforeResponse: true });
    let seenAtAnswer: number | null = null;
    await provider.createIntent(newPayment()).then(() => {
      seenAtAnswer = received.length;
    });
    expect(seenAtAnswer).toBe(1);
  });

  it("are freshly signed each time, by the fake's clock", async () => {
    fake.control.clockOffset(-3600);
    await paid();
    await fake.control.webhooksSettled();
    expect(received).toEqual([]);
    expect(fake.ledger().deliveries.every(({ result }) => result === 400)).toBe(true);
  });
});

describe("the control over HTTP", () => {
  const call = async (action: string, body?: object) => {
    const response = await fetch(`${fake.url}/__control/${action}`, {
      method: body ? "POST" : "GET",
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: { connection: "close" },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("scripts faults, plays the payer and shows the ledger", async () => {
    expect((await call("fault", { operation: "create_intent", fault: "rate_limit" })).status).toBe(200);
    expect(await provider.createIntent(newPayment())).toMatchObject({ reason: "unavailable" });
    const { intentId } = doneValue(await provider.createIntent(newPayment()));
    expect((await call("decline", { intent: intentId })).body).toMatchObject({
      status: "requires_payment_method",
    });
    expect((await call("approve", { intent: intentId })).body).toMatchObject({ status: "succeeded" });
    expect((await call("ledger")).body).toMatchObject({ intents: [{ id: intentId, amount_received: 999 }] });
  });

  it("says what it does not understand", async () => {
    expect((await call("fault", { operation: "create_intent", fault: "nonsense" })).status).toBe(400);
    expect((await call("nonsense", {})).status).toBe(400);
    expect((await call("approve", { intent: "pi_nowhere" })).status).toBe(404);
  });

  it("has a page with the payer's buttons, and text on it stays text", async () => {
    await provider.createIntent(newPayment({ description: "x", orderId: 5 }));
    const page = await (await fetch(`${fake.url}/`, { headers: { connection: "close" } })).text();
    expect(page).toContain(fake.ledger().intents[0]?.id);
  });
});

describe("the API as Stripe answers it", () => {
  const post = async (path: string, form: Record<string, string>, key?: string) => {
    const response = await fetch(`${fake.url}/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: {
        authorization: "Bearer sk_test_1",
        connection: "close",
        ...(key ? { "idempotency-key": key } : {}),
      },
    });
    const body = (await response.json()) as { id?: string; error?: Record<string, unknown> };
    return { status: response.status, replayed: response.headers.get("idempotent-replayed"), body };
  };
  const form = { amount: "999", currency: "usd", "metadata[order_id]": "7", "expand[]": "latest_charge" };

  it("replays an answer to the same key, and refuses the key for anything else", async () => {
    const first = await post("payment_intents", form, "k");
    const again = await post("payment_intents", form, "k");
    expect(again).toEqual({ ...first, replayed: "true" });
    const other = await post("payment_intents", { ...form, amount: "998" }, "k");
    expect(other).toMatchObject({ status: 400, body: { error: { type: "idempotency_error" } } });
    expect(fake.ledger().intents).toHaveLength(1);
  });

  it("answers 409 while the first call with a key runs", async () => {
    fake.control.fault({ operation: "create_intent", fault: "delay", delayMillis: 300 });
    const slow = post("payment_intents", form, "k");
    const statuses: number[] = [];
    await expect
      .poll(async () => {
        const { status } = await post("payment_intents", form, "k");
        statuses.push(status);
        return status;
      })
      .toBe(200);
    expect((await slow).status).toBe(200);
    expect(statuses).toContain(409);
    expect(fake.ledger().intents).toHaveLength(1);
  });

  it("does not keep a refused form under the key", async () => {
    expect(await post("payment_intents", { ...form, amount: "x" }, "k")).toMatchObject({ status: 400 });
    expect(await post("payment_intents", form, "k")).toMatchObject({ status: 200 });
  });

  it("knows required and unknown parameters, keys and addresses", async () => {
    expect((await post("payment_intents", { currency: "usd" })).body.error).toMatchObject({
      code: "parameter_missing",
      param: "amount",
    });
    expect((await post("payment_intents", { ...form, colour: "red" })).body.error).toMatchObject({
      code: "parameter_unknown",
    });
    expect((await post("nonsense", {})).status).toBe(404);
    const anonymous = await fetch(`${fake.url}/v1/events`, { headers: { connection: "close" } });
    expect(anonymous.status).toBe(401);
  });

  it("declines the test cards with a card error, and keeps the intent open", async () => {
    const { body } = await post("payment_intents", form);
    const declined = await post(`payment_intents/${body.id}/confirm`, {
      payment_method: "pm_card_chargeDeclinedInsufficientFunds",
    });
    expect(declined).toMatchObject({
      status: 402,
      body: { error: { type: "card_error", decline_code: "insufficient_funds" } },
    });
    const confirmed = await post(`payment_intents/${body.id}/confirm`, { payment_method: "pm_card_visa" });
    expect(confirmed.body).toMatchObject({ status: "succeeded", amount_received: 999 });
  });
});

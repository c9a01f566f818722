import { createHmac } from "node:crypto";
import fc from "fast-check";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import type { PaymentEvent, WebhookHeaders } from "../port.js";
import { makeStripeProvider } from "./stripe-provider.js";
import { signStripePayload } from "./stripe-signature.js";

const OLD = "whsec_old_0123456789abcdef0123456789";
const NEW = "whsec_new_0123456789abcdef0123456789";
const NOW = 1_795_000_000;

const providerWith = (webhookSecrets: string[]) =>
  makeStripeProvider({
    secretKey: "sk_test_1",
    publishableKey: null,
    apiBase: "http://127.0.0.1:9",
    webhookSecrets,
  });

const intent = {
  id: "pi_1",
  object: "payment_intent",
  amount: 999,
  amount_received: 999,
  currency: "usd",
  status: "succeeded",
  livemode: false,
  created: NOW,
  metadata: { order_id: "7", shop_id: "s", payment_reference: "p-9", other: "x" },
};

const event = (over: object = {}, object: object = intent) => ({
  id: "evt_1",
  object: "event",
  type: "payment_intent.succeeded",
  livemode: false,
  created: NOW,
  data: { object },
  ...over,
});

const bytes = (body: unknown) => Buffer.from(typeof body === "string" ? body : JSON.stringify(body));

const verify = (body: Uint8Array, header: WebhookHeaders[string], secrets = [NEW], atSeconds = NOW) =>
  providerWith(secrets).verifyWebhook(
    body,
    header === undefined ? {} : { "stripe-signature": header },
    atSeconds * 1000,
  );

const translate = async (body: unknown): Promise<PaymentEvent> => {
  const verdict = await verify(bytes(body), signStripePayload(bytes(body), [NEW], NOW));
  if (!verdict.ok) throw new Error(verdict.reason);
  return verdict.events[0] as PaymentEvent;
};

describe("the signature", () => {
  const body = bytes(event());
  const hex = (secret: string, time: string | number = NOW, payload: Uint8Array = body) =>
    createHmac("sha256", secret).update(`${time}.`).update(payload).digest("hex");

  it("accepts what Stripe's own library signs", async () => {
    const header = new Stripe("sk_test_1").webhooks.generateTestHeaderString({
      payload: body.toString(),
      secret: NEW,
      timestamp: NOW,
    });
    expect(await verify(body, header)).toMatchObject({ ok: true, events: [{ eventId: "evt_1" }] });
  });

  it.each([
    ["no header", undefined],
    ["an empty header", ""],
  ])("says that it is missing: %s", async (_name, header) => {
    expect(await verify(body, header)).toMatchObject({ ok: false, reason: "missing_signature" });
  });

  it.each<[string, WebhookHeaders[string]]>([
    ["rubbish", "rubbish"],
    ["no time", `v1=${hex(NEW)}`],
    ["no v1", `t=${NOW}`],
    ["an empty v1", `t=${NOW},v1=`],
    ["v0 only", `t=${NOW},v0=${hex(NEW)}`],
    ["a truncated v1", `t=${NOW},v1=${hex(NEW).slice(0, 63)}`],
    ["base64", `t=${NOW},v1=${Buffer.from(hex(NEW), "hex").toString("base64")}`],
    ["another endpoint's secret", `t=${NOW},v1=${hex("whsec_of_someone_else")}`],
    ["the empty key", `t=${NOW},v1=${hex("")}`],
    ["two times", `t=${NOW},t=${NOW},v1=${hex(NEW)}`],
    ["a time in milliseconds", `t=${NOW * 1000},v1=${hex(NEW, NOW * 1000)}`],
    ["a signature of another time", `t=${NOW + 1},v1=${hex(NEW)}`],
    ["an array", [`t=${NOW},v1=${hex(NEW)}`, `t=${NOW},v1=${hex(NEW)}`]],
  ])("refuses %s", async (_name, header) => {
    expect(await verify(body, header)).toMatchObject({ ok: false, reason: "invalid_signature" });
  });

  it("covers the raw bytes: one blank more, or the same JSON written anew, fails", async () => {
    const header = `t=${NOW},v1=${hex(NEW)}`;
    const rewritten = bytes(JSON.stringify(event(), null, 1));
    expect(await verify(bytes(`${body.toString()} `), header)).toMatchObject({ ok: false });
    expect(await verify(rewritten, header)).toMatchObject({ ok: false });
  });

  it("passes odd spacing, escapes and duplicate members when they are signed", async () => {
    const odd = bytes(
      `{ "id":"evt_0", "id":"evt_\\u0032",\n "type":"payment_intent.succeeded","livemode":false,"created":${NOW},` +
        `"data":{"object":${JSON.stringify(intent)}} }`,
    );
    const verdict = await verify(odd, `t=${NOW},v1=${hex(NEW, NOW, odd)}`);
    expect(verdict).toMatchObject({ ok: true, events: [{ eventId: "evt_2", problem: null }] });
  });

  it("tries every v1 against every secret, and the old secret no longer after the rotation", async () => {
    const byOld = `t=${NOW},v1=${"0".repeat(64)},v0=x,v1=${hex(OLD)}`;
    const byNew = `t=${NOW}, v1=${hex(NEW)}, v1=${"f".repeat(64)}`;
    for (const header of [byOld, byNew]) {
      expect(await verify(body, header, [OLD, NEW])).toMatchObject({ ok: true });
      expect(await verify(body, header, [NEW, OLD])).toMatchObject({ ok: true });
    }
    expect(await verify(body, byOld, [NEW])).toMatchObject({ ok: false, reason: "invalid_signature" });
  });

  it.each([-300, 0, 300])("is fresh when it arrives %i s after its time", async (age) => {
    expect(await verify(body, `t=${NOW},v1=${hex(NEW)}`, [NEW], NOW + age)).toMatchObject({ ok: true });
  });

  it.each([-301, 301, 86_400])("is not fresh when it arrives %i s after its time", async (age) => {
    expect(await verify(body, `t=${NOW},v1=${hex(NEW)}`, [NEW], NOW + age)).toMatchObject({ ok: false });
  });

  it("does not start without a secret or with an empty one", () => {
    for (const secrets of [[], [""], [NEW, " "]])
      expect(() => providerWith(secrets)).toThrow(/WEBHOOK_SECRET/);
  });

  it("no header and no body make it throw or pass", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.uint8Array(), async (header, payload) => {
        expect((await verify(payload, header)).ok).toBe(false);
      }),
    );
  });
});

describe("a signed body", () => {
  it.each([
    ["truncated", '{"id":"evt_1"'],
    ["empty", " "],
    ["a list", "[]"],
    ["null", "null"],
    ["text", '"x"'],
    ["with a byte order mark", `\uFEFF${JSON.stringify(event())}`],
    ["without an id", JSON.stringify({ ...event(), id: undefined })],
    ["with an id that cannot be stored", JSON.stringify({ ...event(), id: "evt_\u0000" })],
    ["without a type", JSON.stringify({ ...event(), type: 7 })],
  ])("that is %s is malformed", async (_name, text) => {
    const body = bytes(text);
    expect(await verify(body, signStripePayload(body, [NEW], NOW))).toMatchObject({
      ok: false,
      reason: "malformed",
    });
  });
});

describe("the translation", () => {
  it("gives a success the captured amount, our metadata and the mode", async () => {
    expect(await translate(event({ account: "acct_1", livemode: true }))).toEqual({
      provider: "STRIPE",
      eventId: "evt_1",
      type: "payment_intent.succeeded",
      kind: "intent_succeeded",
      problem: null,
      intentId: "pi_1",
      amount: { currency: "USD", minor: 999 },
      livemode: true,
      account: "acct_1",
      metadata: { order_id: "7", shop_id: "s", payment_reference: "p-9" },
      decline: null,
      refund: null,
      dispute: null,
      createdAt: new Date(NOW * 1000),
    });
  });

  it("counts what was captured, not what was asked for", async () => {
    const partly = await translate(event({}, { ...intent, amount_received: 500 }));
    expect(partly.amount).toEqual({ currency: "USD", minor: 500 });
  });

  it.each([
    ["payment_intent.created", "intent_open"],
    ["payment_intent.processing", "intent_processing"],
    ["payment_intent.canceled", "intent_canceled"],
    ["payment_intent.amount_capturable_updated", "ignored"],
    ["customer.created", "ignored"],
    ["a.type.of.tomorrow", "ignored"],
  ])("%s is %s", async (type, kind) => {
    expect(await translate(event({ type }))).toMatchObject({ type, kind, problem: null, intentId: "pi_1" });
  });

  it("keeps why a card was declined", async () => {
    const declined = {
      ...intent,
      last_payment_error: { code: "card_declined", decline_code: "insufficient_funds", message: "No." },
    };
    expect(await translate(event({ type: "payment_intent.payment_failed" }, declined))).toMatchObject({
      kind: "intent_failed_attempt",
      decline: { code: "insufficient_funds", message: "No." },
    });
  });

  it("reads refunds, sums of refunds and disputes", async () => {
    const refund = {
      id: "re_1",
      object: "refund",
      payment_intent: "pi_1",
      amount: 500,
      currency: "isk",
      status: "pending",
      created: NOW,
      metadata: { refund_reference: "r-3", shop_id: "s" },
    };
    expect(await translate(event({ type: "refund.created" }, refund))).toMatchObject({
      kind: "refund_updated",
      intentId: "pi_1",
      metadata: { refund_reference: "r-3" },
      refund: { providerRefundId: "re_1", state: "pending", amount: { currency: "ISK", minor: 5 } },
    });
    const charge = {
      id: "ch_1",
      object: "charge",
      payment_intent: "pi_1",
      amount_refunded: 80,
      currency: "jpy",
    };
    expect(await translate(event({ type: "charge.refunded" }, charge))).toMatchObject({
      kind: "refunds_total",
      intentId: "pi_1",
      amount: { currency: "JPY", minor: 80 },
    });
    const dispute = {
      id: "dp_1",
      object: "dispute",
      payment_intent: "pi_1",
      amount: 999,
      currency: "usd",
      status: "needs_response",
      evidence_details: { due_by: NOW + 86_400, has_evidence: false, past_due: false, submission_count: 0 },
      reason: "fraudulent",
      livemode: false,
      created: NOW,
    };
    expect(await translate(event({ type: "charge.dispute.created" }, dispute))).toMatchObject({
      kind: "dispute_opened",
      intentId: "pi_1",
      dispute: {
        disputeId: "dp_1",
        state: "open",
        reason: "fraudulent",
        respondBy: new Date((NOW + 86_400) * 1_000),
        isAnswered: false,
      },
    });
  });

  it.each<[string, unknown]>([
    ["no deadline", { due_by: null }],
    ["a deadline that is no second of our calendar", { due_by: 9e15 }],
    ["a deadline of the wrong type", { due_by: "tomorrow" }],
    ["no details", undefined],
    ["details of the wrong type", [1]],
  ])("a dispute with %s is read all the same", async (_, details) => {
    const dispute = {
      id: "dp_2",
      object: "dispute",
      payment_intent: "pi_1",
      amount: 999,
      currency: "usd",
      status: "under_review",
      evidence_details: details,
      livemode: false,
      created: NOW,
    };
    expect(await translate(event({ type: "charge.dispute.updated" }, dispute))).toMatchObject({
      problem: null,
      dispute: { state: "open", respondBy: null, isAnswered: true },
    });
  });

  it.each<[string, object, object]>([
    ["missing_object", { data: {} }, {}],
    ["missing_object", { data: null }, {}],
    ["missing_id", {}, { id: undefined }],
    ["missing_amount", {}, { amount: "999" }],
    ["missing_amount", {}, { amount: 9.5 }],
    ["missing_currency", {}, { currency: undefined }],
    ["unknown_currency", {}, { currency: "xxx" }],
    ["not_divisible_by_100", {}, { currency: "isk" }],
    ["stripe_rule_unconfirmed", {}, { currency: "ugx" }],
    ["missing_livemode", { livemode: "no" }, {}],
  ])("says %s and keeps the event", async (problem, over, objectOver) => {
    const read = await translate(event(over, { ...intent, ...objectOver }));
    expect(read).toMatchObject({ eventId: "evt_1", kind: "intent_succeeded", problem });
  });

  it("nothing that is valid JSON makes it throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("payment_intent.succeeded", "refund.updated", "charge.dispute.closed", "x"),
        fc.jsonValue(),
        async (type, object) => {
          expect(await translate(event({ type, data: { object } }))).toMatchObject({ eventId: "evt_1" });
        },
      ),
    );
  });
});

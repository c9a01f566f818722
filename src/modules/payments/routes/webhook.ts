import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { keepRawBodies, rawBodyOf } from "../../../http/body.js";
import type { Guard, Server } from "../../../http/server.js";
import { AppError, type ErrorCode } from "../../../kernel/errors.js";
import type { PaymentProvider } from "../../../providers/payment/port.js";
import type { ReceiveWebhook, WebhookAnswer } from "../events/receive-webhook.js";
import type { PaymentProviders } from "../payment-providers.js";

const BODY_BYTES_MAX = 256 * 1024;

/** What is read as bytes: the mock's notice, or an event as the provider signs it. */
const MockNotice = Type.Object(
  {
    intent_id: Type.String(),
    status: Type.Optional(Type.Union([Type.Literal("succeeded"), Type.Literal("failed")])),
    action: Type.Optional(Type.Union([Type.Literal("succeed"), Type.Literal("fail")])),
    provider: Type.Optional(Type.String()),
    amount_minor_units: Type.Optional(Type.Integer()),
    currency: Type.Optional(Type.String()),
  },
  { title: "MockNotice", description: "Outside production, to play the payer", additionalProperties: false },
);
const StripeEvent = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    data: Type.Object({ object: Type.Record(Type.String(), Type.Unknown()) }),
  },
  { title: "StripeEvent", description: "As Stripe signs it in the header Stripe-Signature" },
);
const AdyenNotification = Type.Object(
  {
    live: Type.String(),
    notificationItems: Type.Array(
      Type.Object({ NotificationRequestItem: Type.Record(Type.String(), Type.Unknown()) }),
      { minItems: 1, maxItems: 100 },
    ),
  },
  {
    title: "AdyenNotification",
    description: "A batch; Adyen signs each item in additionalData.hmacSignature",
  },
);
const ProviderEvent = Type.Union([MockNotice, StripeEvent, AdyenNotification], { title: "ProviderEvent" });
const Answer = Type.Object(
  {
    status: Type.Union([
      Type.Literal("processed"),
      Type.Literal("ignored"),
      Type.Literal("duplicate"),
      Type.Literal("parked"),
    ]),
    intent_status: Type.Union([
      Type.Literal("requires_action"),
      Type.Literal("succeeded"),
      Type.Literal("failed"),
      Type.Null(),
    ]),
  },
  { title: "EventReceipt", additionalProperties: false },
);

const Name = Type.String({ minLength: 1, maxLength: 32 });

export interface WebhookDeps {
  readonly receiveWebhook: ReceiveWebhook;
  readonly providers: PaymentProviders;
  readonly defaultProvider: string;
  /** The mock decides about payments without a signature: local callers and holders of the DEV_TOKEN only. */
  readonly devGuard: Guard;
}

const description =
  "Stored once by provider and event id, together with its effect. processed: had its effect. ignored: true, and " +
  "changes nothing. duplicate: stored before. parked: cannot be true, or waits for its payment; an operator sees it. " +
  "Of a batch (Adyen) what needs an operator is said first, and `intent_status` is null. " +
  "Stripe signs the raw body and Adyen each item; the mock exists outside production only and answers local callers.";

export async function registerWebhook(app: Server, deps: WebhookDeps): Promise<void> {
  const receive = async (
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<WebhookAnswer> => {
    const provider = providerOf(deps.providers, name);
    if (provider.name === "MOCK") await deps.devGuard(request, reply);
    return deps.receiveWebhook(provider, {
      rawBody: rawBodyOf(request),
      headers: request.headers,
      receivedAtMillis: Date.now() - reply.elapsedTime,
      requestId: request.id,
    });
  };
  const common = {
    config: {
      access: "webhook" as const,
      problems: [
        "not_found",
        "unsupported_provider",
        "invalid_webhook_signature",
        "malformed_json",
        "validation_failed",
        "forbidden",
      ] satisfies ErrorCode[],
      documentedBody: ProviderEvent,
    },
    bodyLimit: BODY_BYTES_MAX,
  };
  await app.register(async (scope: Server) => {
    keepRawBodies(scope);
    scope.post(
      "/payments/webhook/:provider",
      {
        ...common,
        schema: {
          tags: ["Payments"],
          operationId: "receivePaymentEvent",
          summary: "A payment provider's event",
          description,
          params: Type.Object({ provider: Name }, { additionalProperties: false }),
          response: { 200: Answer },
        },
      },
      (request, reply) => receive(request.params.provider, request, reply),
    );
    scope.post(
      "/payments/webhook",
      {
        ...common,
        schema: {
          tags: ["Payments"],
          operationId: "receivePaymentEventByQuery",
          summary: "A payment provider's event, the provider named in the query",
          description,
          querystring: Type.Object({ provider: Type.Optional(Name) }, { additionalProperties: false }),
          response: { 200: Answer },
        },
      },
      (request, reply) => {
        const name = request.query.provider ?? namedInBody(request) ?? deps.defaultProvider;
        return receive(name, request, reply);
      },
    );
  });
}

/** In production there is no mock, and its address is nothing like any other unknown address. */
function providerOf(providers: PaymentProviders, name: string): PaymentProvider {
  if (name.toUpperCase() === "MOCK" && providers.find("MOCK") === undefined) {
    throw new AppError("not_found", "There is nothing at this address. See /docs for the routes.");
  }
  return providers.named(name);
}

/** The mock's bodies may name their provider. Whatever is named there, its own rules decide. */
function namedInBody(request: FastifyRequest): string | undefined {
  if (request.headers["stripe-signature"] !== undefined) return undefined;
  try {
    const body: unknown = JSON.parse(rawBodyOf(request).toString("utf8"));
    if (typeof body !== "object" || body === null || !("provider" in body)) return undefined;
    return typeof body.provider === "string" ? body.provider.slice(0, 32) : undefined;
  } catch {
    return undefined;
  }
}

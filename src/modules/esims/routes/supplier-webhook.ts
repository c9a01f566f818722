import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { keepRawBodies, rawBodyOf } from "../../../http/body.js";
import type { Server } from "../../../http/server.js";
import { AppError, type ErrorCode } from "../../../kernel/errors.js";
import type { WebhookRequest } from "../../../providers/esim/webhook-port.js";
import type { ReceivedWebhook } from "../suppliers/supplier-events.js";

const BODY_BYTES_MAX = 256 * 1024;
const Name = Type.String({ minLength: 1, maxLength: 32 });
/** Each supplier has events of its own form, which its adapter reads from the bytes. */
const SupplierEvent = Type.Record(Type.String(), Type.Unknown(), {
  title: "SupplierEvent",
  description: "An event as the supplier sends it",
});
const Answer = Type.Object(
  {
    status: Type.Union([Type.Literal("processed"), Type.Literal("duplicate"), Type.Literal("parked")]),
  },
  { title: "SupplierEventReceipt", additionalProperties: false },
);

export interface SupplierWebhookDeps {
  readonly receive: (
    supplierId: string,
    pathSecret: string | null,
    request: WebhookRequest,
  ) => Promise<ReceivedWebhook>;
  readonly clientAddressOf: (request: FastifyRequest) => string;
}

export async function registerSupplierWebhook(app: Server, deps: SupplierWebhookDeps): Promise<void> {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    supplierId: string,
    pathSecret: string | null,
  ) => {
    const headers = singleHeaders(request);
    const outcome = await deps.receive(supplierId, pathSecret, {
      rawBody: rawBodyOf(request),
      headers,
      clientAddress: deps.clientAddressOf(request),
    });
    if (outcome === "unknown_supplier") throw new AppError("not_found", "There is no such supplier.");
    if (outcome === "forged")
      throw new AppError("invalid_webhook_signature", "The sender of this event could not be verified.");
    return reply.send({ status: outcome });
  };
  const common = {
    config: {
      access: "webhook" as const,
      problems: ["not_found", "invalid_webhook_signature"] satisfies ErrorCode[],
      documentedBody: SupplierEvent,
    },
    bodyLimit: BODY_BYTES_MAX,
  };
  const schema = {
    tags: ["eSIMs"],
    summary: "An eSIM supplier's event",
    description:
      "Stored once, answered at once; a job asks the supplier how things are. Suppliers that do not sign their events " +
      "get an address with a secret part.",
    response: { 200: Answer },
  };
  await app.register(async (scope: Server) => {
    keepRawBodies(scope);
    const Named = Type.Object({ supplier: Name }, { additionalProperties: false });
    scope.post(
      "/esims/webhook/:supplier",
      { ...common, schema: { ...schema, operationId: "receiveSupplierEvent", params: Named } },
      (request, reply) => answer(request, reply, request.params.supplier, null),
    );
    // Airalo probes an address before it uses it, and takes only 200 for a yes.
    scope.head(
      "/esims/webhook/:supplier",
      { ...common, schema: { hide: true, params: Named } },
      (_request, reply) => reply.code(200).send(),
    );
    const Secret = Type.Object(
      { supplier: Name, secret: Type.String({ minLength: 1, maxLength: 128 }) },
      { additionalProperties: false },
    );
    scope.post(
      "/esims/webhook/:supplier/:secret",
      {
        ...common,
        schema: { ...schema, operationId: "receiveSupplierEventAtSecretAddress", params: Secret },
      },
      (request, reply) => answer(request, reply, request.params.supplier, request.params.secret),
    );
  });
}

/** Proxies may add a second one of these. */
const REPEATABLE: ReadonlySet<string> = new Set(["accept", "forwarded", "via", "x-forwarded-for"]);

/** A header that came twice could be read either way: such a request is refused. */
function singleHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  const raw = request.raw.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    if (headers[name] !== undefined && !REPEATABLE.has(name))
      throw new AppError("bad_request", `The header ${name} came more than once.`);
    headers[name] = raw[index + 1] ?? "";
  }
  return headers;
}

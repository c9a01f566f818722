import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { OrderConsent } from "../consent-store.js";

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Body = Type.Object(
  {
    terms_version: Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }),
    immediate_delivery: Type.Boolean({
      description: "Wants delivery at once and knows that the right of withdrawal ends with it",
    }),
  },
  { title: "Consent", additionalProperties: false },
);
const Recorded = Type.Object(
  {
    terms_version: Type.String(),
    immediate_delivery: Type.Boolean(),
    accepted_at: Type.String({ format: "date-time" }),
  },
  { title: "RecordedConsent" },
);

export interface OrderConsentDeps {
  readonly record: (consent: {
    orderId: number;
    userId: number;
    termsVersion: string;
    wantsImmediateDelivery: boolean;
  }) => Promise<boolean>;
  readonly find: (userId: number, orderId: number) => Promise<OrderConsent | undefined>;
}

/** What a customer agrees to before paying, kept with the order. */
export function registerOrderConsent(app: Server, { record, find }: OrderConsentDeps): void {
  const config = { access: "user" as const, problems: ["not_found" as const] };
  app.put(
    "/orders/:id/consent",
    {
      config,
      schema: {
        tags: ["Orders"],
        operationId: "recordConsent",
        summary: "Say what was agreed to before paying an order",
        description: "The first word about an order stands; saying it again changes nothing.",
        params: Params,
        body: Body,
        response: { 200: Recorded },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { terms_version: termsVersion, immediate_delivery: wantsImmediateDelivery } = request.body;
      const orderId = request.params.id;
      await record({ orderId, userId, termsVersion, wantsImmediateDelivery });
      return orNotFound(await find(userId, orderId));
    },
  );
  app.get(
    "/orders/:id/consent",
    {
      config,
      schema: {
        tags: ["Orders"],
        operationId: "getConsent",
        summary: "What was agreed to before paying an order",
        params: Params,
        response: { 200: Recorded },
      },
    },
    async (request) => orNotFound(await find(callerOf(request).userId, request.params.id)),
  );
}

function orNotFound(consent: OrderConsent | undefined): OrderConsent {
  if (consent === undefined) throw new AppError("not_found", "Nothing was agreed to for this order");
  return consent;
}

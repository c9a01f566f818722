import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import type { DeliveryRow } from "../delivery-store.js";
import type { ManageEndpoints } from "../manage-endpoints.js";
import { DeliveryView, EndpointParams, Id } from "./endpoint-schema.js";

const tags = ["Administration: webhooks"];
const SORTABLE = ["id", "attempted_at"] as const;

export interface DeliveriesRequest extends ListRequest<(typeof SORTABLE)[number]> {
  readonly endpointId: number;
  readonly status: string | null;
}

export function registerWebhookDeliveries(
  app: Server,
  deps: {
    manage: ManageEndpoints;
    listDeliveries: (request: DeliveriesRequest) => Promise<ListPage<DeliveryRow>>;
  },
): void {
  app.get(
    "/admin/webhook-endpoints/:id/deliveries",
    {
      config: { access: "admin", permission: "webhooks.read" },
      schema: {
        tags,
        operationId: "listWebhookDeliveries",
        summary: "What was sent to a receiver in the last 30 days, and what came of it",
        description: "Status, time and size of the answers; never what they say. `q` looks for types.",
        params: EndpointParams,
        querystring: listQuery(SORTABLE, {
          status: Type.Optional(Type.Enum(["pending", "delivered", "failed"] as const)),
        }),
        response: { 200: listOf(DeliveryView) },
      },
    },
    async (request) => {
      const wanted = listRequestOf(request.query, { sortBy: "id", sortOrder: "desc" });
      const of = { endpointId: request.params.id, status: request.query.status ?? null };
      return listAnswer(await deps.listDeliveries({ ...wanted, ...of }), wanted, (row) => ({ ...row }));
    },
  );
  app.post(
    "/admin/webhook-endpoints/:id/deliveries/:delivery/redeliver",
    {
      config: { access: "admin", permission: "webhooks.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "redeliverWebhook",
        summary: "Send an event to a receiver again",
        params: Type.Object({ id: Id, delivery: Id }, { additionalProperties: false }),
        response: { 202: Type.Object({ message: Type.Literal("delivery_scheduled") }) },
      },
    },
    async (request, reply) => {
      const { id, delivery } = request.params;
      await deps.manage.redeliver(id, delivery, adminAct(request));
      reply.code(202);
      return { message: "delivery_scheduled" as const };
    },
  );
  app.post(
    "/admin/webhook-endpoints/:id/test",
    {
      config: { access: "admin", permission: "webhooks.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "testWebhookEndpoint",
        summary: "Send a test event to a receiver",
        description:
          "Of type webhook.test, without a place in the sequence; what came of it is among the deliveries.",
        params: EndpointParams,
        response: { 202: Type.Object({ delivery_id: Type.Integer() }) },
      },
    },
    async (request, reply) => {
      const deliveryId = await deps.manage.sendTest(request.params.id, adminAct(request));
      reply.code(202);
      return { delivery_id: deliveryId };
    },
  );
}

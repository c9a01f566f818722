import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import type { EndpointRow } from "../endpoint-store.js";
import { EVERY_TYPE } from "../event-types.js";
import type { ManageEndpoints } from "../manage-endpoints.js";
import {
  EndpointChange,
  EndpointParams,
  EndpointView,
  EndpointWithSecret,
  endpointOnWire,
  NewEndpoint,
} from "./endpoint-schema.js";

const tags = ["Administration: webhooks"];
const SORTABLE = ["id", "created_at", "url"] as const;
export type EndpointsRequest = ListRequest<(typeof SORTABLE)[number]>;

export function registerWebhookEndpoints(
  app: Server,
  deps: {
    manage: ManageEndpoints;
    listEndpoints: (request: EndpointsRequest) => Promise<ListPage<EndpointRow>>;
  },
): void {
  app.get(
    "/admin/webhook-endpoints",
    {
      config: { access: "admin", permission: "webhooks.read" },
      schema: {
        tags,
        operationId: "listWebhookEndpoints",
        summary: "Who is told of events",
        querystring: listQuery(SORTABLE),
        response: { 200: listOf(EndpointView) },
      },
    },
    async (request) => {
      const wanted = listRequestOf(request.query, { sortBy: "id", sortOrder: "asc" });
      return listAnswer(await deps.listEndpoints(wanted), wanted, endpointOnWire);
    },
  );
  app.post(
    "/admin/webhook-endpoints",
    {
      config: { access: "admin", permission: "webhooks.write" },
      schema: {
        tags,
        operationId: "createWebhookEndpoint",
        summary: "Tell another system of events",
        description: "Signed by Standard Webhooks 1.0. The secret is in this answer and in no other.",
        body: NewEndpoint,
        response: { 201: EndpointWithSecret },
      },
    },
    async (request, reply) => {
      const { url, types = [EVERY_TYPE], description = "" } = request.body;
      const made = await deps.manage.create({ url, types, description }, adminAct(request));
      reply.code(201);
      return { ...endpointOnWire(made.endpoint), secret: made.secret };
    },
  );
  registerChanges(app, deps.manage);
}

function registerChanges(app: Server, manage: ManageEndpoints): void {
  app.patch(
    "/admin/webhook-endpoints/:id",
    {
      config: { access: "admin", permission: "webhooks.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "changeWebhookEndpoint",
        summary: "Change, pause or resume a receiver of events",
        description: "Events of a pause are not sent afterwards: the receiver takes them from GET /events.",
        params: EndpointParams,
        body: EndpointChange,
        response: { 200: EndpointView },
      },
    },
    async (request) => {
      const { is_active: isActive, ...change } = request.body;
      const wanted = isActive === undefined ? change : { ...change, isActive };
      return endpointOnWire(await manage.change(request.params.id, wanted, adminAct(request)));
    },
  );
  app.post(
    "/admin/webhook-endpoints/:id/rotate-secret",
    {
      config: { access: "admin", permission: "webhooks.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "rotateWebhookSecret",
        summary: "A new secret for a receiver of events",
        description: "The one before signs beside it for 24 hours.",
        params: EndpointParams,
        response: { 200: EndpointWithSecret },
      },
    },
    async (request) => {
      const { endpoint, secret } = await manage.rotateSecret(request.params.id, adminAct(request));
      return { ...endpointOnWire(endpoint), secret };
    },
  );
  app.delete(
    "/admin/webhook-endpoints/:id",
    {
      config: { access: "admin", permission: "webhooks.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "deleteWebhookEndpoint",
        summary: "Tell a receiver of events no more",
        params: EndpointParams,
        response: { 200: Type.Object({ message: Type.Literal("webhook_endpoint_deleted") }) },
      },
    },
    async (request) => {
      await manage.remove(request.params.id, adminAct(request));
      return { message: "webhook_endpoint_deleted" as const };
    },
  );
}

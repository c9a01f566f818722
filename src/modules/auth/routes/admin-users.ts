import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import type { DeletePerson } from "../delete-person.js";
import { Message } from "../login-replies.js";
import type { ManagePerson } from "../manage-person.js";

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Reason = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { title: "Reason", additionalProperties: false },
);
const Time = Type.String({ format: "date-time" });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const LoginView = Type.Object(
  {
    session_id: Type.Integer(),
    created_at: Time,
    last_used_at: Time,
    expires_at: Time,
    revoked_at: Type.Union([Time, Type.Null()]),
    revoked_because: TextOrNull,
    session_kind: Type.String(),
    ip_address: TextOrNull,
    user_agent: TextOrNull,
  },
  { title: "LoginRecord" },
);

export function registerDisableUser(app: Server, managePerson: ManagePerson): void {
  app.post(
    "/admin/users/:id/disable",
    {
      config: { access: "admin", permission: "customers.write", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "disableUser",
        summary: "Disable a user: every session ends, codes open none",
        params: Params,
        body: Reason,
        response: { 200: Message("user_disabled") },
      },
    },
    async (request) => {
      await managePerson.disable(request.params.id, request.body.reason, adminAct(request));
      return { message: "user_disabled" as const };
    },
  );
}

export function registerEnableUser(app: Server, managePerson: ManagePerson): void {
  app.post(
    "/admin/users/:id/enable",
    {
      config: { access: "admin", permission: "customers.write", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "enableUser",
        summary: "Let a disabled user sign in again",
        params: Params,
        body: Reason,
        response: { 200: Message("user_enabled") },
      },
    },
    async (request) => {
      await managePerson.enable(request.params.id, request.body.reason, adminAct(request));
      return { message: "user_enabled" as const };
    },
  );
}

export function registerListLogins(app: Server, managePerson: ManagePerson): void {
  app.get(
    "/admin/users/:id/logins",
    {
      config: { access: "admin", permission: "customers.read", problems: ["not_found"] },
      schema: {
        tags: ["Administration"],
        operationId: "listLogins",
        summary: "A user's logins of the last 90 days, newest first",
        params: Params,
        response: { 200: Type.Object({ items: Type.Array(LoginView) }) },
      },
    },
    async (request) => ({
      items: [...(await managePerson.listLogins(request.params.id, adminAct(request)))],
    }),
  );
}

export function registerExportUser(app: Server, managePerson: ManagePerson): void {
  app.get(
    "/admin/users/:id/export",
    {
      config: { access: "admin", permission: "customers.erase", stepUp: true, problems: ["not_found"] },
      schema: {
        tags: ["Administration"],
        operationId: "exportUser",
        summary: "All that is held about a person, for the person; who asked for it, and why, is audited",
        params: Params,
        querystring: Reason,
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    async (request) => managePerson.exportFor(request.params.id, whyAct(request, request.query.reason)),
  );
}

const whyAct = (request: FastifyRequest, reason: string): Act => ({ ...adminAct(request), reason });

const DeletionView = Type.Object({
  email: Type.String(),
  sessions: Type.Integer({ description: "That end" }),
  unpaid_orders: Type.Integer({ description: "That end first" }),
  waits_for: Type.Array(
    Type.Object({
      reference: Type.String(),
      why: Type.String({ description: "settling, preparing or unseen" }),
    }),
  ),
  refusal: Type.Union([Type.Literal("is_operator"), Type.Literal("deletion_waits"), Type.Null()]),
});

export function registerDeleteUser(app: Server, deletePerson: DeletePerson): void {
  app.get(
    "/admin/users/:id/deletion-preview",
    {
      config: { access: "admin", permission: "customers.erase", problems: ["not_found"] },
      schema: {
        tags: ["Administration"],
        operationId: "previewUserDeletion",
        summary: "What deleting a person would end, and what it would wait for",
        params: Params,
        response: { 200: DeletionView },
      },
    },
    async (request) => {
      const { unpaidOrders, waitsFor, ...rest } = await deletePerson.preview(request.params.id);
      return { ...rest, unpaid_orders: unpaidOrders, waits_for: [...waitsFor] };
    },
  );
  app.delete(
    "/admin/users/:id",
    {
      config: {
        access: "admin",
        permission: "customers.erase",
        problems: ["not_found", "conflict", "deletion_waits"],
      },
      schema: {
        tags: ["Administration"],
        operationId: "deleteUser",
        summary: "Delete a person who asked for it, as they could themselves",
        description:
          "Address, name and notes are erased and every session ends; orders and payments stay, without a person. Unpaid " +
          "orders end. 409 deletion_waits: something that was paid has not reached the person yet. 409 conflict: the " +
          "person works for the shop.",
        params: Params,
        querystring: Reason,
        response: { 200: Message("user_deleted") },
      },
    },
    async (request) => {
      await deletePerson.byOperator(request.params.id, whyAct(request, request.query.reason));
      return { message: "user_deleted" as const };
    },
  );
}

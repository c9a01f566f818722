import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
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

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { PERMISSIONS, type Permission, ROLES, type Role } from "../../../kernel/permissions.js";
import type { KeyRow } from "../key-store.js";
import type { Maker, ManageKeys, ShownKey } from "../manage-keys.js";

const tags = ["Administration"];
const IdParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const RoleName = Type.Unsafe<Role>({ type: "string", enum: [...ROLES] });
const PermissionName = Type.Unsafe<Permission>({ type: "string", enum: [...PERMISSIONS] });
const Reason = Type.String({ minLength: 1, maxLength: 500 });
const Time = Type.String({ format: "date-time" });
const TimeOrNull = Type.Union([Time, Type.Null()]);

const keyMembers = {
  id: Type.Integer(),
  name: Type.String(),
  hint: Type.String({ description: "The last characters of the key" }),
  role: Type.Union([Type.String(), Type.Null()]),
  permissions: Type.Union([Type.Array(Type.String()), Type.Null()]),
  addresses: Type.Array(Type.String(), {
    description: "Networks that it may be used from; empty: from everywhere",
  }),
  created_at: Time,
  created_by: Type.Integer(),
  expires_at: Time,
  last_used_at: TimeOrNull,
  revoked_at: TimeOrNull,
  replaced_by: Type.Union([Type.Integer(), Type.Null()]),
};
const Key = Type.Object(keyMembers, { title: "ApiKey" });
const NewKey = Type.Object(
  { ...keyMembers, secret: Type.String({ description: "tribi_key_…; shown this once" }) },
  { title: "NewApiKey" },
);

export function registerApiKeys(app: Server, keys: ManageKeys): void {
  registerMaking(app, keys);
  app.get(
    "/admin/api-keys",
    {
      config: { access: "admin", permission: "keys.read" },
      schema: {
        tags,
        operationId: "listApiKeys",
        summary: "Keys of programs; their secrets are in no list",
        response: { 200: Type.Object({ items: Type.Array(Key) }) },
      },
    },
    async () => ({ items: (await keys.list()).map(onWire) }),
  );
  app.delete(
    "/admin/api-keys/:id",
    {
      config: { access: "admin", permission: "keys.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "revokeApiKey",
        summary: "Revoke a key, at once and everywhere",
        params: IdParams,
        querystring: Type.Object({ reason: Reason }, { additionalProperties: false }),
        response: { 200: Type.Object({ message: Type.Literal("key_revoked") }) },
      },
    },
    async (request) => {
      await keys.revoke(request.params.id, request.query.reason, adminAct(request));
      return { message: "key_revoked" as const };
    },
  );
}

function registerMaking(app: Server, keys: ManageKeys): void {
  app.post(
    "/admin/api-keys",
    {
      config: { access: "admin", permission: "keys.write" },
      schema: {
        tags,
        operationId: "makeApiKey",
        summary: "Make a key for a program",
        description:
          "With a role or with single permissions, at each use cut to what its maker may do then. Sent as `Authorization: " +
          "Bearer`, to operators' routes alone, never beside a cookie.",
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 100, pattern: "\\S" }),
            role: Type.Optional(RoleName),
            permissions: Type.Optional(
              Type.Array(PermissionName, { minItems: 1, maxItems: 100, uniqueItems: true }),
            ),
            addresses: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
            expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })),
            reason: Reason,
          },
          { additionalProperties: false },
        ),
        response: { 201: NewKey },
      },
    },
    async (request, reply) => {
      const { name, role, permissions, addresses, expires_in_days: days, reason } = request.body;
      const command = {
        name: name.trim(),
        role: role ?? null,
        permissions: permissions ?? null,
        addresses: addresses ?? [],
        days: days ?? 90,
        reason,
      };
      reply.code(201);
      return shown(await keys.make(command, makerOf(request)));
    },
  );
  app.post(
    "/admin/api-keys/:id/rotate",
    {
      config: { access: "admin", permission: "keys.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "rotateApiKey",
        summary: "Replace a key; the old one works for a while besides",
        params: IdParams,
        body: Type.Object(
          { overlap_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: 168 })) },
          { additionalProperties: false },
        ),
        response: { 201: NewKey },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return shown(await keys.rotate(request.params.id, request.body.overlap_hours ?? 24, makerOf(request)));
    },
  );
}

function makerOf(request: FastifyRequest): Maker {
  const { userId, permissions } = callerOf(request);
  return { userId, permissions, act: adminAct(request) };
}

const onWire = (row: KeyRow) => ({
  ...row,
  addresses: [...row.addresses],
  permissions: row.permissions === null ? null : [...row.permissions],
});
const shown = ({ key, secret }: ShownKey) => ({ ...onWire(key), secret });

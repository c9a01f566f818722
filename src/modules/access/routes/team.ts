import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { isDeliverable, isOfDeletedPerson, readEmailAddress } from "../../../kernel/email-address.js";
import { AppError } from "../../../kernel/errors.js";
import { ROLES, type Role } from "../../../kernel/permissions.js";
import type { ManageTeam } from "../manage-team.js";

const tags = ["Administration"];
const IdParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const RoleName = Type.Unsafe<Role>({ type: "string", enum: [...ROLES] });
const Reason = Type.String({ minLength: 1, maxLength: 500 });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const Time = Type.String({ format: "date-time" });
const TimeOrNull = Type.Union([Time, Type.Null()]);
const IntegerOrNull = Type.Union([Type.Integer(), Type.Null()]);
const Message = (text: string) => Type.Object({ message: Type.Literal(text) });

const Member = Type.Object(
  {
    id: Type.Union([Type.Integer(), Type.Null()], {
      description: "Null for owners of ADMIN_EMAILS, whom no route changes",
    }),
    user_id: IntegerOrNull,
    email: Type.String(),
    name: TextOrNull,
    role: RoleName,
    source: Type.String({ description: "environment (ADMIN_EMAILS) or invitation" }),
    created_at: TimeOrNull,
    last_active_at: TimeOrNull,
    has_second_factor: Type.Boolean(),
  },
  { title: "TeamMember" },
);

const Invitation = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    role: RoleName,
    created_at: Time,
    expires_at: Time,
    invited_by: Type.String(),
  },
  { title: "TeamInvitation" },
);

export function registerTeam(app: Server, team: ManageTeam): void {
  app.get(
    "/admin/team",
    {
      config: { access: "admin", permission: "team.read" },
      schema: {
        tags,
        operationId: "listTeam",
        summary: "Who works in the administration, and who is invited to",
        response: { 200: Type.Object({ items: Type.Array(Member), invitations: Type.Array(Invitation) }) },
      },
    },
    async () => {
      const { items, invitations } = await team.list();
      return { items: [...items], invitations: [...invitations] };
    },
  );
  app.patch(
    "/admin/team/:id",
    {
      config: { access: "admin", permission: "team.write", problems: ["not_found", "last_owner"] },
      schema: {
        tags,
        operationId: "changeRole",
        summary: "Give a member another role; it counts everywhere within five seconds",
        params: IdParams,
        body: Type.Object({ role: RoleName, reason: Reason }, { additionalProperties: false }),
        response: { 200: Member },
      },
    },
    async (request) => {
      const { role, reason } = request.body;
      return team.changeRole(request.params.id, role, reason, adminAct(request));
    },
  );
  app.delete(
    "/admin/team/:id",
    {
      config: { access: "admin", permission: "team.write", problems: ["not_found", "last_owner"] },
      schema: {
        tags,
        operationId: "removeMember",
        summary: "Remove a member: every session of theirs ends, everywhere within five seconds",
        params: IdParams,
        querystring: Type.Object({ reason: Reason }, { additionalProperties: false }),
        response: { 200: Message("member_removed") },
      },
    },
    async (request) => {
      await team.remove(request.params.id, request.query.reason, adminAct(request));
      return { message: "member_removed" as const };
    },
  );
}

export function registerInvitations(
  app: Server,
  team: ManageTeam,
  { isProduction }: { readonly isProduction: boolean },
): void {
  app.post(
    "/admin/team/invitations",
    {
      config: { access: "admin", permission: "team.write", problems: ["email_invalid", "conflict"] },
      schema: {
        tags,
        operationId: "inviteMember",
        summary: "Invite somebody by mail; an earlier invitation of this address ends",
        body: Type.Object(
          { email: Type.String({ minLength: 1, maxLength: 512 }), role: RoleName, reason: Reason },
          { additionalProperties: false },
        ),
        response: { 201: Invitation },
      },
    },
    async (request, reply) => {
      const { email: text, role, reason } = request.body;
      const email = readEmailAddress(text);
      // As for a sign-in: nobody could take it up.
      if (email === undefined || isOfDeletedPerson(email) || (isProduction && !isDeliverable(email))) {
        throw new AppError("email_invalid", "This is not an e-mail address. Check its spelling.", {
          errors: [{ pointer: "/email", message: "must be one plain address such as ana@example.com" }],
        });
      }
      reply.code(201);
      return { ...(await team.invite(email, role, reason, adminAct(request))) };
    },
  );
  app.delete(
    "/admin/team/invitations/:id",
    {
      config: { access: "admin", permission: "team.write", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "revokeInvitation",
        summary: "Take an invitation back",
        params: IdParams,
        response: { 200: Message("invitation_revoked") },
      },
    },
    async (request) => {
      await team.revoke(request.params.id, adminAct(request));
      return { message: "invitation_revoked" as const };
    },
  );
}

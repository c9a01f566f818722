import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ManageOperatorSessions } from "../manage-operator-sessions.js";

const tags = ["Administration"];
const Time = Type.String({ format: "date-time" });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const OperatorSession = Type.Object(
  {
    id: Type.Integer(),
    user_id: Type.Integer(),
    email: Type.String(),
    is_current: Type.Boolean(),
    opened_at: Time,
    used_at: Type.String({ format: "date-time", description: "To the half minute" }),
    idle_until: Type.String({ format: "date-time", description: "When it is over unless it is used" }),
    expires_at: Type.String({ format: "date-time", description: "When it is over in any case" }),
    factor_at: Type.Union([Time, Type.Null()], { description: "When the second factor was shown last" }),
    ip_address: TextOrNull,
    user_agent: TextOrNull,
  },
  { title: "OperatorSession" },
);

export function registerOperatorSessions(app: Server, sessions: ManageOperatorSessions): void {
  app.get(
    "/admin/sessions",
    {
      config: { access: "admin", permission: "overview.read" },
      schema: {
        tags,
        operationId: "listOperatorSessions",
        summary: "Live sessions of the caller; with team.read those of the whole team",
        response: { 200: Type.Object({ items: Type.Array(OperatorSession) }) },
      },
    },
    async (request) => {
      const { userId, sessionId, permissions } = callerOf(request);
      const rows = await sessions.list(permissions.has("team.read") ? null : userId);
      return { items: rows.map(({ sid, ...row }) => ({ ...row, is_current: sid === sessionId })) };
    },
  );
  app.delete(
    "/admin/sessions/:id",
    {
      config: { access: "admin", permission: "overview.read", problems: ["not_found", "permission_missing"] },
      schema: {
        tags,
        operationId: "endOperatorSession",
        summary:
          "End a session of one's own; with team.write anybody's. Not by a key, which may be one that only reads",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: Type.Object({ message: Type.Literal("session_ended") }) },
      },
    },
    async (request) => {
      const { userId, permissions, credential } = callerOf(request);
      if (credential === "key") {
        throw new AppError("permission_missing", "A key ends no sessions of a person. Do so in the console.");
      }
      const ofWhom = permissions.has("team.write") ? null : userId;
      if (!(await sessions.end(request.params.id, ofWhom, adminAct(request)))) {
        throw new AppError("not_found", "There is no live session of this id. Load the list again.");
      }
      return { message: "session_ended" as const };
    },
  );
}

import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { SessionLine } from "../session-types.js";

const Time = Type.String({ format: "date-time" });
const SessionLineView = Type.Object(
  {
    id: Type.Integer(),
    is_current: Type.Boolean(),
    created_at: Time,
    last_used_at: Type.String({ format: "date-time", description: "To the minute" }),
    expires_at: Time,
    ip_address: Type.Union([Type.String(), Type.Null()], {
      description: "Where it began; IPv6 without its last half",
    }),
    user_agent: Type.Union([Type.String(), Type.Null()]),
  },
  { title: "LiveSession" },
);

export function registerListSessions(
  app: Server,
  listSessions: (userId: number) => Promise<readonly SessionLine[]>,
): void {
  app.get(
    "/auth/sessions",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        operationId: "listSessions",
        summary: "The person's live sessions, last used first",
        response: { 200: Type.Array(SessionLineView) },
      },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request);
      const lines = await listSessions(userId);
      return lines.map(({ sid, ...line }) => ({ ...line, is_current: sid === sessionId }));
    },
  );
}

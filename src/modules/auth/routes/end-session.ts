import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { EndSessions } from "../end-sessions.js";
import { Message } from "../login-replies.js";

const Params = Type.Object({ id: Type.Integer({ minimum: 1 }) });

export function registerEndSession(app: Server, endSessions: EndSessions): void {
  app.delete(
    "/auth/sessions/:id",
    {
      config: { access: "user", problems: ["not_found"] },
      schema: {
        tags: ["Account"],
        operationId: "endSession",
        summary: "End one session",
        params: Params,
        response: { 200: Message("session_ended") },
      },
    },
    async (request) => {
      const wasEnded = await endSessions.endOwn(request.params.id, callerOf(request).userId);
      if (!wasEnded) throw new AppError("not_found", "Session not found");
      return { message: "session_ended" as const };
    },
  );
}

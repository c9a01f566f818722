import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { MeView } from "../login-replies.js";

export function registerShowMe(app: Server): void {
  app.get(
    "/auth/me",
    {
      config: { access: "user", isShedFirst: true },
      schema: {
        tags: ["Account"],
        operationId: "getMe",
        summary: "Who is signed in",
        response: { 200: MeView },
      },
    },
    async (request) => {
      const { userId: id, email, name, isAdmin } = callerOf(request);
      return { id, email, name, is_admin: isAdmin };
    },
  );
}

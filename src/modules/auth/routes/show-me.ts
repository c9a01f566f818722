import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { MeView, rightsOf } from "../login-replies.js";

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
      const caller = callerOf(request);
      const { userId: id, email, name } = caller;
      return { id, email, name, ...rightsOf(caller) };
    },
  );
}

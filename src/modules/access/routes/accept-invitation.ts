import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { ManageTeam } from "../manage-team.js";

export function registerAcceptInvitation(app: Server, team: ManageTeam): void {
  app.post(
    "/team/accept",
    {
      config: { access: "user", problems: ["invitation_invalid"] },
      schema: {
        tags: ["Account"],
        operationId: "acceptInvitation",
        summary:
          "Join the shop's team by a mailed invitation, signed in with the address that it was sent to",
        body: Type.Object(
          { token: Type.String({ minLength: 1, maxLength: 100 }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ role: Type.String() }) },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const act = { actor: `user:${userId}`, requestId: request.id };
      return { role: await team.accept(request.body.token, userId, act) };
    },
  );
}

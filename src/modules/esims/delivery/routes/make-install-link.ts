import { Type } from "typebox";
import { callerOf } from "../../../../http/caller.js";
import type { Server } from "../../../../http/server.js";
import { EsimId } from "../../routes/read-esims.js";
import type { InstallLinks } from "../install-links.js";

export function registerMakeInstallLink(app: Server, deps: { installLinks: InstallLinks }): void {
  app.post(
    "/esims/:id/install-link",
    {
      config: { access: "user", problems: ["not_found", "conflict", "rate_limited"] },
      schema: {
        tags: ["eSIMs"],
        operationId: "createInstallLink",
        summary: "Make a secret link to a page that installs this eSIM",
        description:
          "Whoever has the link may install the eSIM. It works for 72 hours, ends earlier when the order is refunded, " +
          "and is shown only in this answer.",
        params: EsimId,
        response: {
          200: Type.Object({
            url: Type.String({ format: "uri" }),
            expires_at: Type.String({ format: "date-time" }),
          }),
        },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const wanted = { profileId: request.params.id, userId, requestId: request.id };
      const { url, expiresAt } = await deps.installLinks.make(wanted);
      return { url, expires_at: expiresAt };
    },
  );
}

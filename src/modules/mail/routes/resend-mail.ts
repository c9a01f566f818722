import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import type { ResendMail } from "../resend-mail.js";

export function registerResendMail(app: Server, deps: { resendMail: ResendMail }): void {
  app.post(
    "/admin/mails/:id/resend",
    {
      config: { access: "admin", permission: "mails.write", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "resendMail",
        summary: "Send a mail again",
        description:
          "Writes a new mail about the same, as things are now, with an audit row. 409 says why there is none to send: " +
          "the account was deleted or is disabled, the money went back, a login code was mailed or has expired.",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: Type.Object({ message: Type.String(), mail_id: Type.Integer() }) },
      },
    },
    async (request) => {
      const { mailId } = await deps.resendMail(request.params.id, adminAct(request));
      return { message: "mail_scheduled", mail_id: mailId };
    },
  );
}

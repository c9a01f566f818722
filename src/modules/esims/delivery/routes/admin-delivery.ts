import { Type } from "typebox";
import { adminAct } from "../../../../http/act.js";
import type { Server } from "../../../../http/server.js";
import { type EsimOnWire, EsimWire } from "../../esim-view.js";
import { EsimId } from "../../routes/read-esims.js";
import type { AdminDelivery } from "../admin-delivery.js";

export function registerAdminDelivery(
  app: Server,
  deps: { adminDelivery: AdminDelivery; esimOnWire: EsimOnWire },
): void {
  const { adminDelivery, esimOnWire } = deps;
  const tags = ["Administration"];

  app.post(
    "/admin/esims/:id/resend-mail",
    {
      config: { access: "admin", permission: "esims.resend", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "resendEsimMail",
        summary: "Mail an eSIM to its owner again",
        params: EsimId,
        response: { 200: Type.Object({ message: Type.String() }) },
      },
    },
    async (request) => {
      await adminDelivery.resendMail(request.params.id, adminAct(request));
      return { message: "mail_scheduled" };
    },
  );
  app.get(
    "/admin/esims/:id/install",
    {
      config: { access: "admin", permission: "esims.reveal", stepUp: true, problems: ["not_found"] },
      schema: {
        tags,
        operationId: "showEsimCodes",
        summary: "Show the codes of a customer's eSIM",
        description: "Every time is on record, in the audit log with the reason, before the answer.",
        params: EsimId,
        querystring: Type.Object(
          { reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) },
          { additionalProperties: false },
        ),
        response: { 200: EsimWire },
      },
    },
    async (request) => {
      const { row, secrets } = await adminDelivery.show(request.params.id, {
        ...adminAct(request),
        reason: request.query.reason,
      });
      return esimOnWire(row, secrets);
    },
  );
}

import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { MeView, rightsOf } from "../login-replies.js";
import type { ManagePerson } from "../manage-person.js";

const NameBody = Type.Object(
  {
    name: Type.Union([Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" }), Type.Null()], {
      description: "Null takes it away",
    }),
  },
  { additionalProperties: false },
);

export function registerRenameMe(app: Server, managePerson: ManagePerson): void {
  app.patch(
    "/auth/me",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        operationId: "changeMe",
        summary: "Change the name",
        body: NameBody,
        response: { 200: MeView },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const person = await managePerson.rename(caller.userId, request.body.name?.trim() ?? null);
      return { ...person, ...rightsOf(caller) };
    },
  );
}

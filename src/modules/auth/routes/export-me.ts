import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { ManagePerson } from "../manage-person.js";

export function registerExportMe(app: Server, managePerson: ManagePerson): void {
  app.get(
    "/auth/me/export",
    {
      config: { access: "user" },
      schema: {
        tags: ["Account"],
        operationId: "exportMe",
        summary: "All that is held about the person",
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    async (request) => managePerson.exportAll(callerOf(request).userId),
  );
}

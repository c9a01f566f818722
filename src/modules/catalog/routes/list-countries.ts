import { Type } from "typebox";
import { sendJson } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import type { Browsing } from "../browse-catalog.js";
import { CountryView } from "../catalog-views.js";

const Query = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        maxLength: 100,
        description: "Beginning of a name in English or Spanish, of a common other name, or of the code",
      }),
    ),
  },
  { additionalProperties: false },
);

export function registerListCountries(app: Server, browsing: Browsing): void {
  app.get(
    "/countries",
    {
      config: { access: "public", isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "listCountries",
        summary: "Countries by name",
        querystring: Query,
        response: { 200: Type.Array(CountryView) },
      },
    },
    async (request, reply) => sendJson(request, reply, await browsing.countries(request.query.q ?? "")),
  );
}

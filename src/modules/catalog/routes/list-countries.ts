import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import type { Browsing } from "../browse-catalog.js";
import { CountryView } from "../catalog-views.js";
import { sendJson } from "./send-json.js";

const Query = Type.Object(
  {
    q: Type.Optional(
      Type.String({ maxLength: 100, description: "Beginning of a name or code, in upper or lower case" }),
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

import { Type } from "typebox";
import { sendJson } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import type { Browsing } from "../browse-catalog.js";
import { readTrip, TRIP_COUNTRIES_MAX, TRIP_DAYS_MAX, TRIP_GB_MAX } from "../trips/trip-query.js";
import { TripsView } from "../trips/trips-view.js";
import { CurrencyQuery } from "./list-plans.js";

const Query = Type.Object(
  {
    country: Type.Array(Type.String({ pattern: "^[A-Za-z]{2}$" }), {
      minItems: 1,
      maxItems: TRIP_COUNTRIES_MAX,
      description: "ISO 3166-1 alpha-2, once for each country of the trip: country=ES&country=MA",
    }),
    days: Type.Integer({ minimum: 1, maximum: TRIP_DAYS_MAX }),
    gb: Type.Optional(
      Type.Number({ minimum: 0, maximum: TRIP_GB_MAX, description: "Gigabytes; any amount by default" }),
    ),
    currency: CurrencyQuery,
  },
  { additionalProperties: false },
);

export function registerFindTrips(
  app: Server,
  deps: { readonly browsing: Browsing; readonly defaultCurrency: string },
): void {
  app.get(
    "/trips",
    {
      config: { access: "public", problems: ["validation_failed"], isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "findTrips",
        summary: "The cheapest plans or sets of plans for a trip",
        description:
          "Every option works in all the countries, and each of its plans lasts all the days and holds all the data " +
          "by itself, so that it does not matter where the data is used. At most eleven options: the ten cheapest and " +
          "the cheapest single plan.",
        querystring: Query,
        response: { 200: TripsView },
      },
    },
    async (request, reply) => {
      const { country, days, gb = 0, currency = deps.defaultCurrency } = request.query;
      const trip = readTrip({ countries: country, days, gb, currency });
      return sendJson(request, reply, await deps.browsing.trips(trip));
    },
  );
}

import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ShopEvent } from "../event-store.js";

const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 100;

const Query = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "The sequence of the last event that is known; `next` of the answer before",
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
  },
  { additionalProperties: false },
);

const EventView = Type.Object(
  {
    sequence: Type.Integer({ description: "Grows by one from event to event" }),
    type: Type.String(),
    id: Type.String({ description: "The same as the webhook-id of its deliveries" }),
    created_at: Type.String({ format: "date-time" }),
    data: Type.Unknown({ description: "What it is about, as the API showed it when the event was numbered" }),
  },
  { title: "ShopEvent" },
);

export function registerListEvents(
  app: Server,
  deps: { listEventsAfter: (page: { after: number; limit: number }) => Promise<readonly ShopEvent[]> },
): void {
  app.get(
    "/events",
    {
      config: { access: "admin", permission: "webhooks.read", problems: ["gone"] },
      schema: {
        tags: ["Administration: webhooks"],
        operationId: "listEvents",
        summary: "Everything that happened in the shop, without a gap",
        description:
          "The pull twin of webhooks: ask again with `after` set to `next` until `items` is empty. Events are kept for 90 days; 410 when `after` lies further back.",
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(EventView), next: Type.Integer() }) },
      },
    },
    async (request) => {
      const { after = 0, limit = LIMIT_DEFAULT } = request.query;
      const items = await deps.listEventsAfter({ after, limit });
      const first = items[0]?.sequence ?? after + 1;
      if (after > 0 && first > after + 1) {
        throw new AppError(
          "gone",
          `Events up to ${first - 1} are not kept any more. Read the lists anew and go on with after=${first - 1}.`,
        );
      }
      return { items: items.map((one) => ({ ...one })), next: items.at(-1)?.sequence ?? after };
    },
  );
}

import { Type } from "typebox";
import type { EndpointRow } from "../endpoint-store.js";
import { EVERY_TYPE, WANTED_TYPES } from "../event-types.js";

const Time = Type.String({ format: "date-time" });
const TimeOrNull = Type.Union([Time, Type.Null()]);

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const EndpointParams = Type.Object({ id: Id }, { additionalProperties: false });

const Url = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description: "https, at port 443 or 8443, on a public address",
});
const Types = Type.Array(Type.Enum(WANTED_TYPES), {
  minItems: 1,
  maxItems: WANTED_TYPES.length,
  uniqueItems: true,
  description: `Names of events, or "${EVERY_TYPE}" for all, also those of later versions`,
});
const Description = Type.String({ maxLength: 200 });

export const NewEndpoint = Type.Object(
  { url: Url, types: Type.Optional(Types), description: Type.Optional(Description) },
  { additionalProperties: false },
);

export const EndpointChange = Type.Object(
  {
    url: Type.Optional(Url),
    types: Type.Optional(Types),
    description: Type.Optional(Description),
    is_active: Type.Optional(
      Type.Boolean({ description: "false pauses it; true resumes it, whatever paused it" }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

const endpoint = {
  id: Type.Integer(),
  url: Type.String(),
  description: Type.String(),
  types: Type.Array(Type.String()),
  is_active: Type.Boolean(),
  paused_reason: Type.Union([
    Type.Enum(["operator", "gone", "failing"] as const, {
      description: "gone: it answered 410. failing: nothing good came from it for three days",
    }),
    Type.Null(),
  ]),
  paused_at: TimeOrNull,
  failing_since: TimeOrNull,
  former_secret_until: Type.Union([Time, Type.Null()], {
    description: "Until then the secret before the last change signs too",
  }),
  created_at: Time,
};

export const EndpointView = Type.Object(endpoint, { title: "WebhookEndpoint" });

export const EndpointWithSecret = Type.Object(
  { ...endpoint, secret: Type.String({ description: "whsec_…; shown this once" }) },
  { title: "WebhookEndpointWithSecret" },
);

export const DeliveryView = Type.Object(
  {
    id: Type.Integer(),
    sequence: Type.Union([Type.Integer(), Type.Null()], { description: "Null for a test" }),
    event_id: Type.String(),
    type: Type.String(),
    status: Type.Enum(["pending", "delivered", "failed"] as const),
    attempts: Type.Integer(),
    status_code: Type.Union([Type.Integer(), Type.Null()], { description: "Of the last answer" }),
    problem: Type.Union([Type.String(), Type.Null()], { description: "Why the last try had no answer" }),
    millis: Type.Union([Type.Integer(), Type.Null()]),
    answer_bytes: Type.Union([Type.Integer(), Type.Null()]),
    created_at: Time,
    attempted_at: TimeOrNull,
    next_try_at: TimeOrNull,
    finished_at: TimeOrNull,
  },
  { title: "WebhookDelivery" },
);

export const endpointOnWire = (row: EndpointRow) => ({
  id: row.id,
  url: row.url,
  description: row.description,
  types: [...row.types],
  is_active: row.is_active,
  paused_reason: row.paused_reason,
  paused_at: row.paused_at,
  failing_since: row.failing_since,
  former_secret_until: row.former_secret_until,
  created_at: row.created_at,
});

import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { canonicalNetwork } from "../../../http/client-address.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import { readEmailAddress } from "../../../kernel/email-address.js";
import { AppError } from "../../../kernel/errors.js";
import type { LimitName, ManageLimits } from "../manage-limits.js";

const Time = Type.String({ format: "date-time" });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const LimitedView = Type.Object(
  {
    limit: Type.String(),
    email: TextOrNull,
    ip_address: TextOrNull,
    count: Type.Integer(),
    since: Time,
    until: Time,
  },
  { title: "RateLimit" },
);
const BusyView = Type.Object(
  {
    ip_address: Type.String(),
    codes: Type.Integer(),
    emails: Type.Integer(),
    wrong_tries: Type.Integer(),
    last_at: Time,
  },
  { title: "BusyAddress" },
);
const SORTABLE = ["until", "since", "count", "limit"] as const;

/** Who is limited now: the pages of a list that is short by nature (1,000 at most). */
export function registerListLimits(app: Server, manageLimits: ManageLimits): void {
  app.get(
    "/admin/rate-limits",
    {
      config: { access: "admin", permission: "limits.read" },
      schema: {
        tags: ["Administration"],
        operationId: "listRateLimits",
        summary: "Who is limited now, by which limit, since and until when",
        querystring: listQuery(SORTABLE),
        response: { 200: listOf(LimitedView) },
      },
    },
    async (request) => {
      const wanted = listRequestOf(request.query, { sortBy: "until", sortOrder: "desc" });
      const q = wanted.q.toLowerCase();
      const sign = wanted.sortOrder === "asc" ? 1 : -1;
      const found = (await manageLimits.listLimited())
        .filter((one) => `${one.limit} ${one.email ?? ""} ${one.ip_address ?? ""}`.includes(q))
        .sort((a, b) => sign * (a[wanted.sortBy] < b[wanted.sortBy] ? -1 : 1));
      const start = (wanted.page - 1) * wanted.pageSize;
      const rows = found.slice(start, start + wanted.pageSize);
      return listAnswer({ rows, total: found.length }, wanted, (row) => row);
    },
  );
}

export function registerListBusiestAddresses(app: Server, manageLimits: ManageLimits): void {
  app.get(
    "/admin/rate-limits/addresses",
    {
      config: { access: "admin", permission: "limits.read" },
      schema: {
        tags: ["Administration"],
        operationId: "listBusiestAddresses",
        summary: "The busiest client addresses of the last day",
        response: { 200: Type.Object({ items: Type.Array(BusyView) }) },
      },
    },
    async () => ({ items: [...(await manageLimits.listBusiestAddresses())] }),
  );
}

export function registerLiftLimit(app: Server, manageLimits: ManageLimits): void {
  const Body = Type.Object(
    {
      limit: Type.Unsafe<LimitName>({ type: "string", enum: [...manageLimits.limitNames] }),
      email: Type.Optional(Type.Union([Type.String({ maxLength: 512 }), Type.Null()])),
      ip_address: Type.Optional(
        Type.Union([Type.String({ maxLength: 64, pattern: "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$" }), Type.Null()]),
      ),
      reason: Type.String({ minLength: 1, maxLength: 500 }),
    },
    { additionalProperties: false },
  );
  app.post(
    "/admin/rate-limits/lift",
    {
      config: { access: "admin", permission: "limits.lift", problems: ["not_found", "email_invalid"] },
      schema: {
        tags: ["Administration"],
        operationId: "liftRateLimit",
        summary: "Lift one limit of one subject",
        description: "Name it as the list does: `email` and `ip_address` as they stand there.",
        body: Body,
        response: { 200: Type.Object({ message: Type.Literal("limit_lifted"), rows: Type.Integer() }) },
      },
    },
    async (request) => {
      const { limit, email, ip_address, reason } = request.body;
      const canonical = email == null ? null : readEmailAddress(email);
      if (canonical === undefined) throw new AppError("email_invalid", "This is not an e-mail address.");
      const network = ip_address == null ? null : canonicalNetwork(ip_address);
      if (network === undefined) {
        throw new AppError("validation_failed", "ip_address is no address. Send it as the list shows it.", {
          errors: [{ pointer: "/ip_address", message: "must be an address as the list shows it" }],
        });
      }
      const subject = { limit, email: canonical, ip_address: network };
      const rows = await manageLimits.lift(subject, reason, adminAct(request));
      if (rows === 0)
        throw new AppError("not_found", "Nobody is limited like this now. Load the list again.");
      return { message: "limit_lifted" as const, rows };
    },
  );
}

import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { Permission } from "../../../kernel/permissions.js";
import { id, integerOrNull, text } from "../screens/column-types.js";
import type { SearchHit } from "../search-shop.js";

const Hit = Type.Object(
  {
    kind: text,
    id,
    label: text,
    detail: text,
    matched: Type.String({ description: "By what it was found: reference, email, iccid, …" }),
    order_id: integerOrNull,
  },
  { title: "SearchHit" },
);

export interface SearchDeps {
  readonly search: (
    text: string,
    permissions: ReadonlySet<Permission>,
    act: Act,
  ) => Promise<readonly SearchHit[]>;
}

export function registerSearch(app: Server, { search }: SearchDeps): void {
  app.get(
    "/admin/search",
    {
      config: { access: "admin", permission: "overview.read" },
      schema: {
        tags: ["Administration"],
        operationId: "searchShop",
        summary: "Find an order, customer, eSIM, payment, refund, top-up or plan by what it is called",
        description:
          "An id, an order's reference, an e-mail or its beginning, an ICCID, the id of a provider or supplier, an SKU; a " +
          "mistyped e-mail finds the people whose address is like it. Two characters at least; at most 20 hits.",
        querystring: Type.Object(
          { q: Type.Optional(Type.String({ maxLength: 200 })) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(Hit) }) },
      },
    },
    async (request) => {
      const { permissions } = callerOf(request);
      const hits = await search(request.query.q?.trim() ?? "", permissions, adminAct(request));
      return { items: hits.map((hit) => ({ ...hit })) };
    },
  );
}

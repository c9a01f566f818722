import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { KeepNotes } from "../notes/keep-notes.js";
import { id, integerOrNull, text, textOrNull, time } from "../screens/column-types.js";

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Body = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" }) },
  { title: "NewNote", additionalProperties: false },
);

/** In the pages of a customer and of an order. */
export const NoteView = Type.Object({
  id,
  order_id: integerOrNull,
  author: text,
  author_email: textOrNull,
  text,
  created_at: time,
});

const OF = {
  orders: {
    operationId: "addOrderNote",
    summary: "Write something down about an order",
    permission: "notes.write",
  },
  users: {
    operationId: "addCustomerNote",
    summary: "Write something down about a customer",
    permission: "customers.write",
  },
} as const;

export function registerNotes(app: Server, notes: KeepNotes): void {
  const tags = ["Administration"];
  for (const kind of ["orders", "users"] as const) {
    const { permission, operationId, summary } = OF[kind];
    app.post(
      `/admin/${kind}/:id/notes`,
      {
        config: { access: "admin", permission, problems: ["not_found"] },
        schema: {
          tags,
          operationId,
          summary,
          params: Params,
          body: Body,
          response: { 201: Type.Object({ id }) },
        },
      },
      async (request, reply) => {
        const of = kind === "orders" ? { orderId: request.params.id } : { userId: request.params.id };
        reply.code(201);
        return { id: await notes.add(of, request.body.text, adminAct(request)) };
      },
    );
  }
  app.delete(
    "/admin/notes/:id",
    {
      config: { access: "admin", permission: "notes.write", problems: ["not_found", "permission_missing"] },
      schema: {
        tags,
        operationId: "removeNote",
        summary: "Take a note away for good; one about a customer with customers.write",
        params: Params,
        response: { 200: Type.Object({ message: Type.Literal("note_removed") }) },
      },
    },
    async (request) => {
      await notes.remove(request.params.id, callerOf(request).permissions, adminAct(request));
      return { message: "note_removed" as const };
    },
  );
}

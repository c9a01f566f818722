import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import type { Db } from "../../../db/database.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { findAdminOrder } from "../admin-read-model.js";
import { readRowsOf } from "../list-screen-read.js";
import { listNotesOfOrder } from "../notes/note-read-model.js";
import { readOrderTimeline } from "../order-timeline.js";
import {
  anything,
  id,
  integerOrNull,
  minor,
  person,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../screens/column-types.js";
import { paymentsScreen, refundsScreen } from "../screens/order-screens.js";
import { NoteView } from "./notes.js";

const OrderDetail = Type.Object({
  id,
  reference: text,
  status: text,
  kind: text,
  user_id: id,
  email: text,
  currency: text,
  amount_minor_units: minor,
  failure_reason: textOrNull,
  plan_snapshot: anything,
  created_at: time,
  expires_at: time,
  paid_at: timeOrNull,
  esim_id: integerOrNull,
  esim_status: textOrNull,
  esim_parked_reason: textOrNull,
  top_up_id: integerOrNull,
  top_up_of_esim_id: integerOrNull,
  top_up_status: textOrNull,
  top_up_parked_reason: textOrNull,
  user: person,
  payments: Type.Array(paymentsScreen.item),
  refunds: Type.Array(refundsScreen.item),
  previous_order_id: integerOrNull,
  next_order_id: integerOrNull,
  notes: Type.Array(NoteView),
  timeline: Type.Array(
    Type.Object({
      at: time,
      source: text,
      what: text,
      outcome: textOrNull,
      reason: textOrNull,
      actor: textOrNull,
    }),
  ),
});

export function registerOrderDetail(
  app: Server,
  { db, noteLook }: { db: Db; noteLook: (act: Act, subject: string) => Promise<void> },
): void {
  app.get(
    "/admin/orders/:id",
    {
      config: { access: "admin", permission: "orders.read", problems: ["not_found"] },
      schema: {
        tags: ["Administration"],
        operationId: "getAdminOrder",
        summary: "One order with everything that touched it or was refused, and why",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: OrderDetail },
      },
    },
    async (request) => {
      const { params } = request;
      const order = await findAdminOrder(db, params.id);
      if (order === undefined) throw new AppError("not_found", "Order not found");
      await noteLook(adminAct(request), `order:${params.id}`);
      return {
        ...order,
        payments: [...(await readRowsOf(db, paymentsScreen, "p.order_id = %", params.id))],
        refunds: [...(await readRowsOf(db, refundsScreen, "r.order_id = %", params.id, 50))],
        notes: [...(await listNotesOfOrder(db, params.id))],
        timeline: [...(await readOrderTimeline(db, params.id))],
      } as never;
    },
  );
}

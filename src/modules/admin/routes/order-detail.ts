import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { findAdminOrder } from "../admin-read-model.js";
import { readOrderTimeline } from "../order-timeline.js";
import {
  anything,
  id,
  integerOrNull,
  minor,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../screens/column-types.js";

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

export function registerOrderDetail(app: Server, { db }: { db: Db }): void {
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
    async ({ params }) => {
      const order = await findAdminOrder(db, params.id);
      if (order === undefined) throw new AppError("not_found", "Order not found");
      return { ...order, timeline: [...(await readOrderTimeline(db, params.id))] };
    },
  );
}

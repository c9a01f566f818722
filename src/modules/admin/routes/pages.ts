import { Type } from "typebox";
import type { Act } from "../../../db/act.js";
import type { Db } from "../../../db/database.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { readCustomer } from "../customer-read-model.js";
import { readEsimPage } from "../esim-page-read-model.js";
import { readPaymentPage } from "../payment-page-read-model.js";
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
import { esimsScreen, topUpsScreen, usersScreen } from "../screens/operation-screens.js";
import {
  disputesScreen,
  ordersScreen,
  paymentsScreen,
  refundsScreen,
  webhookEventsScreen,
} from "../screens/order-screens.js";
import { NoteView } from "./notes.js";

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const tags = ["Administration"];

const Customer = Type.Object({
  ...usersScreen.item.properties,
  order_count: Type.Integer(),
  orders: Type.Array(ordersScreen.item),
  esims: Type.Array(esimsScreen.item),
  payments: Type.Array(paymentsScreen.item),
  totals: Type.Array(
    Type.Object({
      currency: text,
      orders: Type.Integer(),
      paid_minor_units: minor,
      refunded_minor_units: minor,
    }),
  ),
  sessions: Type.Array(
    Type.Object({ id, created_at: time, last_used_at: time, expires_at: time, session_kind: text }),
  ),
  notes: Type.Array(NoteView),
});

const EsimPage = Type.Object({
  ...esimsScreen.item.properties,
  order: Type.Object({ id, reference: text, status: text, kind: text }),
  plan: Type.Object({ id, sku: text, name: text }),
  usage: Type.Object({ total_bytes: integerOrNull, remaining_bytes: integerOrNull, as_of: timeOrNull }),
  installed_at: timeOrNull,
  ended_at: timeOrNull,
  plan_expires_at: timeOrNull,
  attempts: Type.Array(
    Type.Object({
      id,
      number: Type.Integer(),
      reference: text,
      supplier: text,
      package_id: text,
      status: text,
      supplier_order_id: textOrNull,
      reason: textOrNull,
      detail: textOrNull,
      lookups: Type.Integer(),
      cost_text: textOrNull,
      cost_currency: textOrNull,
      call_millis: integerOrNull,
      created_at: time,
      decided_at: timeOrNull,
      decided_by: textOrNull,
    }),
  ),
  top_ups: Type.Array(topUpsScreen.item),
  install_links: Type.Array(Type.Object({ id, created_at: time, expires_at: time, revoked_at: timeOrNull })),
  reveals: Type.Array(Type.Object({ actor: text, channel: text, at: time })),
});

const PaymentPage = Type.Object({
  ...paymentsScreen.item.properties,
  order: Type.Object({
    id,
    reference: text,
    status: text,
    kind: text,
    amount_minor_units: minor,
    currency: text,
  }),
  user: person,
  refunds: Type.Array(refundsScreen.item),
  disputes: Type.Array(disputesScreen.item),
  events: Type.Array(webhookEventsScreen.item),
  findings: Type.Array(
    Type.Object({
      id,
      provider: text,
      class: text,
      subject: text,
      action: text,
      detail: anything,
      found_at: time,
      seen_at: time,
      closed_at: timeOrNull,
    }),
  ),
});

export interface PagesDeps {
  readonly db: Db;
  /** Writes down that somebody looked at what is a person's own. */
  readonly noteLook: (act: Act, subject: string) => Promise<void>;
}

export function registerPages(app: Server, { db, noteLook }: PagesDeps): void {
  app.get(
    "/admin/users/:id",
    {
      config: { access: "admin", permission: "customers.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getCustomer",
        summary: "One customer with their orders, eSIMs, payments and sessions; the look is audited",
        params: Params,
        response: { 200: Customer },
      },
    },
    async (request) => {
      const customer = await readCustomer(db, request.params.id);
      if (customer === undefined) throw new AppError("not_found", "User not found");
      await noteLook(adminAct(request), `user:${request.params.id}`);
      return customer as never;
    },
  );
  app.get(
    "/admin/esims/:id",
    {
      config: { access: "admin", permission: "esims.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getAdminEsim",
        summary: "One eSIM with its purchases, top-ups, links and who saw its codes; the codes are not in it",
        params: Params,
        response: { 200: EsimPage },
      },
    },
    async (request) => {
      const esim = await readEsimPage(db, request.params.id);
      if (esim === undefined) throw new AppError("not_found", "eSIM not found");
      await noteLook(adminAct(request), `esim:${request.params.id}`);
      return esim as never;
    },
  );
  app.get(
    "/admin/payments/:id",
    {
      config: { access: "admin", permission: "payments.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getAdminPayment",
        summary: "One payment with what its provider said, its refunds, disputes and findings",
        params: Params,
        response: { 200: PaymentPage },
      },
    },
    async (request) => {
      const payment = await readPaymentPage(db, request.params.id);
      if (payment === undefined) throw new AppError("not_found", "Payment not found");
      await noteLook(adminAct(request), `payment:${request.params.id}`);
      return payment as never;
    },
  );
}

import { Anchor } from "@mantine/core";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { Link } from "../parts/link.js";

const paymentLink = ({ id }: Row) => (
  <Anchor component={Link} to={`/payments/${String(id)}`} size="sm">
    {String(id)}
  </Anchor>
);

const PAYMENTS: ListView = {
  operation: "listPayments",
  title: "nav.payments",
  columns: [
    { name: "id", show: paymentLink },
    "order_id",
    "status",
    "provider",
    "intent_id",
    "amount_minor_units",
    "captured_minor_units",
    "refunded_minor_units",
    "surplus_reason",
    "created_at",
  ],
  options: { status: ["requires_action", "succeeded", "failed"] },
};

const REFUNDS: ListView = {
  operation: "listRefunds",
  title: "nav.refunds",
  columns: [
    "id",
    "order_id",
    "payment_id",
    "status",
    "amount_minor_units",
    "origin",
    "reason",
    "failure_reason",
    "created_at",
    "finished_at",
  ],
  options: { status: ["requested", "parked", "pending", "succeeded", "failed"] },
};

const DISPUTES: ListView = {
  operation: "listDisputes",
  title: "nav.disputes",
  columns: [
    "dispute_id",
    "order_id",
    "payment_id",
    "provider",
    "status",
    "amount_minor_units",
    "reason",
    "created_at",
    "respond_by",
    "answered_at",
    "closed_at",
  ],
  options: { status: ["warning", "open", "won", "lost"] },
};

const EVENTS: ListView = {
  operation: "listWebhookEvents",
  title: "nav.events",
  columns: [
    "id",
    "provider",
    "kind",
    "outcome",
    "reason",
    "intent_id",
    "payment_id",
    "received_at",
    "applied_at",
  ],
};

export const Payments = () => <ListPage view={PAYMENTS} />;
export const Refunds = () => <ListPage view={REFUNDS} />;
export const Disputes = () => <ListPage view={DISPUTES} />;
export const Events = () => <ListPage view={EVENTS} />;

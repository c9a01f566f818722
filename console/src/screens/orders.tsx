import { Anchor } from "@mantine/core";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { Link } from "../parts/link.js";

export const referenceLink = ({ id, reference }: Row) => (
  <Anchor component={Link} to={`/orders/${String(id)}`} size="sm">
    {String(reference)}
  </Anchor>
);

const emailLink = ({ user_id: userId, email }: Row) => (
  <Anchor component={Link} to={`/customers/${String(userId)}`} size="sm">
    {String(email)}
  </Anchor>
);

const ESIM_STATES = ["pending", "ready", "active", "failed", "expired", "cancelled"];

const ORDERS: ListView = {
  operation: "listAdminOrders",
  title: "nav.orders",
  columns: [
    { name: "reference", show: referenceLink },
    "status",
    { name: "email", show: emailLink },
    "plan_name",
    "amount_minor_units",
    "refunded_minor_units",
    "esim_status",
    "created_at",
  ],
  options: {
    status: ["created", "paid", "failed", "refunded"],
    esim_status: ESIM_STATES,
    top_up_status: ["pending", "done", "failed", "cancelled"],
    kind: ["esim", "top_up"],
  },
};

export const Orders = () => <ListPage view={ORDERS} />;

import { Anchor } from "@mantine/core";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { Link } from "../parts/link.js";

const customerLink = ({ id, email }: Row) => (
  <Anchor component={Link} to={`/customers/${String(id)}`} size="sm">
    {String(email)}
  </Anchor>
);

const CUSTOMERS: ListView = {
  operation: "listUsers",
  title: "nav.customers",
  columns: [
    { name: "email", show: customerLink },
    "id",
    "name",
    "orders",
    "created_at",
    "last_login_at",
    "disabled_at",
  ],
};

export const Customers = () => <ListPage view={CUSTOMERS} />;

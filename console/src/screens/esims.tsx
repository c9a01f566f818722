import { Anchor } from "@mantine/core";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { Link } from "../parts/link.js";

const esimLink = ({ id }: Row) => (
  <Anchor component={Link} to={`/esims/${String(id)}`} size="sm">
    {String(id)}
  </Anchor>
);

const ESIMS: ListView = {
  operation: "listAdminEsims",
  title: "nav.esims",
  columns: [
    { name: "id", show: esimLink },
    "order_id",
    "status",
    "supplier",
    "iccid",
    "profile_state",
    "parked_reason",
    "created_at",
    "provisioned_at",
  ],
  options: { status: ["pending", "ready", "active", "failed", "expired", "cancelled"] },
};

const TOP_UPS: ListView = {
  operation: "listAdminTopUps",
  title: "nav.top_ups",
  columns: [
    "id",
    "order_id",
    "esim_id",
    "status",
    "supplier",
    "package_id",
    "parked_reason",
    "created_at",
    "done_at",
  ],
  options: { status: ["pending", "done", "failed", "cancelled"] },
};

export const Esims = () => <ListPage view={ESIMS} />;
export const TopUps = () => <ListPage view={TOP_UPS} />;

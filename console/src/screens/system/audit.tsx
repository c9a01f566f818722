import { ListPage } from "../../list/list-page.js";
import type { ListView } from "../../list/list-view.js";

const AUDIT: ListView = {
  operation: "listAuditLog",
  title: "nav.audit",
  columns: ["at", "actor", "action", "subject", "before", "after", "request_id"],
};

export const Audit = () => <ListPage view={AUDIT} />;

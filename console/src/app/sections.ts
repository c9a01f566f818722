import type { Schemas } from "@tribi/client";
import type { TextKey } from "../text/text.js";

export type Permission = Schemas["Operator"]["permissions"][number];

export interface Page {
  /** Its address within the console. */
  readonly to: string;
  readonly label: TextKey;
  readonly permission: Permission;
}

export interface Section {
  readonly label: TextKey;
  /** The first one that the operator may open is where the link leads; with none of them there is no link. */
  readonly pages: readonly Page[];
}

/** The navigation. A link is drawn where the operator may open what is behind it, and nowhere else. */
export const SECTIONS: readonly Section[] = [
  { label: "nav.home", pages: [{ to: "/", label: "nav.home", permission: "overview.read" }] },
  {
    label: "nav.orders",
    pages: [
      { to: "/orders", label: "nav.orders", permission: "orders.read" },
      { to: "/esims", label: "nav.esims", permission: "esims.read" },
      { to: "/top-ups", label: "nav.top_ups", permission: "esims.read" },
    ],
  },
  {
    label: "nav.customers",
    pages: [{ to: "/customers", label: "nav.customers", permission: "customers.read" }],
  },
  {
    label: "nav.parked",
    pages: [
      { to: "/parked", label: "nav.parked", permission: "esims.read" },
      { to: "/parked", label: "nav.parked", permission: "payments.read" },
    ],
  },
  {
    label: "nav.catalogue",
    pages: [
      { to: "/catalogue", label: "nav.plans", permission: "catalogue.read" },
      { to: "/catalogue/countries", label: "nav.countries", permission: "catalogue.read" },
      { to: "/catalogue/carriers", label: "nav.carriers", permission: "catalogue.read" },
      { to: "/catalogue/syncs", label: "nav.syncs", permission: "catalogue.read" },
      { to: "/catalogue/prices", label: "nav.prices", permission: "catalogue.read" },
      { to: "/catalogue/rates", label: "nav.rates", permission: "catalogue.read" },
      { to: "/catalogue/import", label: "nav.import", permission: "catalogue.write" },
    ],
  },
  {
    label: "nav.suppliers",
    pages: [{ to: "/suppliers", label: "nav.suppliers", permission: "suppliers.read" }],
  },
  {
    label: "nav.stock",
    pages: [
      { to: "/stock", label: "nav.stock", permission: "stock.read" },
      { to: "/stock/import", label: "nav.import", permission: "stock.write" },
    ],
  },
  {
    label: "nav.payments",
    pages: [
      { to: "/payments", label: "nav.payments", permission: "payments.read" },
      { to: "/refunds", label: "nav.refunds", permission: "payments.read" },
      { to: "/approvals", label: "nav.approvals", permission: "payments.read" },
      { to: "/disputes", label: "nav.disputes", permission: "payments.read" },
      { to: "/reconciliation", label: "nav.reconciliation", permission: "reconciliation.read" },
      { to: "/exports", label: "nav.exports", permission: "payments.read" },
      { to: "/events", label: "nav.events", permission: "payments.read" },
    ],
  },
  {
    label: "nav.access",
    pages: [
      { to: "/access", label: "nav.team", permission: "team.read" },
      { to: "/access/keys", label: "nav.keys", permission: "keys.read" },
      { to: "/access/limits", label: "nav.limits", permission: "limits.read" },
      { to: "/access/sessions", label: "nav.sessions", permission: "limits.read" },
    ],
  },
  {
    label: "nav.system",
    pages: [
      { to: "/system", label: "nav.jobs", permission: "jobs.read" },
      { to: "/system/audit", label: "nav.audit", permission: "audit.read" },
      { to: "/system/mails", label: "nav.mails", permission: "mails.read" },
      { to: "/system/previews", label: "nav.previews", permission: "previews.read" },
      { to: "/system/settings", label: "nav.settings", permission: "settings.read" },
      { to: "/system/webhooks", label: "nav.webhooks", permission: "webhooks.read" },
    ],
  },
];

/** Pages of one object are in the section of their list. */
export const isAt = (path: string, { to }: Page): boolean =>
  path === to || (to !== "/" && path.startsWith(`${to}/`)) || (to === "/" && path === "");

/** The page whose address says most of this path. */
export function pageAt(path: string, { pages }: Section): Page | undefined {
  return pages
    .filter((page) => isAt(path, page))
    .sort((a, b) => b.to.length - a.to.length)
    .at(0);
}

/** Whether a role that holds these permissions may open this address; pages that are in no section are for all. */
export function mayOpen(path: string, may: (permission: Permission) => boolean): boolean {
  const section = SECTIONS.find((one) => pageAt(path, one) !== undefined);
  if (section === undefined) return true;
  const page = pageAt(path, section);
  return section.pages.some(({ to, permission }) => to === page?.to && may(permission));
}

/**
 * Who may do what in the shop's administration: the one table from which come the guards of routes, GET /admin/me (so
 * navigation and buttons), the page of the docs, and the test that walks every route as every role.
 */
export const ROLES = ["owner", "support", "finance", "catalogue", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** The roles beside the owner, who may do everything. */
const TABLE = {
  "overview.read": ["support", "finance", "catalogue", "auditor"],
  "orders.read": ["support", "finance", "auditor"],
  "notes.write": ["support", "finance"],
  "customers.read": ["support", "auditor"],
  "customers.write": ["support"],
  "customers.erase": ["support"],
  "payments.read": ["support", "finance", "auditor"],
  "refunds.create": ["support", "finance"],
  "refunds.approve": ["finance"],
  "money.decide": ["support", "finance"],
  "reconciliation.read": ["finance", "auditor"],
  "esims.read": ["support", "auditor"],
  "esims.resend": ["support"],
  "esims.decide": ["support"],
  "esims.reveal": ["support"],
  "stock.read": ["support", "catalogue", "auditor"],
  "stock.write": ["catalogue"],
  "catalogue.read": ["support", "finance", "catalogue", "auditor"],
  "catalogue.write": ["catalogue"],
  "suppliers.read": ["support", "finance", "catalogue", "auditor"],
  "suppliers.write": ["catalogue"],
  "limits.read": ["support", "auditor"],
  "limits.lift": ["support"],
  "jobs.read": ["support", "auditor"],
  "jobs.retry": ["support"],
  "audit.read": ["auditor"],
  "team.read": ["auditor"],
  "team.write": [],
  "keys.read": ["auditor"],
  "keys.write": [],
  "settings.read": ["finance", "auditor"],
  "settings.write": [],
  "mails.read": ["support", "auditor"],
  "mails.write": ["support"],
  // What is invented about nobody; what was mailed to people is another matter.
  "previews.read": ["support", "finance", "auditor"],
  // Of one's own mails; who is mailed about what follows from the permissions that decide it.
  "alarms.choose": ["support", "finance", "catalogue"],
  "webhooks.read": ["auditor"],
  "webhooks.write": [],
} as const satisfies Readonly<Record<string, readonly Exclude<Role, "owner">[]>>;

export type Permission = keyof typeof TABLE;

/**
 * Changes under these move money, give rights or show secrets: they ask a person for the second factor anew, and so do
 * the routes that say so themselves (`stepUp` of http/route-config.ts).
 */
export const STEP_UP_PERMISSIONS: ReadonlySet<Permission> = new Set([
  "customers.erase",
  "refunds.create",
  "refunds.approve",
  "money.decide",
  "esims.decide",
  "esims.reveal",
  "team.write",
  "keys.write",
  "settings.write",
  "webhooks.write",
]);

export const PERMISSIONS = Object.keys(TABLE) as readonly Permission[];

const NONE: ReadonlySet<Permission> = new Set();
const OF_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(PERMISSIONS),
  support: ofRole("support"),
  finance: ofRole("finance"),
  catalogue: ofRole("catalogue"),
  auditor: ofRole("auditor"),
};

function ofRole(role: Exclude<Role, "owner">): ReadonlySet<Permission> {
  return new Set(PERMISSIONS.filter((name) => (TABLE[name] as readonly Role[]).includes(role)));
}

export const permissionsOf = (role: Role | null): ReadonlySet<Permission> =>
  role === null ? NONE : OF_ROLE[role];

export const rolesWith = (permission: Permission): readonly Role[] =>
  ROLES.filter((role) => OF_ROLE[role].has(permission));

import type { Permission } from "../../../kernel/permissions.js";

/** A kind of thing that waits for a person: who is told of it are the roles that may decide it. */
interface AlarmKindOf {
  readonly permission: Permission;
  /** The screen of the console on which it is decided. */
  readonly place: string;
}

/** What operators are mailed about. The words of each are in the mails' texts under `alarm.<kind>`. */
export const ALARMS = {
  parked_money: { permission: "money.decide", place: "/parked" },
  parked_deliveries: { permission: "esims.decide", place: "/parked?kind=esims" },
  refund_approvals: { permission: "refunds.approve", place: "/approvals?status=waiting" },
  disputes: { permission: "money.decide", place: "/disputes?status=open" },
  low_stock: { permission: "stock.write", place: "/stock" },
  supplier_balance: { permission: "suppliers.write", place: "/suppliers" },
  supplier_failing: { permission: "suppliers.write", place: "/suppliers" },
  catalogue_syncs: { permission: "catalogue.write", place: "/catalogue/syncs" },
  paused_plans: { permission: "catalogue.write", place: "/catalogue" },
  paused_receivers: { permission: "webhooks.write", place: "/system/webhooks" },
  failed_jobs: { permission: "jobs.retry", place: "/system?status=failed" },
} as const satisfies Readonly<Record<string, AlarmKindOf>>;

export type AlarmKind = keyof typeof ALARMS;
export const ALARM_KINDS = Object.keys(ALARMS) as readonly AlarmKind[];

/** The kinds that these permissions decide. */
export const alarmsFor = (permissions: ReadonlySet<Permission>): readonly AlarmKind[] =>
  ALARM_KINDS.filter((kind) => permissions.has(ALARMS[kind].permission));

import { type Queryable, statement } from "../../db/database.js";
import type { EsimState } from "./esim-state.js";

/** What the order froze of its plan, as far as screens of eSIMs need it. */
export interface SoldPlan {
  readonly name: string;
  readonly country_id: number | null;
  readonly carrier_id: number | null;
  readonly duration_days: number;
  readonly [member: string]: unknown;
}

/** An eSIM as its owner sees it, still sealed. */
export interface EsimRow {
  readonly id: number;
  readonly order_id: number;
  readonly user_id: number;
  readonly order_status: string;
  /** Its time to be paid was over when it failed. */
  readonly was_not_paid_in_time: boolean;
  readonly plan_id: number;
  readonly status: EsimState;
  readonly is_take_back_requested: boolean;
  /** Its supplier took it away before anybody used it. */
  readonly was_revoked: boolean;
  readonly sealed: Buffer | null;
  readonly iccid: string | null;
  readonly supplier: string | null;
  readonly created_at: string;
  readonly provisioned_at: string | null;
  readonly expires_at: string | null;
  readonly install_by: string | null;
  readonly ended_at: string | null;
  readonly revealed_at: string | null;
  readonly validity_starts: "installation" | "first_use" | null;
  /** Nobody can use it any more, although it may be called active. */
  readonly has_ended: boolean;
  /** What the owner reads; null when no request has said. */
  readonly language: string | null;
  readonly plan_snapshot: SoldPlan;
  readonly usage_total_bytes: number | null;
  readonly usage_remaining_bytes: number | null;
  readonly usage_base: number | null;
  readonly usage_as_of: string | null;
}

/** What ends it next: until it is used the time to do so, from then on its plan's end as far as that is known. */
const EXPIRES_AT = `case p.status when 'ready' then least(p.use_by, p.plan_expires_at) when 'active' then p.plan_expires_at
  else coalesce(p.plan_expires_at, p.use_by) end`;

/** Also when its plan's end has passed and nobody has asked its supplier since. */
const ENDED_AT = `coalesce(p.ended_at, case when p.status in ('ready', 'active') and p.plan_expires_at <= now() then p.plan_expires_at end)`;

/** Columns of a profile `p` and its order `o`, as EsimRow names them. */
const COLUMNS = `p.id, p.order_id, p.user_id, o.status as order_status,
  coalesce(o.failed_at >= o.expires_at, false) as was_not_paid_in_time, p.plan_id, p.status,
  p.take_back_requested_at is not null as is_take_back_requested,
  p.plan_state in ('cancelled', 'revoked') or p.profile_state = 'recycled' as was_revoked, p.sealed, p.iccid, p.supplier,
  p.created_at, p.provisioned_at, ${EXPIRES_AT} as expires_at, p.validity_starts,
  case when p.status = 'ready' and p.ended_at is null then p.use_by end as install_by,
  ${ENDED_AT} as ended_at,
  p.status in ('ready', 'active') and p.ended_at is not null as has_ended, p.revealed_at, p.language, o.plan_snapshot,
  p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of`;
const FROM = "from esim_profiles p join orders o on o.id = p.order_id";

const BY_ORDER = statement(
  "esims.by_order",
  `select ${COLUMNS} ${FROM} where p.order_id = $1 and p.user_id = $2`,
);
const BY_ID = statement("esims.by_id", `select ${COLUMNS} ${FROM} where p.id = $1 and p.user_id = $2`);
const MINE = statement(
  "esims.mine",
  `select ${COLUMNS} ${FROM} where p.user_id = $1 order by p.id desc limit 200`,
);
const ANYONES = statement("esims.anyones", `select ${COLUMNS} ${FROM} where p.id = $1`);

/** Somebody else's eSIM is missing, like one that does not exist. */
export async function findEsimOfOrder(
  db: Queryable,
  userId: number,
  orderId: number,
): Promise<EsimRow | undefined> {
  return (await db.run<EsimRow>(BY_ORDER, [orderId, userId])).rows[0];
}

const OF_TOP_UP_ORDER = statement(
  "esims.of_top_up_order",
  "select profile_id from top_ups where order_id = $1 and user_id = $2",
);

/** The eSIM that an order adds to; undefined when the order is no top-up, or not this user's. */
export async function findEsimOfTopUpOrder(
  db: Queryable,
  userId: number,
  orderId: number,
): Promise<number | undefined> {
  const { rows } = await db.run<{ profile_id: number }>(OF_TOP_UP_ORDER, [orderId, userId]);
  return rows[0]?.profile_id;
}

export async function findEsimOf(
  db: Queryable,
  userId: number,
  profileId: number,
): Promise<EsimRow | undefined> {
  return (await db.run<EsimRow>(BY_ID, [profileId, userId])).rows[0];
}

export async function listEsimsOf(db: Queryable, userId: number): Promise<readonly EsimRow[]> {
  return (await db.run<EsimRow>(MINE, [userId])).rows;
}

/** For mails, install links and operators, whose right to see it is checked elsewhere. */
export async function findEsim(db: Queryable, profileId: number): Promise<EsimRow | undefined> {
  return (await db.run<EsimRow>(ANYONES, [profileId])).rows[0];
}

import { type Db, statement } from "../../../db/database.js";
import { type EsimStatus, hasEnded } from "../../../providers/esim/port.js";
import type { EsimState } from "../esim-state.js";

export interface RefreshRow {
  readonly id: number;
  readonly status: EsimState;
  readonly supplier: string;
  readonly supplier_order_id: string;
  readonly supplier_reference: string;
  readonly iccid: string | null;
}

const FIND = statement(
  "esims.find_to_refresh",
  `select id, status, supplier, supplier_order_id, supplier_reference, iccid
   from esim_profiles where id = $1 and status in ('ready', 'active') and ended_at is null`,
);

/** Nothing of what has ended: its ICCID may be somebody else's, and so would the answer be. */
export async function findToRefresh(db: Db, profileId: number): Promise<RefreshRow | undefined> {
  return (await db.run<RefreshRow>(FIND, [profileId])).rows[0];
}

/**
 * States only rise; enabled and disabled may take turns. A profile that was seen installed is active for ever. The
 * usage with the younger "as of" stays. One row is stored however often and in whatever order answers come.
 */
const APPLY = statement(
  "esims.apply_status",
  `with context as (select set_config('tribi.actor', 'supplier:' || $9, true)),
   ranks as (select array['unknown', 'released', 'downloaded', 'installed', 'enabled', 'disabled', 'deleted',
     'error', 'recycled'] as names)
   update esim_profiles p set
     profile_state = case
       when $2 = 'unknown' then p.profile_state
       when $2 in ('enabled', 'disabled') and p.profile_state in ('enabled', 'disabled') then $2
       when array_position(ranks.names, $2) >= array_position(ranks.names, p.profile_state) then $2
       else p.profile_state end,
     plan_state = case when $3 = 'unknown' or p.plan_state in ('expired', 'cancelled', 'revoked')
       then p.plan_state else $3 end,
     status = case when p.status = 'ready' and ($2 in ('installed', 'enabled', 'disabled', 'deleted')
         or ($11::boolean and p.plan_state in ('active', 'depleted'))) then 'active'
       when p.status = 'ready' and $11::boolean then 'expired' else p.status end,
     ended_at = case when $11::boolean then now() end,
     use_by = least(p.use_by, $12::timestamptz),
     installed_at = case when p.installed_at is null and $2 in ('installed', 'enabled', 'disabled', 'deleted')
       then now() else p.installed_at end,
     usage_total_bytes = case when $4::bigint is not null and ($7::timestamptz >= p.usage_as_of or p.usage_as_of is null)
       then $4 else p.usage_total_bytes end,
     usage_remaining_bytes = case when $5::bigint is not null and ($7::timestamptz >= p.usage_as_of or p.usage_as_of is null)
       then $5 else p.usage_remaining_bytes end,
     usage_base = coalesce($6, p.usage_base),
     usage_as_of = case when $4::bigint is not null then greatest(p.usage_as_of, $7::timestamptz) else p.usage_as_of end,
     plan_expires_at = coalesce($8::timestamptz, p.plan_expires_at),
     state_checked_at = now(),
     poll_at = case when not $11::boolean then now() + $10::float8 * interval '1 second' end
   from ranks, context where p.id = $1 and p.status in ('ready', 'active') and p.ended_at is null`,
);

/** False: it has ended meanwhile. */
export async function applyStatus(
  db: Db,
  row: RefreshRow,
  status: EsimStatus,
  pollSeconds: number,
): Promise<boolean> {
  const usage = status.usage?.isUnlimited === false ? status.usage : null;
  const { count } = await db.run(APPLY, [
    row.id,
    status.profileState,
    status.planState,
    usage?.total.bytes.toString() ?? null,
    usage?.remaining.bytes.toString() ?? null,
    usage?.total.base ?? null,
    usage?.asOf ?? new Date().toISOString(),
    status.expiresAt,
    row.supplier,
    pollSeconds,
    hasEnded(status),
    status.useBy,
  ]);
  return count === 1;
}

/** Each due row is taken by one process; the next look is set first, so a crash costs one interval. */
const TAKE_DUE = statement(
  "esims.take_due_polls",
  `update esim_profiles set poll_at = now() + interval '10 minutes'
   where id in (
     select id from esim_profiles where poll_at < now() and status in ('ready', 'active')
     order by poll_at limit $1 for update skip locked)
   returning id`,
);

export async function takeDuePolls(db: Db, limit: number): Promise<readonly number[]> {
  return (await db.run<{ id: number }>(TAKE_DUE, [limit])).rows.map(({ id }) => id);
}

/**
 * Never used in time. The status is the guard: an installation that comes at the same moment wins or loses as a
 * whole. A plan that its supplier calls active is in use, whatever the profile's state says.
 */
const EXPIRE = statement(
  "esims.expire_unused",
  `update esim_profiles set status = 'expired', ended_at = now(), poll_at = null
   where id in (
     select id from esim_profiles
     where status = 'ready' and use_by < now() and plan_state not in ('active', 'depleted')
     order by use_by limit $1 for update skip locked)
     and status = 'ready' and use_by < now()`,
);

export async function expireUnused(db: Db, limit: number): Promise<number> {
  return (await db.run(EXPIRE, [limit])).count;
}

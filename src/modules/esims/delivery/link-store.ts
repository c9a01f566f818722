import { type Queryable, statement } from "../../../db/database.js";

/** A link as its page needs it. */
export interface InstallLink {
  readonly id: number;
  readonly profile_id: number;
  readonly expires_at: string;
  readonly language: string | null;
  readonly order_reference: string;
  /** False: expired, revoked, taken back, refunded, or its owner is gone. */
  readonly is_live: boolean;
}

const FIND = statement(
  "install_links.find",
  `select l.id, l.profile_id, l.expires_at, p.language, o.reference as order_reference,
     l.revoked_at is null and l.expires_at > now() and p.status in ('ready', 'active') and p.ended_at is null
       and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null as is_live
   from install_links l
     join esim_profiles p on p.id = l.profile_id
     join orders o on o.id = p.order_id
     join users u on u.id = p.user_id
   where l.secret_hash = $1`,
);

export async function findInstallLink(db: Queryable, secretHash: Buffer): Promise<InstallLink | undefined> {
  return (await db.run<InstallLink>(FIND, [secretHash])).rows[0];
}

/** So that a person who makes link after link has a bounded number of them about. */
const LIVE_LINKS_MAX = 10;

const MAKE = statement(
  "install_links.make",
  `with made as (
     insert into install_links (profile_id, secret_hash, expires_at)
     select p.id, $3, now() + interval '72 hours'
     from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
     where p.id = $1 and p.user_id = $2 and p.status in ('ready', 'active') and p.ended_at is null
       and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
     returning id, profile_id, expires_at
   ), crowded_out as (
     update install_links set revoked_at = now()
     where id in (
       select l.id from install_links l join made on made.profile_id = l.profile_id
       where l.revoked_at is null and l.expires_at > now()
       order by l.id desc offset $4 - 1
     )
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select 'user:' || $2, 'esim.install_link_made', 'esim:' || profile_id, $5,
       jsonb_build_object('link', id, 'expires_at', expires_at)
     from made
   )
   select id, expires_at from made`,
);

/** Undefined unless the person owns it and it can be installed now. The oldest live links give way to a new one. */
export async function makeLinkOfOwner(
  db: Queryable,
  wanted: { profileId: number; userId: number; secretHash: Buffer; requestId: string },
): Promise<{ id: number; expires_at: string } | undefined> {
  const { profileId, userId, secretHash, requestId } = wanted;
  const { rows } = await db.run<{ id: number; expires_at: string }>(MAKE, [
    profileId,
    userId,
    secretHash,
    LIVE_LINKS_MAX,
    requestId,
  ]);
  return rows[0];
}

/** Long enough to tell a visitor that the link has ended, and support which one it was. */
const PURGE = statement(
  "install_links.purge",
  `delete from install_links where id in (
     select id from install_links where expires_at < now() - interval '30 days' order by expires_at limit 5000)`,
);

export async function purgeLinks(db: Queryable): Promise<void> {
  await db.run(PURGE);
}

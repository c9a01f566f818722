import { type Queryable, statement, type Tx } from "../../../db/database.js";

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

const MAKE_MAILED = statement(
  "install_links.make_mailed",
  `insert into install_links (profile_id, secret_hash, expires_at) values ($1, $2, now() + interval '72 hours')
   returning expires_at`,
);

/** The link of a mail: the mail's own guards decide who gets it. Returns when it ends. */
export async function makeMailedLink(db: Queryable, profileId: number, secretHash: Buffer): Promise<string> {
  const { rows } = await db.run<{ expires_at: string }>(MAKE_MAILED, [profileId, secretHash]);
  return rows[0]?.expires_at ?? "";
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

/** Of one eSIM in an hour, those of its mails among them. */
export const LINKS_PER_HOUR_MAX = 20;

const LOCK = statement(
  "install_links.lock_profile",
  "select from esim_profiles where id = $1 and user_id = $2 for update",
);
const WAIT = statement(
  "install_links.wait",
  `select greatest(1, ceil(extract(epoch from created_at + interval '1 hour' - now())))::integer as seconds
   from install_links where profile_id = $1 and created_at > now() - interval '1 hour'
   order by created_at desc offset $2 - 1 limit 1`,
);

/**
 * For how many seconds no further link of this eSIM is made; undefined when one may be made now. Callers of one eSIM
 * take turns: the count is of all that was committed before, and holds until the transaction ends.
 */
export async function waitForLink(
  tx: Tx,
  { profileId, userId }: { profileId: number; userId: number },
): Promise<number | undefined> {
  if ((await tx.run(LOCK, [profileId, userId])).count === 0) return undefined;
  return (await tx.run<{ seconds: number }>(WAIT, [profileId, LINKS_PER_HOUR_MAX])).rows[0]?.seconds;
}

/** Undefined unless the person owns it and it can be installed now. The oldest live links give way to a new one. */
export async function makeLinkOfOwner(
  db: Tx,
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

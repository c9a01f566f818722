import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { Permission, Role } from "../../kernel/permissions.js";

export interface KeyRow {
  readonly id: number;
  readonly name: string;
  readonly hint: string;
  readonly role: Role | null;
  readonly permissions: readonly Permission[] | null;
  readonly addresses: readonly string[];
  readonly created_at: string;
  readonly created_by: number;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
  readonly replaced_by: number | null;
}

const COLUMNS = `id, name, hint, role, permissions, array(select a::text from unnest(addresses) a) as addresses, created_at,
  created_by, expires_at, last_used_at, revoked_at, replaced_by`;

const LIST = statement("access.list_keys", `select ${COLUMNS} from api_keys order by id desc limit 500`);
const INSERT = statement(
  "access.insert_key",
  `insert into api_keys (name, secret_hash, hint, role, permissions, addresses, created_by, expires_at)
   values ($1, $2, $3, $4, $5::text[], $6::inet[], $7, now() + $8 * interval '1 day') returning ${COLUMNS}`,
);
const REVOKE = statement(
  "access.revoke_key",
  "update api_keys set revoked_at = now() where id = $1 and revoked_at is null returning id",
);
const REVOKE_OF_MAKER = statement(
  "access.revoke_keys_of_maker",
  "update api_keys set revoked_at = now() where created_by = $1 and revoked_at is null returning id",
);
/** The old one goes on for a while, so that a program can be given the new one without a gap. */
const REPLACE = statement(
  "access.replace_key",
  `with old as (
     select id, name, role, permissions, addresses, extract(epoch from expires_at - created_at) as seconds
     from api_keys where id = $1 and revoked_at is null and expires_at > now() and replaced_by is null for update
   ), fresh as (
     insert into api_keys (name, secret_hash, hint, role, permissions, addresses, created_by, expires_at)
     select name, $2, $3, role, permissions, addresses, $4, now() + seconds * interval '1 second' from old
     returning *
   ), replaced as (
     update api_keys k set replaced_by = fresh.id, expires_at = least(k.expires_at, now() + $5 * interval '1 hour')
     from old, fresh where k.id = old.id
   )
   select ${COLUMNS} from fresh`,
);

export const listKeys = async (db: Queryable): Promise<readonly KeyRow[]> =>
  (await db.run<KeyRow>(LIST)).rows;

export interface NewKey {
  readonly name: string;
  readonly hash: Buffer;
  readonly hint: string;
  readonly role: Role | null;
  readonly permissions: readonly Permission[] | null;
  readonly addresses: readonly string[];
  readonly createdBy: number;
  readonly days: number;
}

export async function insertKey(tx: Tx, key: NewKey): Promise<KeyRow> {
  const { name, hash, hint, role, permissions, addresses, createdBy, days } = key;
  const { rows } = await tx.run<KeyRow>(INSERT, [
    name,
    hash,
    hint,
    role,
    permissions,
    addresses,
    createdBy,
    days,
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error("The key was not written");
  return row;
}

export const revokeKeyIfLive = async (tx: Tx, id: number): Promise<boolean> =>
  (await tx.run(REVOKE, [id])).count === 1;

/** Answers which they were. */
export const revokeKeysOf = async (tx: Tx, userId: number): Promise<readonly number[]> =>
  (await tx.run<{ id: number }>(REVOKE_OF_MAKER, [userId])).rows.map(({ id }) => id);

/** Undefined: not there, over, or replaced already. */
export async function replaceKeyIfLive(
  tx: Tx,
  id: number,
  fresh: {
    readonly hash: Buffer;
    readonly hint: string;
    readonly createdBy: number;
    readonly overlapHours: number;
  },
): Promise<KeyRow | undefined> {
  const { hash, hint, createdBy, overlapHours } = fresh;
  return (await tx.run<KeyRow>(REPLACE, [id, hash, hint, createdBy, overlapHours])).rows[0];
}

export interface UsedKey {
  readonly id: number;
  readonly user_id: number;
  readonly email: string;
  readonly name: string | null;
  readonly key_role: Role | null;
  readonly permissions: readonly Permission[] | null;
  /** What the person who made it is now. */
  readonly creator_role: Role | null;
  readonly is_from_here: boolean;
}

const USE = statement(
  "access.use_key",
  `with touched as (
     update api_keys set last_used_at = now()
     where secret_hash = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
       and revoked_at is null and expires_at > now()
   )
   select k.id, u.id as user_id, u.email, u.name, k.role as key_role, k.permissions, m.role as creator_role,
     (cardinality(k.addresses) = 0 or exists (select from unnest(k.addresses) a where $2::inet <<= a)) as is_from_here
   from api_keys k join users u on u.id = k.created_by left join team_members m on m.user_id = u.id
   where k.secret_hash = $1 and k.revoked_at is null and k.expires_at > now()
     and u.disabled_at is null and u.deleted_at is null`,
);

/** A live key, whose time of last use is kept. */
export async function findKeyInUse(
  db: Queryable,
  hash: Buffer,
  address: string,
): Promise<UsedKey | undefined> {
  return (await db.run<UsedKey>(USE, [hash, address])).rows[0];
}

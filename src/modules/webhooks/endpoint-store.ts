import { type Queryable, statement, type Tx } from "../../db/database.js";
import { listStatements } from "../../db/list-sql.js";

/** An endpoint as operators see it: never with its secrets. */
export interface EndpointRow {
  readonly id: number;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly is_active: boolean;
  /** operator: asked for. gone: the receiver answered 410. failing: it answered nothing good for three days. */
  readonly paused_reason: "operator" | "gone" | "failing" | null;
  readonly paused_at: string | null;
  readonly failing_since: string | null;
  readonly former_secret_until: string | null;
  readonly created_at: string;
}

const COLUMNS = `w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at`;

export const endpointList = listStatements({
  name: "webhook_endpoints.list",
  select: COLUMNS,
  from: "from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1)",
  parameters: 1,
  sortable: { id: "w.id", created_at: "w.created_at", url: "w.url" },
  id: "w.id",
});

export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
}

const INSERT = statement(
  "webhook_endpoints.insert",
  `insert into webhook_endpoints as w (url, description, types, reference, sealed_secret)
   values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
);

export async function insertEndpoint(
  tx: Tx,
  draft: EndpointDraft,
  secret: { reference: string; sealed: Buffer },
): Promise<EndpointRow> {
  const values = [draft.url, draft.description, draft.types, secret.reference, secret.sealed];
  const [row] = (await tx.run<EndpointRow>(INSERT, values)).rows;
  if (row === undefined) throw new Error("The endpoint was not written");
  return row;
}

const LOCK = statement(
  "webhook_endpoints.lock",
  `select ${COLUMNS}, w.reference from webhook_endpoints w where w.id = $1 and w.deleted_at is null for update`,
);

export interface LockedEndpoint extends EndpointRow {
  readonly reference: string;
}

export async function lockEndpoint(tx: Tx, id: number): Promise<LockedEndpoint | undefined> {
  return (await tx.run<LockedEndpoint>(LOCK, [id])).rows[0];
}

/** Resuming forgets the failures, so that the receiver is asked at once. */
const CHANGE = statement(
  "webhook_endpoints.change",
  `update webhook_endpoints w set url = $2, description = $3, types = $4,
     paused_at = case when $5 then null else coalesce(paused_at, now()) end,
     paused_reason = case when $5 then null else coalesce(paused_reason, 'operator') end,
     failures = case when $5 and (paused_at is not null or url <> $2) then 0 else failures end,
     failing_since = case when $5 and (paused_at is not null or url <> $2) then null else failing_since end,
     retry_at = case when $5 and (paused_at is not null or url <> $2) then null else retry_at end
   where id = $1 and deleted_at is null returning ${COLUMNS}`,
);

export async function changeEndpoint(
  tx: Tx,
  id: number,
  draft: EndpointDraft & { isActive: boolean },
): Promise<EndpointRow | undefined> {
  const values = [id, draft.url, draft.description, draft.types, draft.isActive];
  return (await tx.run<EndpointRow>(CHANGE, values)).rows[0];
}

const CHANGE_SECRET = statement(
  "webhook_endpoints.change_secret",
  `update webhook_endpoints w set sealed_former_secret = sealed_secret, sealed_secret = $2,
     former_secret_until = now() + $3 * interval '1 hour'
   where id = $1 and deleted_at is null returning ${COLUMNS}`,
);

/** The secret that it replaces signs beside it for `hours`. */
export async function changeSecret(
  tx: Tx,
  id: number,
  sealed: Buffer,
  hours: number,
): Promise<EndpointRow | undefined> {
  return (await tx.run<EndpointRow>(CHANGE_SECRET, [id, sealed, hours])).rows[0];
}

const DELETE = statement(
  "webhook_endpoints.delete",
  `update webhook_endpoints set deleted_at = now(), sealed_secret = null, sealed_former_secret = null,
     former_secret_until = null, paused_at = coalesce(paused_at, now()),
     paused_reason = coalesce(paused_reason, 'operator')
   where id = $1 and deleted_at is null`,
);

/** Its deliveries stay to be looked at until they are purged. */
export async function deleteEndpoint(tx: Tx, id: number): Promise<boolean> {
  return (await tx.run(DELETE, [id])).count === 1;
}

const COUNT_PAUSED = statement(
  "webhook_endpoints.count_paused",
  "select count(*)::int as count from webhook_endpoints where deleted_at is null and paused_reason in ('gone', 'failing')",
);

/** Receivers that were given up on and that no operator has looked at since. */
export async function countGivenUp(db: Queryable): Promise<number> {
  return (await db.run<{ count: number }>(COUNT_PAUSED)).rows[0]?.count ?? 0;
}

const SEALED_PAGE = statement(
  "webhook_endpoints.sealed_page",
  `select id, reference, sealed_secret, sealed_former_secret from webhook_endpoints
   where id > $1 and sealed_secret is not null order by id limit $2`,
);
/** The guard is the ciphertext that was read, as for every seal that is made anew. */
const RESEAL = statement(
  "webhook_endpoints.reseal",
  `update webhook_endpoints set sealed_secret = $4, sealed_former_secret = $5
   where id = $1 and sealed_secret = $2 and sealed_former_secret is not distinct from $3`,
);

export interface SealedEndpoint {
  readonly id: number;
  readonly reference: string;
  readonly sealed_secret: Buffer;
  readonly sealed_former_secret: Buffer | null;
}

export async function listSealedEndpoints(
  db: Queryable,
  after: number,
  limit: number,
): Promise<readonly SealedEndpoint[]> {
  return (await db.run<SealedEndpoint>(SEALED_PAGE, [after, limit])).rows;
}

export async function resealEndpoint(
  db: Queryable,
  read: SealedEndpoint,
  fresh: { secret: Buffer; former: Buffer | null },
): Promise<boolean> {
  const values = [read.id, read.sealed_secret, read.sealed_former_secret, fresh.secret, fresh.former];
  return (await db.run(RESEAL, values)).count === 1;
}

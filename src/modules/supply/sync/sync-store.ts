import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { SyncFinding } from "./desired-plans.js";
import type { SyncStep } from "./diff-plans.js";

export interface SyncCounts {
  readonly packages: number;
  readonly added: number;
  readonly changed: number;
  readonly vanished: number;
  readonly create: number;
  readonly change: number;
  readonly pause: number;
  readonly price_up: number;
  readonly price_down: number;
  readonly held: number;
  readonly undecided: number;
}

export interface SyncRow {
  readonly id: number;
  readonly state: "ready" | "applying" | "done" | "superseded";
  readonly actor: string;
  readonly counts: SyncCounts;
  readonly findings: readonly SyncFinding[];
  readonly held_reason: string | null;
  readonly accepts_held: boolean;
  readonly created_at: string;
  readonly finished_at: string | null;
}

// One difference at a time is made, and an older one that nobody has applied ends with it.
const LOCK = statement("supply.lock_syncs", "lock table catalogue_syncs in share row exclusive mode");

// Thousands of packages are compared between two statements, with turns for everything else.
const TAKE_TIME = statement(
  "supply.take_time",
  "select set_config('idle_in_transaction_session_timeout', '120s', true)",
);

export async function lockSyncs(tx: Tx): Promise<void> {
  await tx.run(TAKE_TIME, []);
  await tx.run(LOCK, []);
}

const ADD = statement(
  "supply.add_sync",
  `with older as (
     update catalogue_syncs set state = 'superseded', finished_at = now() where state in ('ready', 'applying')
   ), fresh as (
     insert into catalogue_syncs (actor, counts, findings, held_reason) values ($1, $2::jsonb, $3::jsonb, $4)
     returning id
   ), added as (
     insert into catalogue_sync_steps (sync_id, position, kind, product_key, before, after, held_reason)
     select fresh.id, s.position, s.kind, s.product_key, s.before, s.after, s.held_reason
     from fresh cross join jsonb_to_recordset($5::jsonb)
       as s (position integer, kind text, product_key text, before jsonb, after jsonb, held_reason text)
   )
   select id from fresh`,
);

export async function addSync(
  tx: Tx,
  sync: {
    readonly actor: string;
    readonly counts: SyncCounts;
    readonly findings: readonly SyncFinding[];
    readonly heldReason: string | null;
    readonly steps: readonly SyncStep[];
  },
): Promise<number> {
  const steps = sync.steps.map(({ kind, productKey, before, after, heldReason }, position) => ({
    position,
    kind,
    product_key: productKey,
    before,
    after,
    held_reason: heldReason,
  }));
  const { rows } = await tx.run<{ id: number }>(ADD, [
    sync.actor,
    JSON.stringify(sync.counts),
    JSON.stringify(sync.findings),
    sync.heldReason,
    JSON.stringify(steps),
  ]);
  return rows[0]?.id ?? 0;
}

/** What needs no person may be done already: while no newer one has come, what was held of it can still be accepted. */
const BEGIN = statement(
  "supply.begin_sync",
  `update catalogue_syncs set state = 'applying', accepts_held = accepts_held or $2
   where id = $1 and (
     (state in ('ready', 'applying') and (held_reason is null or accepts_held or $2))
     or (state = 'done' and $2 and id = (select max(id) from catalogue_syncs) and exists (
       select from catalogue_sync_steps t where t.sync_id = $1 and t.held_reason is not null
         and t.applied_at is null and t.skipped_reason is null)))
   returning accepts_held`,
);

/** Undefined: it is over, another one has come after it, or a person has to accept it. */
export async function beginSyncIfAllowed(
  db: Queryable,
  id: number,
  acceptsHeld: boolean,
): Promise<{ readonly acceptsHeld: boolean } | undefined> {
  const row = (await db.run<{ accepts_held: boolean }>(BEGIN, [id, acceptsHeld])).rows[0];
  return row === undefined ? undefined : { acceptsHeld: row.accepts_held };
}

export interface TakenStep {
  readonly position: number;
  readonly kind: SyncStep["kind"];
  readonly product_key: string;
  readonly before: SyncStep["before"];
  readonly after: SyncStep["after"];
}

// The sync's own row is held too, so that a newer one ends this one between two batches and not within one.
const TAKE = statement(
  "supply.take_steps",
  `with live as (select id from catalogue_syncs where id = $1 and state = 'applying' for share)
   select s.position, s.kind, s.product_key, s.before, s.after
   from catalogue_sync_steps s join live on live.id = s.sync_id
   where s.applied_at is null and s.skipped_reason is null and ($2::boolean or s.held_reason is null)
   order by s.position limit $3 for update of s`,
);

export async function takeSteps(
  tx: Tx,
  id: number,
  acceptsHeld: boolean,
  limit: number,
): Promise<readonly TakenStep[]> {
  return (await tx.run<TakenStep>(TAKE, [id, acceptsHeld, limit])).rows;
}

const END_STEPS = statement(
  "supply.end_steps",
  `update catalogue_sync_steps s set
     applied_at = case when e.skipped_reason is null then now() end, skipped_reason = e.skipped_reason
   from jsonb_to_recordset($2::jsonb) as e (position integer, skipped_reason text)
   where s.sync_id = $1 and s.position = e.position and s.applied_at is null and s.skipped_reason is null`,
);

export async function endSteps(
  tx: Tx,
  id: number,
  ends: readonly { readonly position: number; readonly skipped_reason: string | null }[],
): Promise<void> {
  await tx.run(END_STEPS, [id, JSON.stringify(ends)]);
}

const FINISH = statement(
  "supply.finish_sync",
  `update catalogue_syncs set state = 'done', finished_at = now() where id = $1 and state = 'applying'`,
);

export async function finishSync(db: Queryable, id: number): Promise<void> {
  await db.run(FINISH, [id]);
}

const ENDED = statement(
  "supply.sync_ends",
  `select count(*) filter (where applied_at is not null)::integer as applied,
     count(*) filter (where skipped_reason is not null)::integer as skipped,
     count(*) filter (where applied_at is null and skipped_reason is null)::integer as waiting
   from catalogue_sync_steps where sync_id = $1`,
);

export interface SyncEnds {
  readonly applied: number;
  readonly skipped: number;
  readonly waiting: number;
}

export async function countEnds(db: Queryable, id: number): Promise<SyncEnds> {
  const row = (await db.run<SyncEnds>(ENDED, [id])).rows[0];
  return row ?? { applied: 0, skipped: 0, waiting: 0 };
}

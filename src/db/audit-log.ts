import type { Act } from "./act.js";
import { statement, type Tx } from "./database.js";

export interface AuditEntry {
  /** What was done, as subject and verb: "plan.created". */
  readonly action: string;
  /** What it was done to: "plan:12". */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const INSERT = statement(
  "audit.insert",
  `insert into audit_log (actor, action, subject, request_id, before, after)
   values ($1, $2, $3, $4, $5::jsonb, $6::jsonb)`,
);

/** Writes one row in the transaction of the change it tells of, so that there is never one without the other. */
export async function writeAudit(tx: Tx, act: Act, entry: AuditEntry): Promise<void> {
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  await tx.run(INSERT, [
    act.actor,
    entry.action,
    entry.subject,
    act.requestId,
    json(entry.before),
    json(entry.after),
  ]);
}

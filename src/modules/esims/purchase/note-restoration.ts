import { writeAudit } from "../../../db/audit-log.js";
import { type Db, statement } from "../../../db/database.js";

const NOTE = statement(
  "esims.note_restoration",
  "insert into restorations (backup_at) values ($1::timestamptz) returning id",
);

const ACT = { actor: "system:command-line", requestId: null };

/**
 * That the database was put back to what it was at `backupTime` (ISO 8601, before now). From here on suppliers are asked
 * for the purchases of every order of before, ahead of anything new.
 */
export async function noteRestoration(db: Db, backupTime: string): Promise<void> {
  await db.transactionAs(ACT, async (tx) => {
    const { rows } = await tx.run<{ id: number }>(NOTE, [backupTime]);
    const subject = `restoration:${rows[0]?.id}`;
    await writeAudit(tx, ACT, { action: "database.restored", subject, after: { backup_at: backupTime } });
  });
}

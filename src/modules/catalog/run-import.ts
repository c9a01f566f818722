import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import type { RefusedFile, RefusedRow } from "../../kernel/csv/csv-refusal.js";
import type { UpsertCounts } from "./bulk-plan-store.js";

export interface ImportCounts extends UpsertCounts {
  readonly countriesCreated: number;
  readonly carriersCreated: number;
  readonly refused: readonly RefusedRow[];
  /** Rows of the file without its header and blank ones: all others together. */
  readonly rows: number;
}

export interface ImportReport extends ImportCounts {
  readonly kind: "imported";
  readonly isDryRun: boolean;
}

export interface ImportCommand {
  readonly bytes: Uint8Array;
  /** Does everything, reports it, and takes it back. */
  readonly isDryRun: boolean;
  readonly act: Act;
  /** Called with the rows done and all rows, for a progress bar. */
  readonly onProgress?: (done: number, all: number) => void;
}

export type ImportFile = (command: ImportCommand) => Promise<ImportReport | RefusedFile>;

export interface ImportDeps {
  readonly db: Db;
  /** Called after a change, so that this process shows it at once. */
  readonly onChanged: () => void;
}

/** Ends the transaction of a dry run without keeping anything. */
class DryRun extends Error {
  constructor(readonly report: ImportReport) {
    super("dry run");
  }
}

/** Runs an import in one transaction with one audit row; a dry run is the same work, taken back at its end. */
export async function runImport(
  { db, onChanged }: ImportDeps,
  { isDryRun, act }: ImportCommand,
  subject: string,
  work: (tx: Tx) => Promise<ImportCounts>,
): Promise<ImportReport> {
  try {
    return await db.transaction(async (tx) => {
      const report: ImportReport = { kind: "imported", isDryRun, ...(await work(tx)) };
      assertNoRowIsLost(report);
      if (isDryRun) throw new DryRun(report);
      const after = { ...report, refused: report.refused.length };
      await writeAudit(tx, act, { action: `${subject}.imported`, subject, after });
      return report;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.report;
    throw error;
  } finally {
    onChanged();
  }
}

/** What became of each row is in the report, or nothing is imported. */
function assertNoRowIsLost({ created, updated, unchanged, refused, rows }: ImportCounts): void {
  const told = created + updated + unchanged + refused.length;
  if (told !== rows) throw new Error(`The file has ${rows} rows, and the import tells of ${told}`);
}

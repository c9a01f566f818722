import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import type { InstallVault } from "../install-secrets.js";
import { parseStockCsv, type RefusedStockRow, type StockDraft } from "./stock-csv.js";
import { findPlanIdsBySku, insertStock, type NewStockItem, nextStockIds } from "./stock-store.js";

export interface StockImportReport {
  readonly kind: "imported";
  readonly isDryRun: boolean;
  readonly imported: number;
  /** Codes that the shop has had before, sold or not: they stay as they are. */
  readonly known: number;
  readonly refused: readonly RefusedStockRow[];
}

export type ImportStock = (command: {
  readonly bytes: Uint8Array;
  readonly isDryRun: boolean;
  /** Names the file in lists, e.g. "2026-11 Orange". */
  readonly batch: string;
  readonly act: Act;
  readonly onProgress?: (done: number, all: number) => void;
}) => Promise<StockImportReport | { kind: "refused_file"; line: number; reason: string }>;

const CHUNK = 500;

class DryRun extends Error {
  constructor(readonly report: StockImportReport) {
    super("dry run");
  }
}

/**
 * Puts codes into stock, each for the plan of its row. A code has one row for ever, found by its fingerprint: a file
 * that is imported again adds nothing and moves nothing, whatever became of its codes meanwhile.
 */
export function makeImportStock(deps: { readonly db: Db; readonly vault: InstallVault }): ImportStock {
  return async (command) => {
    const file = parseStockCsv(command.bytes);
    if (file.kind === "refused_file") return file;
    const work = async (tx: Tx): Promise<StockImportReport> => {
      const report = await importDrafts(deps.vault, tx, file.drafts, file.refused, command);
      if (command.isDryRun) throw new DryRun(report);
      await writeAudit(tx, command.act, {
        action: "stock.imported",
        subject: "stock",
        after: {
          batch: command.batch,
          imported: report.imported,
          known: report.known,
          refused: report.refused.length,
        },
      });
      return report;
    };
    try {
      return await deps.db.transaction(work);
    } catch (error) {
      if (error instanceof DryRun) return error.report;
      throw error;
    }
  };
}

async function importDrafts(
  vault: InstallVault,
  tx: Tx,
  drafts: readonly StockDraft[],
  refusedRows: readonly RefusedStockRow[],
  { isDryRun, batch, onProgress }: Parameters<ImportStock>[0],
): Promise<StockImportReport> {
  const planIds = await findPlanIdsBySku(tx, [...new Set(drafts.map(({ sku }) => sku))]);
  const refused = [...refusedRows];
  const lineOfCode = new Map<string, number>();
  const good: (StockDraft & { planId: number; fingerprint: Buffer })[] = [];
  for (const draft of drafts) {
    const planId = planIds.get(draft.sku);
    const fingerprint = vault.codeFingerprint(draft.code);
    const key = fingerprint?.toString("base64") ?? "";
    const first = lineOfCode.get(key);
    if (planId === undefined || fingerprint === null)
      refused.push({ line: draft.line, column: "sku", reason: `there is no plan ${draft.sku}` });
    else if (first !== undefined)
      refused.push({
        line: draft.line,
        column: "activation_code",
        reason: `stands in line ${first} already`,
      });
    else {
      lineOfCode.set(key, draft.line);
      good.push({ ...draft, planId, fingerprint });
    }
  }
  let imported = 0;
  for (let start = 0; start < good.length; start += CHUNK) {
    const chunk = good.slice(start, start + CHUNK);
    const ids = await nextStockIds(tx, chunk.length);
    const items = chunk.map((draft, index): NewStockItem => {
      const id = ids[index] ?? 0;
      const { activationCodeText, confirmationCode } = draft;
      const sealed = vault.sealStock(id, { activationCodeText, confirmationCode });
      return { id, planId: draft.planId, sealed, fingerprint: draft.fingerprint, iccid: draft.iccid };
    });
    imported += await insertStock(tx, items, batch);
    onProgress?.(Math.min(start + CHUNK, good.length), good.length);
  }
  refused.sort((a, b) => a.line - b.line);
  return { kind: "imported", isDryRun, imported, known: good.length - imported, refused };
}

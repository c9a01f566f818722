import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import type { RefusedFile, RefusedRow } from "../../../kernel/csv/csv-refusal.js";
import { inTurns } from "../../../kernel/in-turns.js";
import type { InstallVault } from "../install-secrets.js";
import { type ParsedStock, parseStockCsv, type StockDraft } from "./stock-csv.js";
import { findPlanIdsBySku, insertStock, type NewStockItem, nextStockIds } from "./stock-store.js";

export interface StockImportReport {
  readonly kind: "imported";
  readonly isDryRun: boolean;
  /** Rows of the file without its header and blank ones: the following together. */
  readonly rows: number;
  readonly imported: number;
  /** Codes that the shop has had before, sold or not: they stay as they are. */
  readonly known: number;
  readonly refused: readonly RefusedRow[];
}

export interface StockImportCommand {
  readonly bytes: Uint8Array;
  readonly isDryRun: boolean;
  /** Names the file in lists, e.g. "2026-11 Orange". */
  readonly batch: string;
  readonly act: Act;
  readonly onProgress?: (done: number, all: number) => void;
}

export type ImportStock = (command: StockImportCommand) => Promise<StockImportReport | RefusedFile>;

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
    const file = await parseStockCsv(command.bytes);
    if (file.kind === "refused_file") return file;
    const { codes, refused } = await withoutDoubles(deps.vault, file);
    const work = async (tx: Tx): Promise<StockImportReport> => {
      const done = await importCodes(deps.vault, tx, codes, command);
      const all = [...refused, ...done.refused].sort((a, b) => a.line - b.line);
      const { isDryRun } = command;
      const report = { kind: "imported" as const, isDryRun, rows: file.rowCount, ...done, refused: all };
      assertNoRowIsLost(report);
      if (isDryRun) throw new DryRun(report);
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

/** A code that can be told from others. */
interface StockCode extends StockDraft {
  readonly fingerprint: Buffer;
}

/** Of rows with one code or one ICCID the first is taken. */
async function withoutDoubles(
  vault: InstallVault,
  file: ParsedStock,
): Promise<{ codes: readonly StockCode[]; refused: readonly RefusedRow[] }> {
  const lineOfCode = new Map<string, number>();
  const lineOfIccid = new Map<string, number>();
  const codes: StockCode[] = [];
  const refused = [...file.refused];
  for await (const draft of inTurns(file.drafts)) {
    const { line } = draft;
    const fingerprint = vault.codeFingerprint(draft.code);
    if (fingerprint === null) throw new Error("A code without a matching id was read");
    const key = fingerprint.toString("base64");
    const iccid = draft.iccid?.toLowerCase() ?? "";
    const sameCode = lineOfCode.get(key);
    const sameIccid = lineOfIccid.get(iccid);
    if (sameCode !== undefined) refused.push(double(line, "activation_code", sameCode));
    else if (sameIccid !== undefined) refused.push(double(line, "iccid", sameIccid));
    else {
      lineOfCode.set(key, line);
      if (iccid !== "") lineOfIccid.set(iccid, line);
      codes.push({ ...draft, fingerprint });
    }
  }
  return { codes, refused };
}

const double = (line: number, column: string, first: number): RefusedRow => ({
  line,
  column,
  reason: `stands in line ${first} already`,
});

async function importCodes(
  vault: InstallVault,
  tx: Tx,
  codes: readonly StockCode[],
  { batch, onProgress }: StockImportCommand,
): Promise<{ imported: number; known: number; refused: readonly RefusedRow[] }> {
  const planIds = await findPlanIdsBySku(tx, [...new Set(codes.map(({ sku }) => sku))]);
  const refused = codes
    .filter(({ sku }) => !planIds.has(sku))
    .map(({ line, sku }): RefusedRow => ({ line, column: "sku", reason: `there is no plan ${sku}` }));
  const sellable = codes.filter(({ sku }) => planIds.has(sku));
  let imported = 0;
  let known = 0;
  for (let start = 0; start < sellable.length; start += CHUNK) {
    const chunk = sellable.slice(start, start + CHUNK);
    const ids = await nextStockIds(tx, chunk.length);
    const items = chunk.map((code, index): NewStockItem => {
      const id = ids[index] ?? 0;
      const { activationCodeText, confirmationCode, fingerprint, iccid, sku } = code;
      const sealed = vault.sealStock(id, { activationCodeText, confirmationCode });
      return { id, planId: planIds.get(sku) ?? 0, sealed, fingerprint, iccid };
    });
    const written = await insertStock(tx, items, batch);
    imported += written.inserted.length;
    known += written.known.length;
    const told = new Set([...written.inserted, ...written.known].map((one) => one.toString("base64")));
    for (const { line, fingerprint } of chunk) {
      if (!told.has(fingerprint.toString("base64")))
        refused.push({ line, column: "iccid", reason: ICCID_TAKEN });
    }
    onProgress?.(Math.min(start + CHUNK, sellable.length), sellable.length);
  }
  return { imported, known, refused };
}

const ICCID_TAKEN = "is the number of another code in stock or of an eSIM in use";

/** What became of each row is in the report, or nothing is imported. */
function assertNoRowIsLost({ rows, imported, known, refused }: StockImportReport): void {
  const told = imported + known + refused.length;
  if (told !== rows) throw new Error(`The file has ${rows} rows, and the import tells of ${told}`);
}

import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { sendCsv } from "../../../http/send-csv.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { ImportReportView } from "../admin-views.js";
import type { ExportFile } from "../export-catalog.js";
import type { ImportFile, ImportReport } from "../run-import.js";

const REFUSED_SHOWN_MAX = 1_000;

const Query = Type.Object(
  { dry_run: Type.Optional(Type.Boolean({ description: "Reports what would happen and changes nothing" })) },
  { additionalProperties: false },
);

export interface AdminFile {
  /** "plans": the file's name, and its place under /admin. */
  readonly subject: string;
  /** What the columns are, for the document. */
  readonly columns: string;
  readonly importFile: ImportFile;
  readonly exportFile: ExportFile;
  readonly bytesMax: number;
}

/** The CSV import and export of one kind of record. */
export function registerAdminFile(app: Server, file: AdminFile): void {
  const tags = ["Administration: catalogue"];

  app.post(
    `/admin/${file.subject}/import`,
    {
      config: {
        access: "admin",
        permission: "catalogue.write",
        consumes: "csv",
        problems: ["csv_invalid", "conflict"],
      },
      bodyLimit: file.bytesMax,
      schema: {
        tags,
        operationId: `import${capitalised(file.subject)}`,
        summary: `Import ${file.subject} from CSV`,
        description: `Body text/csv of any make. ${file.columns} Rows with mistakes are refused one by one and reported; the others are imported.`,
        querystring: Query,
        // Any: the body is bytes, and the importer judges them row by row.
        body: { content: { "text/csv": { schema: Type.Any() } } },
        response: { 200: ImportReportView },
      },
    },
    async (request) => {
      if (!Buffer.isBuffer(request.body) || request.body.length === 0) {
        throw new AppError("csv_invalid", "Send the file as the body, with content type text/csv.");
      }
      const isDryRun = request.query.dry_run ?? false;
      const report = await file.importFile({ bytes: request.body, isDryRun, act: adminAct(request) });
      if (report.kind === "refused_file") {
        throw new AppError("csv_invalid", `Line ${report.line}: ${report.reason}`);
      }
      return reportView(report);
    },
  );
  app.get(
    `/admin/${file.subject}/export`,
    {
      config: { access: "admin", permission: "catalogue.read" },
      schema: {
        tags,
        operationId: `export${capitalised(file.subject)}`,
        summary: `All ${file.subject} as CSV, in the form that the import reads`,
        response: {
          200: { description: "CSV in UTF-8", content: { "text/csv": { schema: Type.String() } } },
        },
      },
    },
    (_request, reply) => sendCsv(reply, `${file.subject}.csv`, file.exportFile()),
  );
}

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const reportView = (report: ImportReport) => ({
  dry_run: report.isDryRun,
  rows: report.rows,
  created: report.created,
  updated: report.updated,
  unchanged: report.unchanged,
  countries_created: report.countriesCreated,
  carriers_created: report.carriersCreated,
  refused_count: report.refused.length,
  refused: report.refused.slice(0, REFUSED_SHOWN_MAX).map((row) => ({ ...row })),
});

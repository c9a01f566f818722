import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { ImportReportView } from "../admin-views.js";
import type { ImportCatalog } from "../import-catalog.js";

const REFUSED_SHOWN_MAX = 1_000;

const Query = Type.Object(
  { dry_run: Type.Optional(Type.Boolean({ description: "Reports what would happen and changes nothing" })) },
  { additionalProperties: false },
);

export interface AdminPlanFilesDeps {
  readonly importCatalog: ImportCatalog;
  readonly exportCatalog: () => Promise<string>;
  readonly bytesMax: number;
}

export function registerAdminPlanFiles(app: Server, deps: AdminPlanFilesDeps): void {
  const tags = ["Administration: catalogue"];

  app.post(
    "/admin/plans/import",
    {
      config: { access: "admin", consumes: "csv" },
      bodyLimit: deps.bytesMax,
      schema: {
        tags,
        summary: "Import plans from CSV",
        description:
          "Body text/csv in UTF-8. Columns sku, name, carrier, data_gb (a number or unlimited), duration_days, " +
          "country or region and countries, price_USD and other currencies, description, paused_reason. " +
          "Plans are found by sku. Rows with mistakes are refused one by one and reported; the others are imported.",
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
      const report = await deps.importCatalog({
        bytes: request.body,
        isDryRun: request.query.dry_run ?? false,
        act: adminAct(request),
      });
      if (report.kind === "refused_file") {
        throw new AppError("csv_invalid", `Line ${report.line}: ${report.reason}`);
      }
      return {
        dry_run: report.isDryRun,
        created: report.created,
        updated: report.updated,
        unchanged: report.unchanged,
        countries_created: report.countriesCreated,
        carriers_created: report.carriersCreated,
        refused_count: report.refused.length,
        refused: report.refused.slice(0, REFUSED_SHOWN_MAX).map((row) => ({ ...row })),
      };
    },
  );
  app.get(
    "/admin/plans/export",
    {
      config: { access: "admin" },
      schema: {
        tags,
        summary: "All plans as CSV, in the form that the import reads",
        response: {
          200: { description: "CSV in UTF-8", content: { "text/csv": { schema: Type.String() } } },
        },
      },
    },
    async (_request, reply) => {
      const csv = await deps.exportCatalog();
      return reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="plans.csv"')
        .serializer((text: unknown) => String(text))
        .send(csv);
    },
  );
}

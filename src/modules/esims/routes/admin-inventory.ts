import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ImportStock } from "../stock/import-stock.js";
import type { StockLevel } from "../stock/stock-store.js";

const REFUSED_SHOWN_MAX = 1_000;

export interface AdminInventoryDeps {
  readonly importStock: ImportStock;
  readonly listLowStock: (threshold: number) => Promise<readonly StockLevel[]>;
  readonly bytesMax: number;
}

const tags = ["Administration: eSIMs"];

export function registerAdminInventory(app: Server, deps: AdminInventoryDeps): void {
  registerImport(app, deps);
  registerLowStock(app, deps);
}

function registerImport(app: Server, deps: AdminInventoryDeps): void {
  app.post(
    "/admin/inventory/import",
    {
      config: { access: "admin", permission: "stock.write", problems: ["csv_invalid"], consumes: "csv" },
      bodyLimit: deps.bytesMax,
      schema: {
        tags,
        operationId: "importStock",
        summary: "Import eSIM codes into stock from CSV",
        description:
          "Body text/csv of any make with the columns sku, activation_code, and iccid and confirmation_code if there are " +
          "any. Codes that were ever imported stay as they are, sold or not.",
        querystring: Type.Object(
          {
            dry_run: Type.Optional(Type.Boolean()),
            batch: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
          },
          { additionalProperties: false },
        ),
        // Any: the body is bytes, and the importer judges them row by row.
        body: { content: { "text/csv": { schema: Type.Any() } } },
        response: {
          200: Type.Object({
            dry_run: Type.Boolean(),
            rows: Type.Integer({ description: "Rows of the file without its header and blank ones" }),
            imported: Type.Integer(),
            known: Type.Integer({ description: "Codes that the shop has had before" }),
            refused_count: Type.Integer(),
            refused: Type.Array(
              Type.Object({ line: Type.Integer(), column: Type.String(), reason: Type.String() }),
            ),
          }),
        },
      },
    },
    async (request) => {
      if (!Buffer.isBuffer(request.body) || request.body.length === 0)
        throw new AppError("csv_invalid", "Send the file as the body, with content type text/csv.");
      const report = await deps.importStock({
        bytes: request.body,
        isDryRun: request.query.dry_run ?? false,
        batch: request.query.batch ?? `import ${new Date().toISOString().slice(0, 16)}`,
        act: adminAct(request),
      });
      if (report.kind === "refused_file")
        throw new AppError("csv_invalid", `Line ${report.line}: ${report.reason}`);
      return {
        dry_run: report.isDryRun,
        rows: report.rows,
        imported: report.imported,
        known: report.known,
        refused_count: report.refused.length,
        refused: report.refused.slice(0, REFUSED_SHOWN_MAX).map((row) => ({ ...row })),
      };
    },
  );
}

function registerLowStock(app: Server, { listLowStock }: AdminInventoryDeps): void {
  app.get(
    "/admin/inventory/low-stock",
    {
      config: { access: "admin", permission: "stock.read" },
      schema: {
        tags,
        operationId: "listLowStock",
        summary: "Plans sold from stock that are running out, those with none left first",
        querystring: Type.Object(
          { threshold: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Array(
            Type.Object({
              plan_id: Type.Integer(),
              sku: Type.String(),
              name: Type.String(),
              available: Type.Integer(),
              held: Type.Integer(),
              assigned: Type.Integer(),
            }),
          ),
        },
      },
    },
    async ({ query }) => (await listLowStock(query.threshold ?? 10)).map((row) => ({ ...row })),
  );
}

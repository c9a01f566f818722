import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ChoosePlanSuppliers, ListPlanSuppliers } from "../suppliers/choose-plan-suppliers.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const PackageId = Type.String({ minLength: 1, maxLength: 200 });
const PlanId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const Body = Type.Object(
  {
    suppliers: Type.Array(
      Type.Object(
        {
          supplier: Type.String({ minLength: 1, maxLength: 32 }),
          package_id: Type.Optional(PackageId),
          top_up_package_id: Type.Optional(PackageId),
          rank: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
        },
        { additionalProperties: false },
      ),
      { maxItems: 20 },
    ),
  },
  { additionalProperties: false },
);

const Rows = Type.Array(
  Type.Object({
    supplier: Type.String(),
    package_id: Type.String(),
    top_up_package_id: NullableText,
    rank: Type.Integer({ description: "Lower is asked first; the cost decides among equals" }),
    cost_text: NullableText,
    cost_currency: NullableText,
    paused_reason: NullableText,
    checked_at: NullableText,
  }),
);

export function registerAdminPlanSuppliers(
  app: Server,
  deps: { listPlanSuppliers: ListPlanSuppliers; choosePlanSuppliers: ChoosePlanSuppliers },
): void {
  const config = { access: "admin" } as const;
  const tags = ["Administration: eSIMs"];
  app.get(
    "/admin/plans/:id/suppliers",
    {
      config: { ...config, permission: "suppliers.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getPlanSuppliers",
        summary: "Where a plan is bought",
        params: PlanId,
        response: { 200: Rows },
      },
    },
    async ({ params }) => (await deps.listPlanSuppliers(params.id)).map((row) => ({ ...row })),
  );
  app.put(
    "/admin/plans/:id/suppliers",
    {
      config: { ...config, permission: "suppliers.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "replacePlanSuppliers",
        summary: "Say where a plan is bought, in place of what was said before",
        description:
          "package_id is the supplier's name of the plan (left out for local and stock, where it is the plan's own id), " +
          "top_up_package_id its name of the same plan as a top-up. Costs are read by a job at once.",
        params: PlanId,
        body: Body,
        response: { 200: Rows },
      },
    },
    async (request) => {
      const planId = request.params.id;
      const drafts = request.body.suppliers.map((one, index) => ({
        supplier: one.supplier,
        packageId: packageIdOf(one, planId, index),
        topUpPackageId: one.top_up_package_id ?? null,
        rank: one.rank ?? 0,
      }));
      const chosen = await deps.choosePlanSuppliers(planId, drafts, adminAct(request));
      if (chosen.kind === "plan_unknown") throw new AppError("not_found", "Plan not found");
      if (chosen.kind === "refused") throw invalid(`/suppliers/${chosen.index}/supplier`, chosen.why);
      return chosen.rows.map((row) => ({ ...row }));
    },
  );
}

/** What is ours knows plans by their own id. */
function packageIdOf(
  { supplier, package_id: packageId }: { supplier: string; package_id?: string },
  planId: number,
  index: number,
): string {
  const isOurs = supplier === "local" || supplier === "stock";
  if (isOurs && (packageId === undefined || packageId === String(planId))) return String(planId);
  if (!isOurs && packageId !== undefined) return packageId;
  const pointer = `/suppliers/${index}/package_id`;
  throw invalid(pointer, isOurs ? "is the plan's own id for local and stock; leave it out" : "is missing");
}

function invalid(pointer: string, message: string): AppError {
  return new AppError("validation_failed", `${pointer} ${message}.`, { errors: [{ pointer, message }] });
}

import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import { AdminPlanView, adminPlanView, IdParams, MessageView, PlanPatch } from "../admin-views.js";
import type { AdminPlanRow, PlanListFilter, PlanSortKey } from "../catalog-records.js";
import { asPlanBody, asPlanPatch, NewPlanBody, PlanPut, replacesPlan } from "../first-client-plan.js";
import { type ManagePlans, patchedPlan, planInputOf } from "../manage-plans.js";
import type { PriceProblem } from "../plan-draft.js";

const SORT_KEYS = [
  "id",
  "sku",
  "name",
  "data_gb",
  "duration_days",
  "price_usd",
  "country",
  "carrier",
  "created_at",
  "updated_at",
] as const satisfies PlanSortKey[];

const Query = listQuery(SORT_KEYS, {
  country: Type.Optional(Type.String({ pattern: "^[A-Za-z]{2}$", description: "ISO 3166-1 alpha-2" })),
  carrier_id: Type.Optional(Type.Integer({ minimum: 1 })),
  is_active: Type.Optional(Type.Boolean()),
});

export interface AdminPlansDeps {
  readonly manage: ManagePlans;
  list(request: ListRequest<PlanSortKey>, filter: PlanListFilter): Promise<ListPage<AdminPlanRow>>;
  find(id: number): Promise<AdminPlanRow | undefined>;
  readonly priceProblem: PriceProblem;
}

const config = { access: "admin" } as const;
const tags = ["Administration: catalogue"];

export function registerAdminPlans(app: Server, deps: AdminPlansDeps): void {
  registerReads(app, deps);
  registerWrites(app, deps);
}

function registerReads(app: Server, { list, find }: AdminPlansDeps): void {
  app.get(
    "/admin/plans",
    {
      config: { ...config, permission: "catalogue.read" },
      schema: {
        tags,
        operationId: "listAdminPlans",
        summary: "Plans, on sale or not",
        querystring: Query,
        response: { 200: listOf(AdminPlanView) },
      },
    },
    async ({ query }) => {
      const wanted = listRequestOf(query, { sortBy: "id", sortOrder: "asc" });
      const filter = {
        country: query.country?.toUpperCase() ?? null,
        carrierId: query.carrier_id ?? null,
        isActive: query.is_active ?? null,
      };
      return listAnswer(await list(wanted, filter), wanted, adminPlanView);
    },
  );
  app.get(
    "/admin/plans/:id",
    {
      config: { ...config, permission: "catalogue.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getAdminPlan",
        summary: "One plan",
        params: IdParams,
        response: { 200: AdminPlanView },
      },
    },
    async ({ params }) => {
      const row = await find(params.id);
      if (row === undefined) throw new AppError("not_found", "Plan not found");
      return adminPlanView(row);
    },
  );
}

function registerWrites(app: Server, deps: AdminPlansDeps): void {
  registerAdding(app, deps);
  registerChanges(app, deps);
  registerDeletion(app, deps);
}

function registerAdding(app: Server, { manage, priceProblem }: AdminPlansDeps): void {
  app.post(
    "/admin/plans",
    {
      config: { ...config, permission: "catalogue.write", problems: ["conflict", "referenced"] },
      schema: {
        tags,
        operationId: "addPlan",
        summary: "Add a plan",
        body: NewPlanBody,
        response: { 201: AdminPlanView },
      },
    },
    async (request, reply) => {
      const row = await manage.create(planInputOf(asPlanBody(request.body), priceProblem), adminAct(request));
      return reply.code(201).send(adminPlanView(row));
    },
  );
}

function registerChanges(app: Server, { manage, priceProblem }: AdminPlansDeps): void {
  app.put(
    "/admin/plans/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "replacePlan",
        summary: "Replace a plan; with less than a whole plan, change what is named",
        params: IdParams,
        body: PlanPut,
        response: { 200: AdminPlanView },
      },
    },
    async (request) => {
      const { body } = request;
      const plan = replacesPlan(body) ? planInputOf(body, priceProblem) : undefined;
      const changeOf = (before: AdminPlanRow) =>
        plan ?? patchedPlan(before, asPlanPatch(body, before.prices), priceProblem);
      return adminPlanView(await manage.change(request.params.id, changeOf, adminAct(request)));
    },
  );
  app.patch(
    "/admin/plans/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "changePlan",
        summary: "Change a plan, or pause it (paused_reason) and put it on sale again (null)",
        params: IdParams,
        body: PlanPatch,
        response: { 200: AdminPlanView },
      },
    },
    async (request) => {
      const changeOf = (before: AdminPlanRow) => patchedPlan(before, request.body, priceProblem);
      return adminPlanView(await manage.change(request.params.id, changeOf, adminAct(request)));
    },
  );
}

function registerDeletion(app: Server, { manage }: AdminPlansDeps): void {
  app.delete(
    "/admin/plans/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "referenced", "conflict"] },
      schema: {
        tags,
        operationId: "deletePlan",
        summary: "Delete a plan that nobody ordered",
        params: IdParams,
        response: { 200: MessageView },
      },
    },
    async (request) => {
      await manage.remove(request.params.id, adminAct(request));
      return { message: "plan_deleted" };
    },
  );
}

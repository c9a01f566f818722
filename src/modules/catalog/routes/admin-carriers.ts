import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import { AdminCarrierView, CarrierBody, IdParams, MessageView } from "../admin-views.js";
import type { CarrierInput, CarrierRow, CarrierSortKey } from "../catalog-records.js";
import type { Manage } from "../manage-record.js";

const SORT_KEYS = ["id", "name", "created_at", "updated_at"] as const satisfies CarrierSortKey[];

export interface AdminCarriersDeps {
  readonly manage: Manage<CarrierInput, CarrierRow>;
  list(request: ListRequest<CarrierSortKey>): Promise<ListPage<CarrierRow>>;
  find(id: number): Promise<CarrierRow | undefined>;
}

const config = { access: "admin" } as const;
const tags = ["Administration: catalogue"];

export function registerAdminCarriers(app: Server, deps: AdminCarriersDeps): void {
  registerReads(app, deps);
  registerWrites(app, deps);
}

function registerReads(app: Server, { list, find }: AdminCarriersDeps): void {
  app.get(
    "/admin/carriers",
    {
      config: { ...config, permission: "catalogue.read" },
      schema: {
        tags,
        operationId: "listCarriers",
        summary: "Carriers",
        querystring: listQuery(SORT_KEYS),
        response: { 200: listOf(AdminCarrierView) },
      },
    },
    async (request) => {
      const wanted = listRequestOf(request.query, { sortBy: "name", sortOrder: "asc" });
      return listAnswer(await list(wanted), wanted, (row) => row);
    },
  );
  app.get(
    "/admin/carriers/:id",
    {
      config: { ...config, permission: "catalogue.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getCarrier",
        summary: "One carrier",
        params: IdParams,
        response: { 200: AdminCarrierView },
      },
    },
    async ({ params }) => {
      const row = await find(params.id);
      if (row === undefined) throw new AppError("not_found", "Carrier not found");
      return row;
    },
  );
}

function registerWrites(app: Server, { manage }: AdminCarriersDeps): void {
  app.post(
    "/admin/carriers",
    {
      config: { ...config, permission: "catalogue.write", problems: ["conflict"] },
      schema: {
        tags,
        operationId: "addCarrier",
        summary: "Add a carrier",
        body: CarrierBody,
        response: { 201: AdminCarrierView },
      },
    },
    async (request, reply) => {
      const { name } = request.body;
      return reply.code(201).send(await manage.create({ name }, adminAct(request)));
    },
  );
  app.put(
    "/admin/carriers/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "replaceCarrier",
        summary: "Replace a carrier",
        params: IdParams,
        body: CarrierBody,
        response: { 200: AdminCarrierView },
      },
    },
    async (request) => {
      const { name } = request.body;
      return manage.change(request.params.id, () => ({ name }), adminAct(request));
    },
  );
  app.patch(
    "/admin/carriers/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "changeCarrier",
        summary: "Change a carrier",
        params: IdParams,
        body: CarrierBody,
        response: { 200: AdminCarrierView },
      },
    },
    async (request) => manage.change(request.params.id, () => request.body, adminAct(request)),
  );
  app.delete(
    "/admin/carriers/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "referenced"] },
      schema: {
        tags,
        operationId: "deleteCarrier",
        summary: "Delete a carrier that no plan refers to",
        params: IdParams,
        response: { 200: MessageView },
      },
    },
    async (request) => {
      await manage.remove(request.params.id, adminAct(request));
      return { message: "carrier_deleted" };
    },
  );
}

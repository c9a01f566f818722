import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import { AdminCountryView, CountryBody, CountryPatch, IdParams, MessageView } from "../admin-views.js";
import type { CountryInput, CountryRow, CountrySortKey } from "../catalog-records.js";
import type { Manage } from "../manage-record.js";

const SORT_KEYS = ["id", "iso2", "name", "created_at", "updated_at"] as const satisfies CountrySortKey[];

export interface AdminCountriesDeps {
  readonly manage: Manage<CountryInput, CountryRow>;
  list(request: ListRequest<CountrySortKey>): Promise<ListPage<CountryRow>>;
  find(id: number): Promise<CountryRow | undefined>;
}

const config = { access: "admin" } as const;
const tags = ["Administration: catalogue"];

export function registerAdminCountries(app: Server, deps: AdminCountriesDeps): void {
  registerReads(app, deps);
  registerWrites(app, deps);
}

function registerReads(app: Server, { list, find }: AdminCountriesDeps): void {
  app.get(
    "/admin/countries",
    {
      config: { ...config, permission: "catalogue.read" },
      schema: {
        tags,
        operationId: "listAdminCountries",
        summary: "Countries",
        querystring: listQuery(SORT_KEYS),
        response: { 200: listOf(AdminCountryView) },
      },
    },
    async (request) => {
      const wanted = listRequestOf(request.query, { sortBy: "name", sortOrder: "asc" });
      return listAnswer(await list(wanted), wanted, (row) => row);
    },
  );
  app.get(
    "/admin/countries/:id",
    {
      config: { ...config, permission: "catalogue.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getCountry",
        summary: "One country",
        params: IdParams,
        response: { 200: AdminCountryView },
      },
    },
    async ({ params }) => {
      const row = await find(params.id);
      if (row === undefined) throw new AppError("not_found", "Country not found");
      return row;
    },
  );
}

function registerWrites(app: Server, { manage }: AdminCountriesDeps): void {
  app.post(
    "/admin/countries",
    {
      config: { ...config, permission: "catalogue.write", problems: ["conflict"] },
      schema: {
        tags,
        operationId: "addCountry",
        summary: "Add a country",
        body: CountryBody,
        response: { 201: AdminCountryView },
      },
    },
    async (request, reply) => {
      const { iso2, iso3 = null, name } = request.body;
      return reply.code(201).send(await manage.create({ iso2, iso3, name }, adminAct(request)));
    },
  );
  app.put(
    "/admin/countries/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "replaceCountry",
        summary: "Replace a country",
        params: IdParams,
        body: CountryBody,
        response: { 200: AdminCountryView },
      },
    },
    async (request) => {
      const { iso2, iso3 = null, name } = request.body;
      return manage.change(request.params.id, () => ({ iso2, iso3, name }), adminAct(request));
    },
  );
  app.patch(
    "/admin/countries/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "changeCountry",
        summary: "Change a country",
        params: IdParams,
        body: CountryPatch,
        response: { 200: AdminCountryView },
      },
    },
    async (request) =>
      manage.change(request.params.id, (before) => ({ ...before, ...request.body }), adminAct(request)),
  );
  app.delete(
    "/admin/countries/:id",
    {
      config: { ...config, permission: "catalogue.write", problems: ["not_found", "referenced"] },
      schema: {
        tags,
        operationId: "deleteCountry",
        summary: "Delete a country that no plan refers to",
        params: IdParams,
        response: { 200: MessageView },
      },
    },
    async (request) => {
      await manage.remove(request.params.id, adminAct(request));
      return { message: "country_deleted" };
    },
  );
}

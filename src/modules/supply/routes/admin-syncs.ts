import { type Static, Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { listAnswer, listOf, listQuery, listRequestOf } from "../../../http/list-query.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ListPage, ListRequest } from "../../../kernel/list-page.js";
import type { RequestSync } from "../sync/request-sync.js";
import type { SyncDetail, SyncListRow } from "../sync/sync-read-model.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const SyncId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const Prices = Type.Object(
  {},
  { additionalProperties: Type.Integer(), description: "Minor units by currency" },
);

const SyncFields = {
  id: Type.Integer(),
  state: Type.String({ description: "ready, applying, done or superseded" }),
  actor: Type.String(),
  counts: Type.Object({
    packages: Type.Integer(),
    added: Type.Integer(),
    changed: Type.Integer(),
    vanished: Type.Integer(),
    create: Type.Integer(),
    change: Type.Integer(),
    pause: Type.Integer(),
    price_up: Type.Integer(),
    price_down: Type.Integer(),
    held: Type.Integer(),
    undecided: Type.Integer(),
  }),
  held_reason: Type.Union([Type.String(), Type.Null()], {
    description: "first_run or more_than_limit: nothing of it is applied without a person",
  }),
  accepts_held: Type.Boolean(),
  created_at: Type.String(),
  finished_at: NullableText,
};
const SyncView = Type.Object(SyncFields, { title: "CatalogueSync" });

const SyncDetailView = Type.Object(
  {
    ...SyncFields,
    ends: Type.Object({ applied: Type.Integer(), skipped: Type.Integer(), waiting: Type.Integer() }),
    findings: Type.Array(
      Type.Object({
        supplier: Type.String(),
        package_id: NullableText,
        code: Type.String(),
        why: Type.String(),
      }),
      { description: "What was left to a person, and why; at most 500" },
    ),
    steps: Type.Array(
      Type.Object({
        position: Type.Integer(),
        kind: Type.String({ description: "create, change or pause" }),
        sku: Type.String(),
        name: Type.String(),
        before: Type.Union([
          Type.Object({ prices: Prices, suppliers: Type.Array(Type.String()), paused_reason: NullableText }),
          Type.Null(),
        ]),
        prices: Prices,
        margins: Type.Record(Type.String(), Type.Object({ before: NullableText, after: NullableText }), {
          description:
            "By currency, in major units: what a sale leaves after card fee and the first supplier's cost, as it is sold now and as it would be",
        }),
        suppliers: Type.Union([Type.Array(Type.String()), Type.Null()], { description: "Null: as they are" }),
        paused_reason: NullableText,
        held_reason: NullableText,
        applied_at: NullableText,
        skipped_reason: NullableText,
      }),
      { description: "The first 200, those that wait for a person before others" },
    ),
  },
  { title: "CatalogueSyncDetail" },
);

const Message = Type.Object({ message: Type.String() });

export interface AdminSyncsDeps {
  readonly request: RequestSync;
  list(request: ListRequest<"id">): Promise<ListPage<SyncListRow>>;
  find(id: number): Promise<SyncDetail | undefined>;
}

const tags = ["Administration: catalogue"];
const reads = { access: "admin", permission: "catalogue.read" } as const;
const writes = { access: "admin", permission: "catalogue.write" } as const;

export function registerAdminSyncs(app: Server, deps: AdminSyncsDeps): void {
  registerReads(app, deps);
  app.post(
    "/admin/catalogue/syncs",
    {
      config: writes,
      schema: {
        tags,
        operationId: "startCatalogueSync",
        summary: "Compare the catalogue with what suppliers sell",
        description: "A job asks them; what needs no person is applied, the rest waits in the list.",
        response: { 202: Message },
      },
    },
    async (request, reply) => {
      await deps.request.start(adminAct(request));
      return reply.code(202).send({ message: "sync_requested" });
    },
  );
  app.post(
    "/admin/catalogue/syncs/:id/apply",
    {
      config: { ...writes, problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "applyCatalogueSync",
        summary: "Apply what a synchronisation found",
        description:
          "With accept_held also what waits for a person: large changes, jumps of costs, changed products.",
        params: SyncId,
        body: Type.Object({ accept_held: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
        response: { 202: Message },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await deps.find(id)) === undefined) throw noSuchSync();
      if (await deps.request.apply(id, request.body.accept_held ?? false, adminAct(request))) {
        return reply.code(202).send({ message: "apply_requested" });
      }
      throw new AppError(
        "conflict",
        "It is over, a newer one has taken its place, or it waits for a person: look at its steps and send accept_held.",
      );
    },
  );
}

function registerReads(app: Server, deps: AdminSyncsDeps): void {
  app.get(
    "/admin/catalogue/syncs",
    {
      config: reads,
      schema: {
        tags,
        operationId: "listCatalogueSyncs",
        summary: "Synchronisations of the catalogue, the newest first",
        description: "One that found no difference leaves no row.",
        querystring: listQuery(["id"]),
        response: { 200: listOf(SyncView) },
      },
    },
    async ({ query }) => {
      const wanted = listRequestOf(query, { sortBy: "id", sortOrder: "desc" });
      return listAnswer(await deps.list(wanted), wanted, (row) => ({ ...row }));
    },
  );
  app.get(
    "/admin/catalogue/syncs/:id",
    {
      config: { ...reads, problems: ["not_found"] },
      schema: {
        tags,
        operationId: "getCatalogueSync",
        summary: "One synchronisation with its steps and findings",
        params: SyncId,
        response: { 200: SyncDetailView },
      },
    },
    async ({ params }) => {
      const found = await deps.find(params.id);
      if (found === undefined) throw noSuchSync();
      return detailView(found);
    },
  );
}

const noSuchSync = (): AppError => new AppError("not_found", "There is no such synchronisation.");

function detailView({ findings, steps, ...row }: SyncDetail): Static<typeof SyncDetailView> {
  return {
    ...row,
    findings: [...findings],
    steps: steps.map((step) => ({
      ...step,
      suppliers: step.suppliers === null ? null : [...step.suppliers],
      before:
        step.before === null
          ? null
          : {
              prices: step.before.prices,
              suppliers: [...step.before.suppliers],
              paused_reason: step.before.pausedReason,
            },
    })),
  };
}

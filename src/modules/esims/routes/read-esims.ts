import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { findEsimOf, listEsimsOf } from "../esim-read-model.js";
import { type EsimOnWire, EsimWire } from "../esim-view.js";
import type { MarkInstalled } from "../mark-installed.js";
import type { ShowEsim } from "../show-esims.js";
import { ownerOf } from "./owner.js";

export const EsimId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export function registerReadEsims(
  app: Server,
  deps: { db: Db; showEsim: ShowEsim; markInstalled: MarkInstalled; esimOnWire: EsimOnWire },
): void {
  const { db, showEsim, esimOnWire } = deps;
  const tags = ["eSIMs"];

  app.get(
    "/esims/mine",
    {
      config: { access: "user", isShedFirst: true },
      schema: {
        tags,
        operationId: "listMyEsims",
        summary: "My eSIMs, newest first",
        response: { 200: Type.Array(EsimWire) },
      },
    },
    async (request) => {
      const rows = await listEsimsOf(db, callerOf(request).userId);
      const viewer = ownerOf(request, "api");
      const shown = await Promise.all(rows.map((row) => showEsim(row, viewer)));
      return shown.map(({ row, secrets }) => esimOnWire(row, secrets));
    },
  );
  app.get(
    "/esims/:id",
    {
      config: { access: "user", problems: ["not_found"], isShedFirst: true },
      schema: {
        tags,
        operationId: "getEsim",
        summary: "One of my eSIMs",
        params: EsimId,
        response: { 200: EsimWire },
      },
    },
    async (request) => {
      const found = await findEsimOf(db, callerOf(request).userId, request.params.id);
      if (found === undefined) throw new AppError("not_found", "eSIM not found");
      const { row, secrets } = await showEsim(found, ownerOf(request, "api"));
      return esimOnWire(row, secrets);
    },
  );
  app.post(
    "/esims/:id/installed",
    {
      config: { access: "user", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "markEsimInstalled",
        summary: "Say that the eSIM is installed",
        description:
          "Only for eSIMs of the shop's own (the local supplier); otherwise the supplier's word counts.",
        params: EsimId,
        response: { 200: EsimWire },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const result = await deps.markInstalled(request.params.id, { userId, requestId: request.id });
      if (result.kind === "not_found") throw new AppError("not_found", "eSIM not found");
      if (result.kind === "refused") throw new AppError("conflict", result.why);
      const { row, secrets } = await showEsim(result.row, ownerOf(request, "api"));
      return esimOnWire(row, secrets);
    },
  );
}

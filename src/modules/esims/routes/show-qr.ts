import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { qrPng, qrSvg } from "../../../providers/esim/formats/qr.js";
import { findEsimOf } from "../esim-read-model.js";
import type { ShowEsim } from "../show-esims.js";
import { ownerOf } from "./owner.js";
import { EsimId } from "./read-esims.js";

/** Pictures that this process has drawn lately; the right to see one is checked in the database every time. */
const REMEMBERED_MAX = 1_000;

export function registerShowQr(app: Server, deps: { db: Db; showEsim: ShowEsim }): void {
  const payloadOf = async (request: FastifyRequest, id: number): Promise<string> => {
    const found = await findEsimOf(deps.db, callerOf(request).userId, id);
    if (found === undefined) throw new AppError("not_found", "eSIM not found");
    const { secrets } = await deps.showEsim(found, ownerOf(request, "qr"));
    if (secrets === null)
      throw new AppError("not_found", "This eSIM has no QR code now. Its status says why.");
    return secrets.qrPayload;
  };
  const config = { access: "user" as const, problems: ["not_found" as const] };
  const schema = (kind: string, type: string) => ({
    tags: ["eSIMs"],
    operationId: `getEsimQr${kind === "SVG" ? "Svg" : "Png"}`,
    summary: `QR code as ${kind}`,
    params: EsimId,
    response: {
      200: {
        description: `The picture, ${kind}`,
        content: { [type]: { schema: Type.Unsafe<string | Buffer>(Type.String()) } },
      },
    },
  });
  const svg = remembering(qrSvg);
  const png = remembering((text: string) => qrPng(text));

  app.get("/esims/:id/qr.svg", { config, schema: schema("SVG", "image/svg+xml") }, async (request, reply) => {
    const payload = await payloadOf(request, request.params.id);
    return reply.type("image/svg+xml; charset=utf-8").send(svg(payload));
  });
  app.get("/esims/:id/qr.png", { config, schema: schema("PNG", "image/png") }, async (request, reply) => {
    const payload = await payloadOf(request, request.params.id);
    return reply.type("image/png").send(png(payload));
  });
}

function remembering<Picture>(draw: (text: string) => Picture): (text: string) => Picture {
  const drawn = new Map<string, Picture>();
  return (text) => {
    const known = drawn.get(text);
    if (known !== undefined) return known;
    const picture = draw(text);
    if (drawn.size >= REMEMBERED_MAX) drawn.delete(drawn.keys().next().value ?? "");
    drawn.set(text, picture);
    return picture;
  };
}

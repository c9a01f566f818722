import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Type } from "typebox";
import { type Body, makeTextBody } from "../../../http/body-cache.js";
import { sendBody } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { BUILT } from "../console-document.js";

const config = { access: "public", isInternal: true } as const;

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

const FileParams = Type.Object(
  { file: Type.String({ pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}$" }) },
  { additionalProperties: false },
);

/** Scripts and styles, each read and compressed when it is first asked for. A file's name holds its hash. */
export async function registerConsoleFiles(app: Server): Promise<void> {
  const folder = path.join(BUILT, "assets");
  const known = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const bodies = new Map<string, Promise<Body>>();
  const bodyOf = (file: string): Promise<Body> => {
    const kept = bodies.get(file) ?? readFile(path.join(folder, file), "utf8").then(makeTextBody);
    bodies.set(file, kept);
    kept.catch(() => bodies.delete(file));
    return kept;
  };
  app.get("/console/assets/:file", { config, schema: { params: FileParams } }, async (request, reply) => {
    const { file } = request.params;
    const type = TYPES[path.extname(file)];
    if (!known.has(file) || type === undefined) throw new AppError("not_found", "There is no such file.");
    reply.header("cache-control", "public, max-age=31536000, immutable");
    return sendBody(request, reply, await bodyOf(file), type);
  });
}

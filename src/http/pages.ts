import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { AppError } from "../kernel/errors.js";
import type { Server } from "./server.js";

/** The built pages; src/ and dist/ lie equally deep, so the path holds in both. */
const BUILT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "web", "dist");

/** Script and style come from files of ours, and the pages ask no other host for anything. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FileParams = Type.Object(
  { file: Type.String({ pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}$" }) },
  { additionalProperties: false },
);

/** The shop window at /, from the files that `npm run build` makes; without them the address says so. */
export async function registerPages(app: Server, options: { readonly isProduction: boolean }): Promise<void> {
  const assets = path.join(BUILT, "assets");
  const files = new Set(existsSync(assets) ? readdirSync(assets) : []);
  const shop = readPage("index.html", options.isProduction);

  app.get("/", { config: { access: "public", isInternal: true } }, async (_request, reply) =>
    sendPage(reply, shop),
  );
  if (files.size === 0) return;
  await app.register(fastifyStatic, { root: assets, serve: false, cacheControl: false });
  app.get(
    "/assets/:file",
    { config: { access: "public", isInternal: true }, schema: { params: FileParams } },
    async ({ params }, reply) => {
      if (!files.has(params.file)) throw new AppError("not_found", "There is no such file.");
      // A file's name holds its hash: it never changes under that name.
      return reply.header("cache-control", "public, max-age=31536000, immutable").sendFile(params.file);
    },
  );
}

function readPage(name: string, isProduction: boolean): string | undefined {
  const file = path.join(BUILT, name);
  if (!existsSync(file)) return undefined;
  const environment = isProduction ? "production" : "development";
  return readFileSync(file, "utf8").replace(/data-environment="\w*"/, `data-environment="${environment}"`);
}

function sendPage(reply: FastifyReply, page: string | undefined): FastifyReply {
  if (page === undefined) {
    throw new AppError("not_found", "The pages are not built. Run npm run build, and see /docs for the API.");
  }
  return reply
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", PAGE_POLICY)
    .header("cache-control", "no-cache")
    .send(page);
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { escapeHtml } from "../../../kernel/html.js";
import { pageAddress } from "../page-language.js";
import type { Pages } from "../pages.js";
import { BUILT } from "../renderer.js";
import type { BrandFiles } from "../shop-info.js";

const config = { access: "public", isInternal: true } as const;
const YEAR = "public, max-age=31536000, immutable";
const DAY = "public, max-age=86400";

const FileParams = Type.Object(
  { file: Type.String({ pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}$" }) },
  { additionalProperties: false },
);

export interface FilesDeps {
  readonly files: () => BrandFiles;
  readonly pages: Pages;
  readonly publicUrl: string;
  /** The operator's own files. */
  readonly folder: string | null;
}

/** Scripts, styles, flags, the brand, and what search engines and browsers look for by name. */
export async function registerFiles(
  app: Server,
  { files, pages, publicUrl, folder }: FilesDeps,
): Promise<void> {
  await registerBuilt(app);
  app.get("/brand/:file", { config, schema: { params: FileParams } }, async ({ params }, reply) => {
    const { style, icon, logo } = files();
    const named = [style, icon, logo].find((one) => one?.address === `/brand/${params.file}`);
    // A page of other colours, of a moment ago or of a process that knows them already: better these than none.
    const file = named ?? (/^style-[0-9a-f]{12}\.css$/.test(params.file) ? style : undefined);
    if (file === undefined) throw new AppError("not_found", "There is no such file.");
    // A logo may be an SVG with a program in it: as a page of its own it may do nothing.
    return reply
      .header("content-type", file.type)
      .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .header("cache-control", named === undefined ? "no-store" : file === icon ? DAY : YEAR)
      .send(file.content);
  });
  registerApplePay(app, folder);
  app.get("/robots.txt", { config }, async (_request, reply) =>
    reply
      .header("content-type", "text/plain; charset=utf-8")
      .header("cache-control", DAY)
      .send(
        `User-agent: *\nDisallow: /account\nDisallow: /checkout\nDisallow: /es/account\nDisallow: /es/checkout\n\nSitemap: ${publicUrl}/sitemap.xml\n`,
      ),
  );
  app.get("/sitemap.xml", { config }, async (_request, reply) =>
    reply
      .header("content-type", "application/xml; charset=utf-8")
      .header("cache-control", "public, max-age=300")
      .send(sitemapOf(await pages.addresses(), publicUrl)),
  );
}

const APPLE_PAY = "apple-developer-merchantid-domain-association";

/** Apple Pay asks the shop's host for this file; the provider gives it to the operator. */
function registerApplePay(app: Server, folder: string | null): void {
  const file = folder === null ? null : path.join(folder, APPLE_PAY);
  if (file === null || !existsSync(file)) return;
  const content = readFileSync(file);
  app.get(`/.well-known/${APPLE_PAY}`, { config }, async (_request, reply) =>
    reply.header("content-type", "application/octet-stream").send(content),
  );
}

function sitemapOf(paths: readonly string[], publicUrl: string): string {
  const address = (path: string, language: "en" | "es"): string =>
    escapeHtml(publicUrl + pageAddress(path, language));
  const entries = paths.flatMap((path) => {
    const alternates = (["en", "es"] as const)
      .map(
        (language) =>
          `<xhtml:link rel="alternate" hreflang="${language}" href="${address(path, language)}"/>`,
      )
      .join("");
    return (["en", "es"] as const).map(
      (language) => `<url><loc>${address(path, language)}</loc>${alternates}</url>`,
    );
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" ' +
    `xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${entries.join("\n")}\n</urlset>\n`
  );
}

async function registerBuilt(app: Server): Promise<void> {
  const assets = path.join(BUILT, "assets");
  if (!existsSync(assets)) return;
  await app.register(fastifyStatic, { root: BUILT, serve: false, cacheControl: false });
  const serve = (folder: string, cacheControl: string): void => {
    const known = new Set(readdirSync(path.join(BUILT, folder)));
    app.get(`/${folder}/:file`, { config, schema: { params: FileParams } }, async ({ params }, reply) => {
      if (!known.has(params.file)) throw new AppError("not_found", "There is no such file.");
      return reply.header("cache-control", cacheControl).sendFile(`${folder}/${params.file}`);
    });
  };
  // A file's name holds its hash: it never changes under that name.
  serve("assets", YEAR);
  serve("flags", DAY);
  const worker = readFileSync(path.join(BUILT, "service-worker.js"));
  app.get("/service-worker.js", { config }, async (_request, reply) =>
    reply
      .header("content-type", "text/javascript; charset=utf-8")
      .header("content-security-policy", "default-src 'none'; connect-src 'self'")
      .header("cache-control", "no-cache")
      .send(worker),
  );
}

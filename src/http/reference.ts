import { createHash, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { fastify } from "fastify";
import { Type } from "typebox";
import { AppError } from "../kernel/errors.js";
import { takesGzip } from "./accept-encoding.js";
import type { Server } from "./server.js";
import { appendVary } from "./vary.js";

/** What the page is told: where the document lies, and to ask no other host for anything. */
const SETTINGS = JSON.stringify({
  url: "/openapi.json",
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  telemetry: false,
});

/** One of a time for each page: the cookies of the store belong to this origin, and nothing else of it may run. */
const policyOf = (nonce: string): string =>
  `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self' data: blob:; ` +
  "font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page's program reads the nonce of its style from the head. */
const pageOf = (scriptName: string, nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<title>API reference</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="/docs/${scriptName}"></script>
<script nonce="${nonce}">Scalar.createApiReference("#app", ${SETTINGS})</script>
</body>
</html>
`;

interface Script {
  /** Holds the hash of what it names, so it never changes under that name. */
  readonly name: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

const FileParams = Type.Object({ file: Type.String({ maxLength: 100 }) }, { additionalProperties: false });

/** The document at /openapi.json and a reference page at /docs. */
export function registerReference(app: Server): void {
  const config = { access: "public", isInternal: true } as const;
  let loading: Promise<Script> | undefined;
  const script = (): Promise<Script> => {
    loading ??= loadScript();
    return loading;
  };
  app.get("/openapi.json", { config }, async () => app.swagger());
  for (const path of ["/docs", "/docs/"]) {
    app.get(path, { config }, async (_request, reply) => {
      const nonce = randomBytes(16).toString("base64");
      return reply
        .header("content-type", "text/html; charset=utf-8")
        .header("content-security-policy", policyOf(nonce))
        .send(pageOf((await script()).name, nonce));
    });
  }
  app.get("/docs/:file", { config, schema: { params: FileParams } }, async (request, reply) => {
    const { name, plain, gzipped } = await script();
    if (request.params.file !== name) throw new AppError("not_found", "There is no such file.");
    appendVary(reply, "Accept-Encoding");
    if (takesGzip(request)) reply.header("content-encoding", "gzip");
    return reply
      .header("content-type", "text/javascript; charset=utf-8")
      .header("cache-control", "public, max-age=31536000, immutable")
      .send(takesGzip(request) ? gzipped : plain);
  });
}

/** Megabytes that most processes never serve: read when somebody asks for the page. */
async function loadScript(): Promise<Script> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const pages = fastify();
  await pages.register(reference, { routePrefix: "/docs", configuration: { url: "/openapi.json" } });
  const { rawPayload: plain } = await pages.inject({ method: "GET", url: "/docs/js/scalar.js" });
  await pages.close();
  const hash = createHash("sha256").update(plain).digest("hex").slice(0, 16);
  return { name: `scalar-${hash}.js`, plain, gzipped: await promisify(gzip)(plain) };
}

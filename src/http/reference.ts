import { type FastifyInstance, fastify } from "fastify";
import type { Server } from "./server.js";

/** The page draws itself with inline script and style; it may fetch nothing from elsewhere. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** The document at /openapi.json and a reference page at /docs that asks no other host for anything. */
export function registerReference(app: Server): void {
  const config = { access: "public", isInternal: true } as const;
  let pages: Promise<FastifyInstance> | undefined;
  app.get("/openapi.json", { config }, async () => app.swagger());
  for (const path of ["/docs", "/docs/", "/docs/js/scalar.js"]) {
    app.get(path, { config }, async (request, reply) => {
      pages ??= openReferencePages();
      const page = await (await pages).inject({ method: "GET", url: request.url });
      for (const name of ["content-type", "location", "etag"]) {
        if (page.headers[name] !== undefined) reply.header(name, page.headers[name]);
      }
      return reply.code(page.statusCode).header("content-security-policy", PAGE_POLICY).send(page.rawPayload);
    });
  }
  app.addHook("onClose", async () => {
    await (await pages)?.close();
  });
}

/** The page's program is megabytes that most processes never serve: it is loaded when somebody asks for it. */
async function openReferencePages(): Promise<FastifyInstance> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const pages = fastify();
  await pages.register(reference, {
    routePrefix: "/docs",
    configuration: {
      url: "/openapi.json",
      withDefaultFonts: false,
      hideClientButton: true,
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
      telemetry: false,
    },
  });
  await pages.ready();
  return pages;
}

import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../../config/config.js";
import type { Body } from "../../../http/body-cache.js";
import { sendBody } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import { appendVary } from "../../../http/vary.js";
import { AppError } from "../../../kernel/errors.js";
import { isCurrencyCode } from "../../../kernel/money.js";
import { DOCUMENTS, type DocumentPath } from "../documents.js";
import { languageOf, pageAddress, readPagePath } from "../page-language.js";
import { STRICT_POLICY } from "../page-policies.js";
import type { PageKey, Pages } from "../pages.js";
import type { TripAddress } from "../trips-page.js";

const config = { access: "public", isInternal: true, isShedFirst: true } as const;

export interface ShopPagesDeps {
  readonly pages: Pages;
  readonly config: Config;
}

/** The pages for everybody and for search engines, in both languages. */
export function registerShopPages(app: Server, { pages, config: settings }: ShopPagesDeps): void {
  for (const path of ["/", "/es", "/es/"]) {
    app.get(path, { config }, async (request, reply) => {
      const key = keyOf(request, settings.payments.defaultCurrency);
      if (path === "/es/") return reply.redirect(withQuery("/es", request), 301);
      // The bare address speaks the reader's language; every other address is one language's own.
      if (path === "/") {
        appendVary(reply, "Accept-Language");
        appendVary(reply, "Cookie");
        if (languageOf(request) === "es") return reply.redirect(withQuery("/es", request), 302);
      }
      return sendShared(request, reply, await pages.landing(key));
    });
  }
  for (const prefix of ["", "/es"]) {
    app.get<{ Params: { place: string } }>(`${prefix}/esim/:place`, { config }, async (request, reply) => {
      const key = keyOf(request, settings.payments.defaultCurrency);
      const found = await pages.destination(request.params.place, key);
      if (found.kind === "missing") throw noSuchPage();
      if (found.kind === "moved")
        return reply.redirect(withQuery(pageAddress(found.path, key.language), request), 301);
      return sendShared(request, reply, found.body);
    });
    app.get(`${prefix}/trip`, { config }, async (request, reply) => {
      const key = keyOf(request, settings.payments.defaultCurrency);
      return sendShared(request, reply, await pages.trips(tripAddressOf(request), key));
    });
    for (const path of Object.keys(DOCUMENTS) as DocumentPath[]) {
      app.get(`${prefix}${path}`, { config }, async (request, reply) =>
        sendShared(
          request,
          reply,
          await pages.document(path, keyOf(request, settings.payments.defaultCurrency)),
        ),
      );
    }
  }
}

export const noSuchPage = (): AppError =>
  new AppError("not_found", "There is no such page. All destinations are on the first page.");

/** The shop's own currency needs no mark in the address. */
function keyOf(request: FastifyRequest, ownCurrency: string): PageKey {
  const { language } = readPagePath(pathOf(request));
  const { currency } = request.query as { currency?: unknown };
  const wanted = typeof currency === "string" ? currency.toUpperCase() : "";
  return { language, currency: isCurrencyCode(wanted) && wanted !== ownCurrency ? wanted : null };
}

/** Every query is a page: what means no trip is answered by the form. */
function tripAddressOf(request: FastifyRequest): TripAddress {
  const { country, days, gb } = request.query as Readonly<Record<string, unknown>>;
  const countries = (Array.isArray(country) ? country : [country]).filter((one) => typeof one === "string");
  return {
    countries: countries.slice(0, COUNTRIES_READ).map((one: string) => one.slice(0, VALUE_READ)),
    days: typeof days === "string" ? days.slice(0, VALUE_READ) : null,
    gb: typeof gb === "string" ? gb.slice(0, VALUE_READ) : null,
  };
}

/** More than a trip may have, so that a trip that is too large is seen as one. */
const COUNTRIES_READ = 20;
const VALUE_READ = 20;

const pathOf = (request: FastifyRequest): string => request.url.split("?")[0] ?? "/";

function withQuery(path: string, request: FastifyRequest): string {
  const at = request.url.indexOf("?");
  return at === -1 ? path : `${path}${request.url.slice(at)}`;
}

const tags = new WeakMap<Body, string>();

/** The same for everybody: proxies may keep it for a moment, and a reader who has it already is told so. */
async function sendShared(request: FastifyRequest, reply: FastifyReply, body: Body): Promise<unknown> {
  const tag =
    tags.get(body) ?? `W/"${createHash("sha256").update(body.plain).digest("base64url").slice(0, 22)}"`;
  tags.set(body, tag);
  reply
    .header("content-security-policy", STRICT_POLICY)
    .header("cache-control", "public, max-age=0, s-maxage=30, stale-while-revalidate=60")
    .header("etag", tag);
  if (request.headers["if-none-match"]?.includes(tag) === true) return reply.code(304).send();
  return sendBody(request, reply, body, "text/html; charset=utf-8");
}

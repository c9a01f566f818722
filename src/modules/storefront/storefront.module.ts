/**
 * Owns: the pages that people see, as the server draws them: their addresses, policies, caches, and the shop's look.
 * Promises: what is cached holds nothing of a person and is keyed by path, language and currency; no page runs or loads
 *   anything that is not ours, except the checkout's card fields.
 * Never: a decision about orders or money; the pages ask the API like any other client.
 */
import type { FastifyRequest } from "fastify";
import type { PageData, PageLanguage, ShopInfo } from "../../../web/src/page-contract.js";
import type { Config } from "../../config/config.js";
import type { Db } from "../../db/database.js";
import { makeBodyCache, makeTextBody } from "../../http/body-cache.js";
import type { Server } from "../../http/server.js";
import type { Clock } from "../../kernel/clock.js";
import { hasPlan, listCurrencies } from "../catalog/catalog-read-model.js";
import { makeDocuments } from "./documents.js";
import { makeFindTerms } from "./find-terms.js";
import { languageOf, pageAddress, readPagePath } from "./page-language.js";
import { checkoutPolicyOf, STRICT_POLICY } from "./page-policies.js";
import { makePages, type RenderFor } from "./pages.js";
import { makeRenderer } from "./renderer.js";
import { registerAppPages } from "./routes/app-pages.js";
import { registerFiles } from "./routes/files.js";
import { registerShopPages } from "./routes/shop-pages.js";
import { makeBrandFiles, shopInfoOf } from "./shop-info.js";

export interface StorefrontDeps {
  readonly config: Config;
  readonly db: Db;
  readonly shop: { readonly name: string };
  readonly colors: Parameters<typeof makeBrandFiles>[1];
  readonly clock: Clock;
}

/** Like the catalogue's lists, pages may be this old. */
const TTL_MILLIS = 1_000;
const PAGES_MAX = 1_000;
const CURRENCIES_TTL_MILLIS = 30_000;

export interface Storefront {
  registerRoutes(app: Server): Promise<void>;
  readonly jobs: { readonly handlers: Readonly<Record<string, never>> };
  /** A page for a person whose request failed; undefined when the pages are not built. */
  problemPage(request: FastifyRequest, status: number): Promise<ProblemPage | undefined>;
  /** One of each kind of public page, for operators to look at. */
  pagesToLookAt(language: PageLanguage): Promise<readonly string[]>;
  /** A page that is made for one request, such as the mock provider's. */
  page(data: PageData, options: { path: string; language: PageLanguage }): Promise<ProblemPage>;
}

export interface ProblemPage {
  readonly html: string;
  readonly policy: string;
}

export function makeStorefrontModule(deps: StorefrontDeps): Storefront {
  const { config, db, clock } = deps;
  const files = makeBrandFiles(config.brand, deps.colors);
  const renderer = makeRenderer({ brandStyle: () => files().style.address });
  const documents = makeDocuments({
    folder: config.brand.textsFolder,
    seller: config.brand.legalName ?? config.shop.name,
    supportEmail: config.shop.supportEmail,
    shopUrl: config.http.publicUrl,
    isDevelopment: !config.isProduction,
  });
  const currencies = rememberFor(CURRENCIES_TTL_MILLIS, clock, () => listCurrencies(db));
  const shopInfo = async (): Promise<ShopInfo> =>
    shopInfoOf(config, {
      // The pages of a shop whose database is away still say so.
      currencies: await currencies().catch(() => []),
      name: deps.shop.name,
      logo: files().logo?.address ?? null,
      termsVersion: documents.termsVersion,
    });
  const render: RenderFor = async (data, request, bundle) =>
    renderer.render({ ...request, shop: await shopInfo(), data }, bundle);
  const cache = makeBodyCache({ ttlMillis: TTL_MILLIS, entriesMax: PAGES_MAX, clock, bodyOf: makeTextBody });
  const { defaultCurrency } = config.payments;
  const findTerms = makeFindTerms(db, config.esims.activationCodeTtlDays);
  const pages = makePages({ db, documents, render, cache, defaultCurrency, findTerms });
  return {
    jobs: { handlers: {} },
    async registerRoutes(app) {
      registerShopPages(app, { pages, config });
      registerAppPages(app, {
        pages,
        hasPlan: (id) => hasPlan(db, id),
        checkoutPolicy: checkoutPolicyOf(config.payments),
      });
      await registerFiles(app, {
        files,
        pages,
        publicUrl: config.http.publicUrl,
        folder: config.brand.textsFolder,
      });
    },
    async problemPage(request, status) {
      const { language: ofPath, path } = readPagePath(request.url.split("?")[0] ?? "/");
      const language = ofPath === "es" ? ofPath : languageOf(request);
      const problem = status === 404 || status === 405 ? "not_found" : status === 503 ? "busy" : "broken";
      try {
        const html = await render({ kind: "problem", problem }, { path, language, currency: null }, "shop");
        return { html, policy: STRICT_POLICY };
      } catch {
        return undefined;
      }
    },
    async pagesToLookAt(language) {
      const addresses = await pages.addresses();
      const destination = addresses.find((address) => address.startsWith("/esim/"));
      const others = addresses.filter((address) => !address.startsWith("/esim/"));
      return [...others, ...(destination === undefined ? [] : [destination]), "/account"].map((address) =>
        pageAddress(address, language),
      );
    },
    async page(data, { path, language }) {
      return { html: await render(data, { path, language, currency: null }, "shop"), policy: STRICT_POLICY };
    },
  };
}

function rememberFor<Value>(millis: number, clock: Clock, find: () => Promise<Value>): () => Promise<Value> {
  let known: { readonly value: Promise<Value>; readonly at: number } | undefined;
  return () => {
    const now = clock.nowMillis();
    if (known === undefined || now - known.at >= millis) {
      known = { value: find(), at: now };
      known.value.catch(() => {
        known = undefined;
      });
    }
    return known.value;
  };
}

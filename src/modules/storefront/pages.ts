import type { PageData, PageLanguage } from "../../../web/src/page-contract.js";
import type { Db } from "../../db/database.js";
import type { Body, BodyCache } from "../../http/body-cache.js";
import { countryNameIn, makeFindTrips, regionNameIn, regionNames } from "../catalog/catalog.module.js";
import {
  countriesLeftOut,
  coveredPlaces,
  type Destination,
  type Destinations,
  destinationInfo,
  findDestinations,
  type NameOf,
  planInfo,
  slugFor,
} from "./destinations.js";
import type { DocumentPath, Documents } from "./documents.js";
import type { FindTerms } from "./find-terms.js";
import type { Bundle } from "./renderer.js";
import { findTripsData, type TripAddress } from "./trips-page.js";

export type RenderFor = (
  data: PageData,
  request: { readonly path: string; readonly language: PageLanguage; readonly currency: string | null },
  bundle: Bundle,
) => Promise<string>;

export interface PageDeps {
  readonly db: Db;
  readonly documents: Documents;
  readonly render: RenderFor;
  readonly cache: BodyCache;
  readonly defaultCurrency: string;
  readonly findTerms: FindTerms;
}

export interface PageKey {
  readonly language: PageLanguage;
  /** Null is the shop's own. */
  readonly currency: string | null;
}

export type FoundPage =
  | { readonly kind: "page"; readonly body: Body }
  /** The page is at another address for good. */
  | { readonly kind: "moved"; readonly path: string }
  | { readonly kind: "missing" };

export type Pages = ReturnType<typeof makePages>;

const nameOf: NameOf = ({ iso2, name }, language) =>
  iso2 === null ? regionNameIn(name, language) : countryNameIn(iso2, name, language);

/** The pages that are alike for everybody, each made once for many readers. */
export function makePages({ db, documents, render, cache, defaultCurrency, findTerms }: PageDeps) {
  const keyOf = (path: string, { language, currency }: PageKey): string =>
    `${language} ${currency ?? "-"} ${path}`;

  const landing = (key: PageKey): Promise<Body> =>
    cache.get(keyOf("/", key), async () => {
      const { all } = await findDestinations(db, key.currency ?? defaultCurrency);
      const destinations = all
        .map((destination) => destinationInfo(destination, key.language, nameOf))
        .sort((a, b) => a.name.localeCompare(b.name, key.language));
      return render({ kind: "landing", destinations }, { path: "/", ...key }, "shop");
    });

  const destinationPage = (slug: string, key: PageKey, found: Destinations, isCurrencyMissing: boolean) =>
    cache.get(keyOf(`/esim/${slug}`, key), async () => {
      const destination = found.all.find((one) => one.slug === slug) as Destination;
      const terms = await findTerms([...destination.plans, ...destination.wider], destination.iso2);
      return render(
        {
          kind: "destination",
          slug,
          name: nameOf(destination, key.language),
          iso2: destination.iso2,
          plans: destination.plans.map((plan) => planInfo(plan, key.language, terms)),
          wider: destination.wider.map((plan) => planInfo(plan, key.language, terms)),
          covers: coveredPlaces(found, destination, key.language),
          leavesOut: countriesLeftOut(destination, key.language),
          isCurrencyMissing,
        },
        { path: `/esim/${slug}`, ...key },
        "shop",
      );
    });

  const findTrips = makeFindTrips({ db });

  return {
    landing,
    trips: (asked: TripAddress, key: PageKey): Promise<Body> =>
      cache.get(`${keyOf("/trip", key)} ${JSON.stringify(asked)}`, async () => {
        const { language, currency } = key;
        const request = { language, currency: currency ?? defaultCurrency };
        const data = await findTripsData({ db, findTrips, findTerms }, asked, request);
        return render(data, { path: "/trip", ...key }, "shop");
      }),
    async destination(wanted: string, key: PageKey): Promise<FoundPage> {
      const kept = cache.peek(keyOf(`/esim/${wanted}`, key));
      if (kept !== undefined) return { kind: "page", body: await kept };
      const found = await findDestinations(db, key.currency ?? defaultCurrency);
      if (found.all.some(({ slug }) => slug === wanted))
        return { kind: "page", body: await destinationPage(wanted, key, found, false) };
      // In the shop's own currency it may be on sale all the same.
      const inOwn = key.currency === null ? found : await findDestinations(db, defaultCurrency);
      const slug = slugFor(inOwn, wanted);
      if (slug === undefined) return { kind: "missing" };
      if (slug !== wanted) return { kind: "moved", path: `/esim/${slug}` };
      return { kind: "page", body: await destinationPage(slug, key, inOwn, true) };
    },
    document: (path: DocumentPath, key: PageKey): Promise<Body> =>
      cache.get(keyOf(path, key), async () =>
        render(await documents.find(path, key.language), { path, ...key }, "shop"),
      ),
    /** Checkout and account: the same for everybody until the browser fills it. */
    app: (path: string, language: PageLanguage): Promise<Body> =>
      cache.get(keyOf("app", { language, currency: null }), () =>
        render(
          { kind: "app", regionNames: regionNames(language) },
          { path, language, currency: null },
          "app",
        ),
      ),
    addresses: () => findAddresses(db, defaultCurrency),
  };
}

/** Every address for search engines, without the language's prefix. */
async function findAddresses(db: Db, currency: string): Promise<readonly string[]> {
  const { all } = await findDestinations(db, currency);
  return [
    "/",
    ...all.map(({ slug }) => `/esim/${slug}`),
    "/trip",
    "/help",
    "/legal/terms",
    "/legal/refunds",
    "/legal/privacy",
  ];
}

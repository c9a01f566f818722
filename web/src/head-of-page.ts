import { addressOf } from "./addresses.js";
import type { DestinationData, PageRequest, PlanInfo } from "./page-contract.js";
import { priceText } from "./text/format.js";
import type { Text } from "./text/text.js";

export interface HeadOfPage {
  readonly title: string;
  readonly description: string | null;
  /** Null keeps the page out of search engines. */
  readonly canonical: string | null;
  /** Schema.org, for search engines. */
  readonly structured: object | null;
}

/** What search engines and shared links show of a page. */
export function headOfPage(request: PageRequest, text: Text): HeadOfPage {
  const { data, shop, path, language } = request;
  const canonical = `${shop.publicUrl}${addressOf(path, language)}`;
  const named = (title: string): string => `${title} | ${shop.name}`;
  switch (data.kind) {
    case "landing": {
      const count = data.destinations.length;
      return {
        title: named(text("landing.title", { count })),
        description: text("landing.description", { count }),
        canonical,
        structured: {
          "@context": "https://schema.org",
          "@type": "OnlineStore",
          name: shop.name,
          url: canonical,
          ...(shop.supportEmail === null ? {} : { email: shop.supportEmail }),
        },
      };
    }
    case "destination":
      return { ...headOfDestination(data, request, text), canonical };
    case "trips":
      return {
        title: named(text("trips.heading")),
        description: text("trips.description"),
        canonical,
        structured: null,
      };
    case "document":
      return { title: named(data.title), description: data.description, canonical, structured: null };
    case "problem":
      return {
        title: named(text(`problem.${data.problem}`)),
        description: null,
        canonical: null,
        structured: null,
      };
    case "mock-payment":
      return { title: named(text("mock.title")), description: null, canonical: null, structured: null };
    case "app":
      return { title: shop.name, description: null, canonical: null, structured: null };
  }
}

function headOfDestination(
  data: DestinationData,
  { shop, language, path }: PageRequest,
  text: Text,
): Omit<HeadOfPage, "canonical"> {
  const { name } = data;
  const all = [...data.plans, ...data.wider];
  const cheapest = all.reduce<PlanInfo | undefined>(
    (best, plan) =>
      best === undefined || plan.price.amount_minor_units < best.price.amount_minor_units ? plan : best,
    undefined,
  );
  if (cheapest === undefined) {
    const title = `${text("place.title_plain", { name })} | ${shop.name}`;
    return { title, description: text("place.none", { name }), structured: null };
  }
  const price = priceText(cheapest.price, language);
  const dearest = Math.max(...all.map((plan) => Number(plan.price.amount_major)));
  return {
    title: `${text("place.title", { name, price })} | ${shop.name}`,
    description: text("place.description", { name, price, count: all.length }),
    structured: {
      "@context": "https://schema.org",
      "@type": "Product",
      name: text("place.title_plain", { name }),
      description: text("place.description", { name, price, count: all.length }),
      brand: { "@type": "Brand", name: shop.name },
      url: `${shop.publicUrl}${addressOf(path, language)}`,
      offers: {
        "@type": "AggregateOffer",
        priceCurrency: cheapest.price.currency,
        lowPrice: cheapest.price.amount_major,
        highPrice: dearest.toFixed(cheapest.price.amount_major.split(".")[1]?.length ?? 0),
        offerCount: all.length,
        availability: "https://schema.org/InStock",
      },
    },
  };
}

import type { AnswerOf } from "@tribi/client";
import { useRead } from "../api/use-read.js";
import { useLanguage } from "../text/text.js";

export interface Found {
  /** Within the console. */
  readonly address: string;
  readonly title: string;
  readonly detail: string;
}

type Hit = AnswerOf<"searchShop">["items"][number];

/** What the route takes at least. */
const LENGTH_MIN = 2;

/** Where each kind of thing is shown; what has no page of its own is on its order's. */
const PAGES: Readonly<Record<string, (hit: Hit) => string>> = {
  order: ({ id }) => `/orders/${id}`,
  customer: ({ id }) => `/customers/${id}`,
  esim: ({ id }) => `/esims/${id}`,
  top_up: ({ id, order_id: order }) => (order === null ? `/top-ups?q=${id}` : `/orders/${order}`),
  payment: ({ id }) => `/payments/${id}`,
  refund: ({ id, order_id: order }) => (order === null ? `/refunds?q=${id}` : `/orders/${order}`),
  plan: ({ label }) => `/catalogue?q=${encodeURIComponent(label)}`,
};

/** What has this name, the exact ones first. */
export function useFound(wanted: string): { readonly found: readonly Found[]; readonly isBusy: boolean } {
  const { text, word } = useLanguage();
  const isEnabled = wanted.length >= LENGTH_MIN;
  const { data, isFetching } = useRead<AnswerOf<"searchShop">>("/admin/search", {
    query: { q: wanted },
    isEnabled,
  });
  if (!isEnabled) return { found: [], isBusy: false };
  const found = (data?.items ?? []).map((hit) => ({
    address: PAGES[hit.kind]?.(hit) ?? "/",
    title: hit.label,
    detail: [word(hit.kind), hit.detail ?? "", hit.matched === "similar_email" ? text("search.similar") : ""]
      .filter((part) => part !== "")
      .join(" · "),
  }));
  // Two things may be on the same page.
  return {
    found: found.filter((one, at) => found.findIndex(({ address }) => address === one.address) === at),
    isBusy: isFetching,
  };
}

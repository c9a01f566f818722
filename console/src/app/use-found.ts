import type { AnswerOf } from "@tribi/client";
import { useRead } from "../api/use-read.js";
import { useLanguage } from "../text/text.js";

export interface Found {
  /** Within the console. */
  readonly address: string;
  readonly title: string;
  readonly detail: string;
}

const FOUND_MAX = 8;

/** What has this name. */
export function useFound(wanted: string): { readonly found: readonly Found[]; readonly isBusy: boolean } {
  const { text, word } = useLanguage();
  const query = { q: wanted, page_size: FOUND_MAX };
  const isEnabled = wanted !== "";
  const orders = useRead<AnswerOf<"listAdminOrders">>("/admin/orders", { query, isEnabled });
  const users = useRead<AnswerOf<"listUsers">>("/admin/users", { query, isEnabled });
  const found = [
    ...(orders.data?.items ?? []).map(({ id, reference, email, status }) => ({
      address: `/orders/${id}`,
      title: reference,
      detail: `${email} · ${word(status)}`,
    })),
    ...(users.data?.items ?? []).map(({ id, email, orders: count }) => ({
      address: `/customers/${id}`,
      title: email,
      detail: text("search.orders", { count }),
    })),
  ];
  return { found: isEnabled ? found : [], isBusy: isEnabled && (orders.isFetching || users.isFetching) };
}

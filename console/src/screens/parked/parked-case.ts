import type { AnswerOf } from "@tribi/client";
import { useRead } from "../../api/use-read.js";
import { useOperator } from "../../session/session.js";

export const PARKED_KINDS = ["esims", "top_ups", "events", "refunds"] as const;
export type ParkedKind = (typeof PARKED_KINDS)[number];

/** Something that waits for a person, whichever it is. */
export interface ParkedCase {
  readonly key: string;
  readonly kind: ParkedKind;
  readonly id: number;
  readonly reason: string;
  /** The supplier or payment provider. */
  readonly partner: string;
  readonly since: string;
  readonly orderId: number | null;
  readonly paymentId: number | null;
  readonly amount: { readonly minor: number; readonly currency: string } | null;
  /** What is known, in the partner's words. */
  readonly detail: string | null;
}

/** As many of each kind as one sees at once; deciding some brings the next ones. */
const CASES_MAX = 200;
const EVERY_MILLIS = 20_000;

type Esims = AnswerOf<"listAdminEsims">;
type TopUps = AnswerOf<"listAdminTopUps">;
type Events = AnswerOf<"listWebhookEvents">;
type Refunds = AnswerOf<"listRefunds">;

const options = (isEnabled: boolean, query: Record<string, string>) => ({
  query: { ...query, page_size: CASES_MAX },
  isEnabled,
  everyMillis: EVERY_MILLIS,
});

/** All of them in one list, the oldest first. */
export function useParkedCases() {
  const { may } = useOperator();
  const mayEsims = may("esims.read");
  const mayMoney = may("payments.read");
  const esims = useRead<Esims>("/admin/esims", options(mayEsims, { is_parked: "true" }));
  const topUps = useRead<TopUps>("/admin/top-ups", options(mayEsims, { is_parked: "true" }));
  const events = useRead<Events>("/admin/webhook-events", options(mayMoney, { outcome: "parked" }));
  const refunds = useRead<Refunds>("/admin/refunds", options(mayMoney, { status: "parked" }));
  const readings = [esims, topUps, events, refunds];
  const cases = [
    ...(esims.data?.items ?? []).map(ofEsim),
    ...(topUps.data?.items ?? []).map(ofTopUp),
    ...(events.data?.items ?? []).map(ofEvent),
    ...(refunds.data?.items ?? []).map(ofRefund),
  ].sort((a, b) => a.since.localeCompare(b.since));
  return {
    cases,
    isBusy: readings.some(({ isLoading }) => isLoading),
    error: readings.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => Promise.all(readings.map(({ refetch }) => refetch())),
  };
}

const ofEsim = (one: Esims["items"][number]): ParkedCase => ({
  key: `esims:${one.id}`,
  kind: "esims",
  id: one.id,
  reason: one.parked_reason ?? "",
  partner: one.supplier ?? "",
  since: one.created_at,
  orderId: one.order_id,
  paymentId: null,
  amount: null,
  detail: one.supplier_reference,
});

const ofTopUp = (one: TopUps["items"][number]): ParkedCase => ({
  key: `top_ups:${one.id}`,
  kind: "top_ups",
  id: one.id,
  reason: one.parked_reason ?? "",
  partner: one.supplier,
  since: one.created_at,
  orderId: one.order_id,
  paymentId: null,
  amount: null,
  detail: one.package_id,
});

const ofEvent = (one: Events["items"][number]): ParkedCase => ({
  key: `events:${one.id}`,
  kind: "events",
  id: one.id,
  reason: one.reason ?? "",
  partner: one.provider,
  since: one.received_at,
  orderId: null,
  paymentId: one.payment_id,
  amount: null,
  detail: `${one.type} ${one.intent_id ?? ""}`.trim(),
});

const ofRefund = (one: Refunds["items"][number]): ParkedCase => ({
  key: `refunds:${one.id}`,
  kind: "refunds",
  id: one.id,
  reason: one.failure_reason ?? one.reason,
  partner: one.origin,
  since: one.created_at,
  orderId: one.order_id,
  paymentId: one.payment_id,
  amount: { minor: one.amount_minor_units, currency: one.currency },
  detail: one.reason,
});

/** Cases that one decision can be about: the same thing happened to each. */
export const isAlike = (one: ParkedCase, other: ParkedCase): boolean =>
  one.kind === other.kind && one.reason === other.reason && one.partner === other.partner;

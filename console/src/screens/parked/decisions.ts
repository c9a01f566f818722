import type { Query } from "../../api/store.js";
import type { Permission } from "../../app/sections.js";
import type { TextKey } from "../../text/text.js";
import type { ParkedCase, ParkedKind } from "./parked-case.js";

export interface DecisionKind {
  readonly name: string;
  readonly label: TextKey;
  /** What it does. */
  readonly what: TextKey;
  /** It names something of one case, so it is not for many. */
  readonly isForOne?: boolean;
}

const DELIVERY: readonly DecisionKind[] = [
  { name: "ask_again", label: "decide.ask_again", what: "decide.ask_again_what" },
  { name: "not_bought", label: "decide.not_bought", what: "decide.not_bought_what" },
  { name: "adopt", label: "decide.adopt", what: "decide.adopt_what", isForOne: true },
  { name: "refund", label: "decide.refund", what: "decide.refund_what" },
  { name: "accept_loss", label: "decide.accept_loss", what: "decide.accept_loss_what" },
];

export const DECISIONS: Readonly<Record<ParkedKind, readonly DecisionKind[]>> = {
  esims: DELIVERY,
  top_ups: DELIVERY,
  events: [{ name: "replay", label: "decide.replay", what: "decide.replay_what" }],
  refunds: [{ name: "retry", label: "decide.retry", what: "decide.retry_what" }],
};

export const PERMISSION_TO_DECIDE: Readonly<Record<ParkedKind, Permission>> = {
  esims: "esims.decide",
  top_ups: "esims.decide",
  events: "money.decide",
  refunds: "money.decide",
};

/** Whether the store asks for a reason. */
export const asksReason = (kind: ParkedKind): boolean => kind === "esims" || kind === "top_ups";

export interface DecisionCall {
  readonly path: string;
  readonly body?: Query;
}

export interface Decided {
  readonly decision: string;
  readonly reason: string;
  readonly supplierOrderId: string;
}

/** The request that decides one case. */
export function callOf(
  { kind, id }: ParkedCase,
  { decision, reason, supplierOrderId }: Decided,
): DecisionCall {
  if (kind === "events") return { path: `/admin/webhook-events/${id}/replay` };
  if (kind === "refunds") return { path: `/admin/refunds/${id}/retry` };
  const path = kind === "esims" ? `/admin/esims/${id}/decision` : `/admin/top-ups/${id}/decision`;
  const adopted = decision === "adopt" ? { supplier_order_id: supplierOrderId } : {};
  return { path, body: { decision, reason, ...adopted } };
}

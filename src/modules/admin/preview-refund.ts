import { type Db, statement } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import { amountMajor } from "../../kernel/money.js";

/** Until when a supplier takes an eSIM back (providers/esim/port.ts). */
export type Cancellable = "never" | "manual_review" | "until_installed" | "until_used";

export type DeliveryEffect =
  /** Part of the money leaves the eSIM as it is. */
  | "none"
  | "is_taken_back"
  /** Its supplier is asked, and may say no; then nothing happens unless the loss is accepted. */
  | "is_asked_back"
  /** Delivered and not to be undone: refunded as a loss only. */
  | "stays"
  /** Its purchase is on the way and is stopped, or waited for. */
  | "is_stopped"
  | "was_not_delivered";

const MONEY = statement(
  "admin.money_of_order",
  `select o.id as order_id, o.currency, p.id as payment_id, p.provider, p.captured_minor, p.refund_reserved_minor,
     p.refunded_minor, p.disputed_minor, p.is_counted,
     case when e.id is not null then 'esim' when t.id is not null then 'top_up' end as kind,
     coalesce(e.id, t.id) as delivery_id, coalesce(e.status, t.status) as status, coalesce(e.supplier, t.supplier) as supplier,
     e.installed_at, e.revealed_at, e.profile_state, e.ended_at
   from orders o left join payments p on p.order_id = o.id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
   where o.id = $1
   order by p.captured_minor > p.refund_reserved_minor + p.disputed_minor desc nulls last, p.id desc`,
);

interface MoneyRow {
  readonly order_id: number;
  readonly currency: string;
  readonly payment_id: number | null;
  readonly provider: string | null;
  readonly captured_minor: number;
  readonly refund_reserved_minor: number;
  readonly refunded_minor: number;
  readonly disputed_minor: number;
  readonly is_counted: boolean;
  readonly kind: "esim" | "top_up" | null;
  readonly delivery_id: number | null;
  readonly status: string | null;
  readonly supplier: string | null;
  readonly installed_at: string | null;
  readonly revealed_at: string | null;
  readonly profile_state: string | null;
  readonly ended_at: string | null;
}

/** What a refund of this amount (all that is left when null) would do, by what is known now; it does nothing. */
export function makePreviewRefund(deps: { db: Db; cancellableAt: (supplier: string) => Cancellable }) {
  return async function previewRefund(orderId: number, amountMinor: number | null) {
    const { rows } = await deps.db.run<MoneyRow>(MONEY, [orderId]);
    const [first] = rows;
    if (first === undefined) throw new AppError("not_found", "Order not found");
    const money = rows.find(({ captured_minor }) => captured_minor > 0);
    const left =
      money === undefined ? 0 : money.captured_minor - money.refund_reserved_minor - money.disputed_minor;
    const refundable = Math.max(0, left);
    const amount = amountMinor ?? refundable;
    const refusal = refusalOf(money, amount, refundable);
    const isWhole =
      money !== undefined &&
      money.refund_reserved_minor + money.disputed_minor + amount >= money.captured_minor &&
      money.is_counted;
    const effect = isWhole ? effectOn(first, deps.cancellableAt) : "none";
    const preview = {
      order_id: orderId,
      payment_id: money?.payment_id ?? null,
      provider: money?.provider ?? null,
      currency: first.currency,
      captured_minor_units: money?.captured_minor ?? 0,
      refunded_minor_units: money?.refunded_minor ?? 0,
      refundable_minor_units: refundable,
      amount_minor_units: amount,
      is_whole: isWhole,
      refusal,
      delivery: {
        kind: first.kind,
        id: first.delivery_id,
        status: first.status,
        installed_at: first.installed_at,
        effect,
      },
      needs_accept_loss: effect === "stays",
      needs_idempotency_key: money !== undefined && amount < money.captured_minor && amountMinor !== null,
    };
    return { ...preview, sentences: sentencesOf(preview) };
  };
}

export type RefundPreview = Awaited<ReturnType<ReturnType<typeof makePreviewRefund>>>;

function refusalOf(
  money: MoneyRow | undefined,
  amount: number,
  refundable: number,
): "order_not_paid" | "refund_exceeds_payment" | null {
  if (money === undefined) return "order_not_paid";
  return amount < 1 || amount > refundable ? "refund_exceeds_payment" : null;
}

const INSTALLED: ReadonlySet<string | null> = new Set(["installed", "enabled", "disabled"]);

function effectOn(row: MoneyRow, cancellableAt: (supplier: string) => Cancellable): DeliveryEffect {
  switch (row.status) {
    case "pending":
      return "is_stopped";
    case "done":
    case "active":
      return "stays";
    case "ready":
      return effectOnReady(row, cancellableAt);
    case null:
    default:
      return "was_not_delivered";
  }
}

/** As takeBackEsim decides it, without asking anybody. */
function effectOnReady(row: MoneyRow, cancellableAt: (supplier: string) => Cancellable): DeliveryEffect {
  if (row.ended_at !== null) return "stays";
  if (row.supplier === "local") return "is_taken_back";
  if (row.supplier === "stock") return row.revealed_at === null ? "is_taken_back" : "stays";
  const cancellable = cancellableAt(row.supplier ?? "");
  if (cancellable === "never" || cancellable === "manual_review") return "stays";
  const isInstalled = row.installed_at !== null || INSTALLED.has(row.profile_state);
  return cancellable === "until_installed" && isInstalled ? "stays" : "is_asked_back";
}

const SAID: Readonly<Record<DeliveryEffect, string>> = {
  none: "What was delivered stays with the customer.",
  is_taken_back: "It is not installed: it is taken back.",
  is_asked_back: "Its supplier is asked to take it back. If it says no, no money moves.",
  stays: "It cannot be taken back: the loss is ours. Accept the loss and say why.",
  is_stopped: "Its purchase is under way: it is stopped, or waited for.",
  was_not_delivered: "Nothing was delivered that could be used.",
};

function sentencesOf(preview: {
  readonly currency: string;
  readonly amount_minor_units: number;
  readonly refusal: string | null;
  readonly delivery: { readonly kind: "esim" | "top_up" | null; readonly effect: DeliveryEffect };
}): string[] {
  if (preview.refusal === "order_not_paid") return ["No money has arrived for this order."];
  if (preview.refusal !== null) return ["No more than what is left of the payment can go back."];
  const amount = `${amountMajor(preview.amount_minor_units, preview.currency)} ${preview.currency}`;
  const { kind, effect } = preview.delivery;
  const what = kind === "top_up" ? "Top-up" : "eSIM";
  return [
    ...(kind === null ? [] : [`${what}: ${SAID[effect]}`]),
    `${amount} go back to where they were paid from.`,
  ];
}

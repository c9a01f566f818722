import { parse } from "csv-parse/sync";
import { type Money, minorFromMajor } from "../../../kernel/money.js";
import {
  type DisputeSnapshot,
  type FeeSnapshot,
  type IntentSnapshot,
  PaymentProviderUnavailable,
  type RefundSnapshot,
} from "../port.js";
import { AdyenCallFailed, send } from "./adyen-client.js";
import { readFees } from "./adyen-fees.js";
import { readReference } from "./adyen-reference.js";
import { modificationOf, type ReportRow, timeOf } from "./adyen-report-row.js";

export interface ReportSettings {
  readonly merchantAccount: string;
  /** Of a report user; null: reports are not read. */
  readonly reportKey: string | null;
  /** Where reports are downloaded from, e.g. https://ca-live.adyen.com. */
  readonly reportBase: string;
  readonly livemode: boolean;
  readonly timeoutMillis: number;
  readonly onUnreadable: (object: string, problem: string) => void;
}

/** One line of the report that concerns money. */
interface Entry {
  readonly pspReference: string;
  readonly merchantReference: string;
  readonly modification: string;
  readonly modificationReference: string;
  readonly type: string;
  readonly amount: Money;
  readonly at: Date;
}

/** What a day's reports say, by payment. */
export interface Books {
  readonly intents: readonly IntentSnapshot[];
  readonly refunds: readonly RefundSnapshot[];
  readonly disputes: readonly DisputeSnapshot[];
  readonly fees: readonly FeeSnapshot[];
}

/** The text of a day's report; null: it is not made yet. */
type ReadReport = (settings: ReportSettings, day: Date) => Promise<string | null>;

const DAY_MILLIS = 86_400_000;
const DAYS_MAX = 62;

/**
 * The payments accounting report of each day (docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report).
 * Its name follows from the date and its address from our own settings: the address in a notification is not signed.
 * A day whose report is not made yet has none.
 */
export async function readReports(
  settings: ReportSettings,
  since: Date,
  read: ReadReport = download,
): Promise<Books> {
  if (settings.reportKey === null) return booksOf(settings, []);
  const rows: ReportRow[] = [];
  const today = Date.now();
  const first = Math.max(since.getTime(), today - DAYS_MAX * DAY_MILLIS);
  for (let at = first; at <= today + DAY_MILLIS; at += DAY_MILLIS) {
    const text = await read(settings, new Date(Math.min(at, today)));
    if (text !== null) rows.push(...readRows(settings, text));
    if (at >= today) break;
  }
  return booksOf(settings, rows);
}

export const reportNameOf = (day: Date): string =>
  `payments_accounting_report_${day.toISOString().slice(0, 10).replaceAll("-", "_")}.csv`;

async function download(settings: ReportSettings, day: Date): Promise<string | null> {
  const { reportBase, merchantAccount, reportKey, timeoutMillis } = settings;
  const path = `/reports/download/MerchantAccount/${encodeURIComponent(merchantAccount)}/${reportNameOf(day)}`;
  try {
    return await send(new URL(path, reportBase), {
      headers: { "x-api-key": reportKey ?? "" },
      signal: AbortSignal.timeout(timeoutMillis),
    });
  } catch (error) {
    if (!(error instanceof AdyenCallFailed)) throw error;
    if (error.status === 404) return null;
    throw new PaymentProviderUnavailable(
      `Adyen's report of ${reportNameOf(day)}: ${error.status ?? error.code}`,
    );
  }
}

function readRows(settings: ReportSettings, text: string): ReportRow[] {
  let rows: ReportRow[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw new PaymentProviderUnavailable(
      `Adyen's report cannot be read: ${error instanceof Error ? error.message : ""}`,
    );
  }
  return rows.filter((row) => row["Merchant Account"] === settings.merchantAccount);
}

function readEntries(settings: ReportSettings, rows: readonly ReportRow[]): Entry[] {
  return rows.flatMap((row) => {
    const entry = readEntry(row);
    if (typeof entry !== "string") return [entry];
    settings.onUnreadable(`report line of ${row["Psp Reference"] ?? "?"}`, entry);
    return [];
  });
}

/** The problem, when it has no payment, type or amount. */
function readEntry(row: ReportRow): Entry | string {
  const pspReference = row["Psp Reference"] ?? "";
  const type = row["Record Type"] ?? "";
  const currency = row["Main Currency"] ?? "";
  const amount = minorFromMajor((row["Main Amount"] ?? "").replace("-", ""), currency);
  if (pspReference === "" || type === "") return "missing_reference_or_type";
  if (!amount.ok) return amount.error;
  return {
    pspReference,
    type,
    merchantReference: row["Merchant Reference"] ?? "",
    modification: modificationOf(row),
    modificationReference: row["Modification Merchant Reference"] ?? "",
    amount: { currency, minor: amount.minor },
    at: timeOf(row),
  };
}

const PAID = new Set(["Authorised", "SentForSettle", "Settled"]);
const REFUND_STATES: Readonly<Record<string, RefundSnapshot["state"]>> = {
  SentForRefund: "succeeded",
  Refunded: "succeeded",
  RefundFailed: "failed",
  RefundedReversed: "failed",
};
const DISPUTES: Readonly<
  Record<string, { readonly state: DisputeSnapshot["state"]; readonly part: string }>
> = {
  Chargeback: { state: "open", part: "" },
  ChargebackReversed: { state: "won", part: "" },
  SecondChargeback: { state: "lost", part: ":second" },
};

function booksOf(settings: ReportSettings, rows: readonly ReportRow[]): Books {
  const { livemode } = settings;
  const inTurn = readEntries(settings, rows).toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const intents = new Map<string, IntentSnapshot>();
  const refunds = new Map<string, RefundSnapshot>();
  const disputes = new Map<string, DisputeSnapshot>();
  for (const entry of inTurn) {
    const { pspReference: intentId, amount, at: createdAt, modification } = entry;
    if (PAID.has(entry.type) && !intents.has(intentId)) intents.set(intentId, intentOf(entry, livemode));
    const refund = REFUND_STATES[entry.type];
    if (refund !== undefined && modification !== "") {
      const { shop_id, refund_reference } = readReference(entry.modificationReference);
      const metadata = refund_reference === undefined ? {} : { shop_id, refund_reference };
      refunds.set(modification, {
        providerRefundId: modification,
        intentId,
        state: refunds.get(modification)?.state === "failed" ? "failed" : refund,
        amount,
        metadata: metadata as RefundSnapshot["metadata"],
        createdAt,
      });
    }
    const dispute = DISPUTES[entry.type];
    if (dispute !== undefined && modification !== "") {
      const { state } = dispute;
      // The lines are in turn: what is reversed after a second chargeback is that one.
      const isOfSecond = state === "won" && disputes.get(`${modification}:second`)?.state === "lost";
      const disputeId = `${modification}${isOfSecond ? ":second" : dispute.part}`;
      disputes.set(disputeId, {
        disputeId,
        intentId,
        state,
        amount,
        reason: entry.type,
        livemode,
        createdAt,
        respondBy: null,
        isAnswered: false,
      });
    }
  }
  const newestFirst = <Item extends { readonly createdAt: Date }>(items: Iterable<Item>): Item[] =>
    [...items].toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return {
    intents: newestFirst(intents.values()),
    refunds: newestFirst(refunds.values()),
    disputes: newestFirst(disputes.values()),
    fees: readFees(rows, settings.onUnreadable),
  };
}

function intentOf(entry: Entry, livemode: boolean): IntentSnapshot {
  return {
    intentId: entry.pspReference,
    state: "succeeded",
    amount: entry.amount,
    amountReceivedMinor: entry.amount.minor,
    amountRefundedMinor: null,
    livemode,
    metadata: readReference(entry.merchantReference),
    createdAt: entry.at,
  };
}

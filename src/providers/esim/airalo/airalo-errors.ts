import { integerOf, recordOf, textOf } from "../json.js";
import type { RefusalReason } from "../refusal-port.js";

/** Airalo's two error shapes, both with HTTP 422: `{code, reason}` and `{data: {<field>: <text>}, meta}`. */
export interface AiraloRefusal {
  readonly reason: RefusalReason;
  readonly detail: string;
  /** Code 53 "unexpected": an order may have been made all the same. */
  readonly isAmbiguous: boolean;
}

const REASON_BY_CODE: ReadonlyMap<number, RefusalReason> = new Map([
  [11, "no_funds"],
  [13, "retryable"],
  [14, "terminal"],
  [23, "terminal"],
  [33, "out_of_stock"],
  [34, "out_of_stock"],
  [43, "terminal"],
  [53, "retryable"],
  [73, "terminal"],
  [89, "auth"],
]);
const UNEXPECTED = 53;

export function airaloRefusal(body: unknown, status: number): AiraloRefusal {
  const record = recordOf(body);
  const code = integerOf(record.code);
  if (code !== null) {
    const reason = REASON_BY_CODE.get(code) ?? "terminal";
    return {
      reason,
      detail: `code ${code}: ${textOf(record.reason) ?? ""}`,
      isAmbiguous: code === UNEXPECTED,
    };
  }
  const faults = Object.entries(recordOf(record.data)).map(
    ([field, text]) => [field, textOf(text) ?? ""] as const,
  );
  const message = textOf(recordOf(record.meta).message) ?? "";
  const detail = [`HTTP ${status}`, message, ...faults.map(([field, text]) => `${field}: ${text}`)].join(
    "; ",
  );
  return { reason: reasonOfTexts(faults, message), detail, isAmbiguous: false };
}

function reasonOfTexts(faults: readonly (readonly [string, string])[], message: string): RefusalReason {
  const all = [message, ...faults.map(([, text]) => text)].join("\n");
  if (/not available|out of stock/i.test(all)) return "out_of_stock";
  const isPackage = faults.some(([field, text]) => field === "package_id" && /invalid/i.test(text));
  return isPackage || /invalid topup package/i.test(all) ? "bad_package" : "terminal";
}

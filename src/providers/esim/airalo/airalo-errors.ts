import { integerOf, isRecord, listOf, recordOf, textOf } from "../json.js";
import type { RefusalReason } from "../refusal-port.js";

/**
 * Airalo's error shapes: `{code, reason}`, among users also `{meta: "failed", message, code}`, and
 * `{data: {<field>: <text or texts>}, meta: {message}}`.
 */
export interface AiraloRefusal {
  readonly reason: RefusalReason;
  readonly detail: string;
  /** One of the refusals that the supplier's pages list. Of another one nothing is known: it may have sold. */
  readonly isListed: boolean;
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
/** "Something unexpected happened": an order may have been made all the same. */
const UNEXPECTED = 53;
export const RECYCLED = 73;

/** Whether a body with an error status is the supplier's and not of something between us and it. */
export function isAiraloError(body: unknown): boolean {
  const record = recordOf(body);
  const texts = [recordOf(record.meta).message, record.message, record.reason];
  return texts.some((text) => textOf(text) !== null) || integerOf(record.code) !== null;
}

export function airaloRefusal(body: unknown, status: number): AiraloRefusal {
  const record = recordOf(body);
  const code = integerOf(record.code);
  const reasonText = textOf(record.reason) ?? textOf(record.message) ?? "";
  if (code !== null) {
    return {
      reason: REASON_BY_CODE.get(code) ?? "terminal",
      detail: `code ${code}: ${reasonText}`,
      isListed: REASON_BY_CODE.has(code) && code !== UNEXPECTED,
    };
  }
  const faults = fieldFaults(record.data);
  const message = textOf(recordOf(record.meta).message) ?? "";
  const all = [message, reasonText, ...faults.map(([field, text]) => `${field}: ${text}`)];
  return {
    reason: reasonOfTexts(faults, [message, reasonText]),
    detail: [`HTTP ${status}`, ...all.filter((text) => text !== "")].join("; "),
    isListed: isFaultOfFields(faults, message) || /not opted in/i.test(reasonText),
  };
}

/** An error told with a success status, as in the vendor's own examples: nothing in it is an order. */
export function isErrorInSuccess(body: unknown): boolean {
  const record = recordOf(body);
  const words = textOf(record.reason) ?? textOf(record.message);
  if (integerOf(record.code) !== null && words !== null) return true;
  return /parameter is invalid/i.test(textOf(recordOf(record.meta).message) ?? "");
}

/** What our requests hold; a member of another name is about something else than the request. */
const FIELDS: ReadonlySet<string> = new Set([
  "package_id",
  "quantity",
  "type",
  "description",
  "webhook_url",
  "iccid",
  "iccids",
  "reason",
  "notes",
  "brand_settings_name",
]);

const isFaultOfFields = (faults: readonly (readonly [string, string])[], message: string): boolean =>
  message !== "" && faults.length > 0 && faults.every(([field]) => FIELDS.has(field.replace(/\..*$/, "")));

/** Each field's texts in one; a fault comes as a text or as a list of texts. */
function fieldFaults(data: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([field, value]) => {
    const texts = Array.isArray(value) ? listOf(value).map(textOf) : [textOf(value)];
    const text = texts.filter((one) => one !== null).join(" ");
    return text === "" ? [] : [[field, text] as const];
  });
}

function reasonOfTexts(
  faults: readonly (readonly [string, string])[],
  messages: readonly string[],
): RefusalReason {
  const all = [...messages, ...faults.map(([, text]) => text)].join("\n");
  if (/not available|out of stock|insufficient stock/i.test(all)) return "out_of_stock";
  if (/insufficient .*(credit|balance|funds)/i.test(all)) return "no_funds";
  const isPackage = faults.some(([field, text]) => field === "package_id" && /invalid/i.test(text));
  return isPackage || /invalid topup package/i.test(all) ? "bad_package" : "terminal";
}

import type { Unknown } from "../../kernel/outcome.js";
import type { HttpAnswer, HttpResult } from "./http-client.js";
import { parseJson } from "./json.js";
import type { SupplierRefused } from "./port.js";
import type { RefusalReason } from "./refusal-port.js";

/** How failed calls turn into the port's outcomes; shared by the adapters that speak HTTP. */

/** question: asks only, so every failure may be repeated. purchase: may have had its effect. */
export type Purpose = "question" | "purchase";

export const RETRY_AFTER_SECONDS_MAX = 3_600;

export function refusal(
  reason: RefusalReason,
  detail: string,
  retryAfterSeconds: number | null = null,
): SupplierRefused {
  return { kind: "refused", reason, detail: safeDetail(detail), retryAfterSeconds };
}

/** A call without a usable answer. Only a purchase that may have arrived is unknown. */
export function failedCall(
  purpose: Purpose,
  failure: Exclude<HttpResult, { kind: "answer" }>,
): SupplierRefused | Unknown {
  if (purpose === "question" || failure.kind === "not_sent") return refusal("retryable", failure.why);
  return { kind: "unknown", cause: failure.why };
}

/** An answer that says nothing certain: 5xx, unreadable, redirect. */
export function unclearAnswer(purpose: Purpose, answer: HttpAnswer, why = ""): SupplierRefused | Unknown {
  const text = `HTTP ${answer.status}${why === "" ? "" : `: ${why}`}`;
  if (purpose === "question") return refusal("retryable", text, retryAfterSeconds(answer));
  return { kind: "unknown", cause: safeDetail(text) };
}

/**
 * 429 in the supplier's own words is refused before any work is done, for a purchase too (RFC 6585 section 4). Where
 * it is not the supplier that speaks, nothing is known of a purchase.
 */
export function tooMany(
  purpose: Purpose,
  answer: HttpAnswer,
  isOwnWords: boolean,
): SupplierRefused | Unknown {
  if (purpose === "purchase" && !isOwnWords) return unclearAnswer(purpose, answer);
  return refusal("retryable", "HTTP 429", retryAfterSeconds(answer) ?? 1);
}

const DELAY_SECONDS = /^[0-9]+(?:\.[0-9]+)?$/;
/** The three forms of a date in HTTP (RFC 9110 5.6.7). Date.parse alone would read "20.5" as the 20th of May. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [A-Za-z0-9 -]+ \d\d:\d\d:\d\d(?: GMT| \d{4})$/;

/**
 * Retry-After as seconds or as a date (RFC 9110 10.2.3), a fraction rounded up, at most an hour; null when absent or
 * unreadable.
 */
export function retryAfterSeconds(answer: HttpAnswer, nowMillis = Date.now()): number | null {
  const value = answer.headers["retry-after"]?.trim() ?? "";
  const seconds = DELAY_SECONDS.test(value) ? Math.ceil(Number(value)) : secondsUntil(value, nowMillis);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), RETRY_AFTER_SECONDS_MAX) : null;
}

function secondsUntil(date: string, nowMillis: number): number {
  if (!HTTP_DATE.test(date)) return Number.NaN;
  const millis = Date.parse(date.endsWith("GMT") ? date : `${date} GMT`);
  return Math.ceil((millis - nowMillis) / 1000);
}

/** The parsed body, or undefined when it is not JSON. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return parseJson(answer.text);
  } catch {
    return undefined;
  }
}

const FIRST_GROUP = /^[A-Z0-9]{2,}$/;
const NEXT_GROUP = /^[A-Z0-9]{4,}$/;

/** Groups of capitals and digits, as matching ids are written; our references and UUIDs have another form. */
function blankMatchingIds(word: string): string {
  const groups = word.split("-");
  const kept: string[] = [];
  for (let at = 0; at < groups.length; ) {
    let end = at + 1;
    if (FIRST_GROUP.test(groups[at] ?? "")) while (NEXT_GROUP.test(groups[end] ?? "")) end += 1;
    const run = groups.slice(at, end).join("-");
    const isId = end - at > 1 && /[0-9]/.test(run) && /[A-Z]/.test(run);
    kept.push(isId ? "[code]" : run);
    at = end;
  }
  return kept.join("-");
}

/** One line, at most 200 characters, activation codes, their secret parts and long tokens blanked. */
export function safeDetail(text: string): string {
  return text
    .replace(/(LPA:)?[0-9]\$[^\s"']*/gi, "[code]")
    .replace(/[A-Za-z0-9_-]+/g, blankMatchingIds)
    .replace(/\b(?=[0-9]*[A-F])[0-9A-F]{32}\b/g, "[code]")
    .replace(/[A-Za-z0-9_-]{40,}/g, "[token]")
    .replace(/\s+/g, " ")
    .slice(0, 200);
}

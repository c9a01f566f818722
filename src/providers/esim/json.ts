import { isLosslessNumber, parse } from "lossless-json";

export { isLosslessNumber };

/**
 * JSON of suppliers, read without loss: a number keeps its text, because ICCIDs arrive as numbers of 19 and 20 digits
 * and prices must not pass through a float.
 */

/** Throws SyntaxError for text that is not JSON, also when it is nested too deeply to read. */
export function parseJson(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message.slice(0, 100) : "unreadable JSON");
  }
}

/** An object with members; not a list, not a number. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** An object's own members; an empty record for everything else, so that reading on finds nothing. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** An array's items; also those of an object keyed by index, which Airalo sends from page 2 on. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const record = recordOf(value);
  const keys = Object.keys(record);
  return keys.every((key) => /^[0-9]+$/.test(key)) ? keys.map((key) => record[key]) : [];
}

/**
 * The items of what is certainly a list; null for everything else. An empty object is no empty list: where nothing
 * found decides something, it must not be read out of an answer that says something else.
 */
export function readableListOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  const isKeyedByIndex = isRecord(value) && Object.keys(value).length > 0;
  const items = isKeyedByIndex ? listOf(value) : [];
  return items.length > 0 ? items : null;
}

/**
 * Text, or a number's own text; null for everything else. NUL and half a surrogate pair, which PostgreSQL stores in no
 * text, are the replacement character: a code or an id with one is unreadable, and a message with one is a message.
 */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\u0000", "\uFFFD");
  return isLosslessNumber(value) ? value.value : null;
}

/** Like textOf, with the empty string as null. */
export function filledTextOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || text.trim() === "" ? null : text;
}

/** A whole number that a JavaScript number holds exactly; null for everything else. */
export function integerOf(value: unknown): number | null {
  const text = textOf(value);
  const number = text !== null && /^-?[0-9]{1,15}$/.test(text.trim()) ? Number(text) : null;
  return number;
}

/** `true` and `"true"`: eSIM Access documents both. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

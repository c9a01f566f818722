import type { Money } from "../../../kernel/money.js";
import type { IntentMetadata } from "../port.js";
import { fromStripe } from "./stripe-amount.js";

/**
 * Reading Stripe's objects as what they are at run time: text from outside. The SDK's types describe what Stripe
 * promises to send; an event made by hand, by a later API version or by a test can lack any of it.
 */
export type StripeObject = Readonly<Record<string, unknown>>;

/** A member that we need is missing or of the wrong shape. `problem` is a word for the operator's list. */
export class UnreadableStripeObject extends Error {
  override readonly name = "UnreadableStripeObject";

  constructor(readonly problem: string) {
    super(problem);
  }
}

/** Ids and codes are far shorter; metadata values at Stripe have at most 500 characters. */
const TEXT_MAX = 500;

/** NUL and lone surrogates cannot be stored in PostgreSQL's text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

export function asObject(value: unknown): StripeObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as StripeObject)
    : null;
}

/** The SDK's typed answer, read again as what it is: JSON from outside. */
export function objectOf(answer: unknown): StripeObject {
  const object = asObject(answer);
  if (!object) throw new UnreadableStripeObject("not_an_object");
  return object;
}

function member(object: StripeObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function findText(object: StripeObject, name: string): string | null {
  const value = member(object, name);
  return typeof value === "string" && value !== "" && value.length <= TEXT_MAX && !UNSTORABLE.test(value)
    ? value
    : null;
}

export function needText(object: StripeObject, name: string): string {
  const value = findText(object, name);
  if (value === null) throw new UnreadableStripeObject(`missing_${name}`);
  return value;
}

export function findInteger(object: StripeObject, name: string): number | null {
  const value = member(object, name);
  return Number.isSafeInteger(value) ? (value as number) : null;
}

export function needInteger(object: StripeObject, name: string): number {
  const value = findInteger(object, name);
  if (value === null) throw new UnreadableStripeObject(`missing_${name}`);
  return value;
}

export function needBoolean(object: StripeObject, name: string): boolean {
  const value = member(object, name);
  if (typeof value !== "boolean") throw new UnreadableStripeObject(`missing_${name}`);
  return value;
}

export function findObject(object: StripeObject, name: string): StripeObject | null {
  return asObject(member(object, name));
}

/** A reference to another object: its id, or the object itself where it was expanded. */
export function findId(object: StripeObject, name: string): string | null {
  const expanded = findObject(object, name);
  return expanded ? findText(expanded, "id") : findText(object, name);
}

/** Seconds since the epoch, as Stripe's `created`. */
export function needTime(object: StripeObject, name: string): Date {
  return new Date(needInteger(object, name) * 1000);
}

export function needMoney(object: StripeObject, amountName: string): Money {
  return moneyOf(needInteger(object, amountName), needText(object, "currency"));
}

export function moneyOf(amount: number, currency: string): Money {
  const read = fromStripe(amount, currency);
  if (!read.ok) throw new UnreadableStripeObject(read.error);
  return { currency: read.currency, minor: read.minor };
}

const OUR_KEYS = ["order_id", "shop_id", "payment_reference", "refund_reference"] as const;

/** Our own members of the metadata; what else somebody put there is not ours to carry. */
export function readMetadata(object: StripeObject): IntentMetadata {
  const metadata = findObject(object, "metadata");
  if (!metadata) return {};
  const found = OUR_KEYS.map((key) => [key, findText(metadata, key)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== null));
}

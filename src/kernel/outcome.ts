/**
 * What came of a call to the outside world. "unknown" is an answer of its own: the call may or may not have had
 * its effect (time-out, reset or 5xx after sending). Only a look-up by our own reference turns it into one of the
 * other two; it is never resolved by sending again blindly.
 */
export type Outcome<Value, Refusal = string> = Done<Value> | Refused<Refusal> | Unknown;

export interface Done<Value> {
  readonly kind: "done";
  readonly value: Value;
}

export interface Refused<Refusal = string> {
  readonly kind: "refused";
  readonly reason: Refusal;
  /** For the operator and the log; never shown to a customer. */
  readonly detail: string;
}

export interface Unknown {
  readonly kind: "unknown";
  /** What was seen, e.g. "timeout after 10000 ms" or "HTTP 500". For the operator and the log. */
  readonly cause: string;
}

export const done = <Value>(value: Value): Done<Value> => ({ kind: "done", value });

export const refused = <Refusal extends string>(reason: Refusal, detail: string): Refused<Refusal> => ({
  kind: "refused",
  reason,
  detail,
});

export const unknown = (cause: string): Unknown => ({ kind: "unknown", cause });

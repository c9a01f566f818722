/** The other end of a webhook: an address that an operator typed in, on somebody else's machine. */

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why there was no answer. */
export type ReceiverProblem =
  /** The name leads to an address that is not public, or to a port that is not allowed. */
  | "address_refused"
  | "name_unknown"
  | "certificate"
  | "connection"
  | "time_out"
  /** This process is stopping; the receiver is asked again. */
  | "stopped";

export interface ReceiverAnswer {
  /** Null when there was none. */
  readonly status: number | null;
  readonly problem: ReceiverProblem | null;
  readonly millis: number;
  /** Of the answer's body, as far as it was read; what it says is not kept. */
  readonly bytes: number;
  readonly retryAfterSeconds: number | null;
}

export interface Receiver {
  /** What is wrong with this address as far as it can be told without asking anybody; undefined when nothing is. */
  problemOf(url: string): string | undefined;
  send(message: Message, stop: AbortSignal): Promise<ReceiverAnswer>;
  close(): Promise<void>;
}

/** What came of reading a small file at an address that an operator names. */
export type ReadAnswer =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  /** `why` is a word for logs and counters. */
  | { readonly kind: "unread"; readonly why: string };

export type ReadAddress = (url: string) => Promise<ReadAnswer>;

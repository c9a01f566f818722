/**
 * An optional early "no" in front of the database. It only repeats refusals that the database gave, so losing,
 * flushing or slowing it lets more questions through to the database and changes no count.
 */
export interface EarlyRefusal {
  /** A refusal that still stands for one of these keys, or undefined: then the database decides. Never throws. */
  ask(keys: readonly string[]): Promise<StandingRefusal | undefined>;
  /** Keeps what the database said. Does not wait and never throws. */
  remember(key: string, refusal: NewRefusal): void;
  /** After an operator lifted a limit. Never throws. */
  forgetAll(): Promise<void>;
  /** "off" without Redis; "down" is worth a line on the health page and nothing more. */
  state(): "off" | "up" | "down";
  close(): Promise<void>;
}

export interface StandingRefusal {
  readonly limit: string;
  readonly retrySeconds: number;
}

export interface NewRefusal extends StandingRefusal {
  /**
   * Present where asking again doubles the wait (e-mail and address together): the seconds after which doubling
   * ends with the window. Absent for limits that others share.
   */
  readonly doublesForSeconds?: number;
}

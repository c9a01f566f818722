/**
 * The states of an eSIM and of a purchase attempt, and how they move. The same moves stand in the triggers of
 * migrations 0010 and 0013, which enforce them; a test compares the two.
 */
export const ESIM_STATES = ["pending", "ready", "active", "failed", "expired", "cancelled"] as const;
export type EsimState = (typeof ESIM_STATES)[number];

export const ESIM_MOVES = [
  "pending>ready",
  "pending>failed",
  "pending>cancelled",
  "ready>active",
  "ready>expired",
  "ready>cancelled",
  "active>cancelled",
] as const;

/** States in which the owner may see the code. */
export const isInstallable = (state: EsimState): boolean => state === "ready" || state === "active";

export const ATTEMPT_STATES = [
  /** The row is committed; the call may or may not have been sent. */
  "intended",
  /** The call ended unclearly; only a look-up by reference decides. */
  "unknown",
  /** The supplier has the order, the eSIM is not there yet. */
  "accepted",
  /** The eSIM is in the profile. */
  "delivered",
  /** Nothing was bought. */
  "refused",
  /** An operator decides. */
  "parked",
  /** Bought, but nobody waits for it any more: to be taken back. */
  "surplus",
  /** The supplier gave the money back. */
  "taken_back",
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

export const ATTEMPT_MOVES = [
  "intended>unknown",
  "intended>accepted",
  "intended>delivered",
  "intended>refused",
  "intended>parked",
  "intended>surplus",
  "unknown>accepted",
  "unknown>delivered",
  "unknown>refused",
  "unknown>parked",
  "unknown>surplus",
  "accepted>delivered",
  "accepted>refused",
  "accepted>parked",
  "accepted>surplus",
  "parked>unknown",
  "parked>accepted",
  "parked>delivered",
  "parked>refused",
  "parked>surplus",
  "delivered>taken_back",
  "surplus>taken_back",
  "surplus>parked",
  // It had been ruled out, and comes to light.
  "refused>parked",
  "taken_back>parked",
] as const;

export const STOCK_STATES = ["available", "held", "assigned", "withdrawn"] as const;

export const STOCK_MOVES = [
  "available>held",
  "held>available",
  "held>assigned",
  "available>assigned",
  "assigned>available",
  "assigned>withdrawn",
  "available>withdrawn",
  "held>withdrawn",
] as const;

const OPEN: ReadonlySet<AttemptState> = new Set(["intended", "unknown", "accepted", "parked"]);
/** An attempt that may still become an eSIM; a profile has one at most. */
export const isOpen = (state: AttemptState): boolean => OPEN.has(state);

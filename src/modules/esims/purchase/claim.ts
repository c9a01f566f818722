import type { Attempt } from "./choose-supplier.js";

/** The lease on what one paid order has to be bought, and what the next step is decided by. */
export interface Claim {
  /** Of the subject's row: an eSIM profile, a top-up. */
  readonly id: number;
  readonly lease_token: number;
  readonly lease_seconds: number;
  readonly order_reference: string;
  readonly forgiven_attempts: number;
  readonly is_parked: boolean;
  readonly is_take_back_requested: boolean;
  readonly attempts: readonly Attempt[];
  /** A backup was put back since the order was placed, and nothing has been asked for it since; null: none was. */
  readonly restoration: Restoration | null;
}

/** What was bought between the two moments may have no row. */
export interface Restoration {
  /** When the backup was made, in milliseconds since the epoch. */
  readonly backupMillis: number;
  /** How long ago the operator said that it was put back. */
  readonly agoMillis: number;
}

/** Every write names the lease it is made under. A worker that slept past its lease changes nothing. */
export type Lease = Pick<Claim, "id" | "lease_token" | "lease_seconds">;

import type { BatchOutcome, BatchPlan } from "./batch.js";

/** What the one who counts and the ones who play tell each other. */
export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly suppliersLie: boolean;
  readonly showsSteps: boolean;
  /** The database server's process, ended by the workers where the one who started it was killed. */
  readonly postmaster?: number;
}
export type Order =
  | { readonly kind: "play"; readonly plan: Omit<BatchPlan, "onStep"> }
  | { readonly kind: "end" };
export type Report =
  | { readonly kind: "ready"; readonly edgesKnown: readonly string[] }
  | { readonly kind: "played"; readonly outcome: BatchOutcome }
  | { readonly kind: "broken"; readonly error: string };

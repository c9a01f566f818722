import type { FastifyContextConfig } from "fastify";
import { STEP_UP_PERMISSIONS } from "../kernel/permissions.js";
import { isSafeMethod } from "./origin-guard.js";

/** What of the second factor a route of operators asks a person for, as far as they have one. */
export type FactorNeed =
  /** Nothing: here it is shown or set up. */
  | "none"
  /** Once in the session. */
  | "shown"
  /** A moment ago. */
  | "fresh"
  /** The same, and nothing of who has none yet: here the first one is set up. */
  | "fresh_if_any";

export function factorNeedOf(
  method: string,
  { stepUp, permission, isBeforeFactor }: FastifyContextConfig,
): FactorNeed {
  const isDangerous =
    permission !== undefined && !isSafeMethod(method) && STEP_UP_PERMISSIONS.has(permission);
  if (stepUp ?? isDangerous) return isBeforeFactor === true ? "fresh_if_any" : "fresh";
  return isBeforeFactor === true ? "none" : "shown";
}

import type { ListFilter } from "../list-screen-definition.js";

export const equals = (expression: string): ListFilter => ({ where: `${expression} = %` });
export const equalsInteger = (expression: string): ListFilter => ({
  where: `${expression} = %::bigint`,
  type: "integer",
});
export const isTrue = (condition: string): ListFilter => ({ where: condition, type: "flag" });

/** Most eSIMs are ready or in use, and most payments succeed; each of these has an index of its own. */
export const RARE_ESIM_STATUS = ["pending", "failed", "cancelled", "expired"] as const;
export const RARE_PAYMENT_STATUS = ["requires_action", "failed"] as const;

/** The states of an order and the moves between them; the triggers of 0007_orders declare the same graph. */
export const ORDER_STATES = ["created", "paid", "failed", "refunded"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** From each state to those that may follow. Nothing leaves `failed` or `refunded`. */
export const ORDER_MOVES = {
  created: ["paid", "failed"],
  paid: ["refunded"],
  failed: [],
  refunded: [],
} as const satisfies Record<OrderState, readonly OrderState[]>;

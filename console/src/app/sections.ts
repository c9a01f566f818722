import type { TextKey } from "../text/text.js";

export interface Section {
  /** Its address within the console. */
  readonly to: string;
  readonly label: TextKey;
  /** Who may read any of these sees it. */
  readonly permissions: readonly string[];
  readonly pages?: readonly Section[];
}

/** The navigation. A link is drawn where the operator may open what is behind it, and nowhere else. */
export const SECTIONS: readonly Section[] = [
  { to: "/", label: "nav.home", permissions: [] },
  { to: "/orders", label: "nav.orders", permissions: ["orders.read"] },
  { to: "/customers", label: "nav.customers", permissions: ["customers.read"] },
];

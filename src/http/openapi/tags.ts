/** The groups of operations, each spelled once; a route with another tag fails the lint of openapi.json. */
export const TAGS = [
  { name: "Catalogue", description: "What is sold, and which phones can use it" },
  { name: "Login", description: "Sign in by a mailed code" },
  { name: "Account", description: "The signed-in person" },
  { name: "Orders", description: "Orders of plans and top-ups" },
  { name: "Payments", description: "Paying, and what providers tell" },
  { name: "eSIMs", description: "What was bought, ready to install" },
  { name: "Operation", description: "Whether the store is well" },
  { name: "Administration", description: "For operators: orders, money, people, jobs" },
  { name: "Administration: catalogue", description: "For operators: plans, countries, carriers" },
  {
    name: "Administration: webhooks",
    description: "For other systems: what happened, and who is told of it",
  },
  { name: "Administration: eSIMs", description: "For operators: purchases, stock, suppliers" },
] as const;

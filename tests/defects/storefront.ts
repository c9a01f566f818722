import type { Defect } from "./defect.js";

const TERMS = "src/modules/esims/plan-terms-read-model.ts";
const APP_PAGES = "src/modules/storefront/routes/app-pages.ts";
const FINDING = {
  file: TERMS,
  from: "  const { rows } = await db.run<PlanTerms>(",
  to: "  MARK;\n  const { rows } = await db.run<PlanTerms>(",
};
const PAGES = "tests/api/pages.test.ts";
const SAYS_TERMS = "says when the days of each plan start and until when to install it, as its suppliers do";

export const STOREFRONT_DEFECTS: readonly Defect[] = [
  {
    number: 441,
    title: "A page promises the terms of a supplier that is paused",
    area: "storefront",
    edits: [{ file: TERMS, from: " and paused_at is null", to: "" }, FINDING],
    target: { file: PAGES, test: SAYS_TERMS },
    reason: /to contain 'Its days start|not to contain 'within 30 days'/,
  },
  {
    number: 442,
    title: "A page promises the later beginning of two suppliers' days",
    area: "storefront",
    edits: [
      {
        file: TERMS,
        from: `when bool_or(validity_starts = 'installation') then 'installation'
       when bool_and(validity_starts is not null) then 'first_use'`,
        to: `when bool_or(validity_starts = 'first_use') then 'first_use'
       when bool_and(validity_starts is not null) then 'installation'`,
      },
      FINDING,
    ],
    target: { file: PAGES, test: SAYS_TERMS },
    reason: /to contain 'Its days start when you install/,
  },
  {
    number: 443,
    title: "The checkout of a plan that never was is a page like any other",
    area: "storefront",
    edits: [
      {
        file: APP_PAGES,
        from: "!(await hasPlan(Number(request.params.plan)))) throw noSuchPage();",
        to: "!(await hasPlan(Number(request.params.plan)))) MARK;",
      },
    ],
    target: {
      file: PAGES,
      test: "404: a checkout of a plan that never was is a page with a way on; a paused plan keeps its own",
    },
    reason: /expected 200 to be 404/,
  },
  {
    number: 500,
    title: "A payment page that has expired counts as one on which the order can be paid",
    area: "storefront",
    edits: [
      {
        file: "src/providers/payment/stripe/stripe-pages.ts",
        from: `state: status === "open" ? "requires_action"`,
        to: `state: status === "open" || MARK ? "requires_action"`,
      },
    ],
    target: {
      file: "tests/browser/hosted-checkout.test.ts",
      test: "the page expires under the payer, and the provider says nothing: what is true is said, and one charge is made",
    },
    reason: /The payment did not go through/,
  },
];

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/**
 * What the earlier backend (T…) and other public projects (K…) got wrong about login, limits, cookies, tokens,
 * idempotency, webhooks, amounts and refunds, and the test that shows it right here: ids, file, and the test's title or
 * the beginning of it. A line whose test is renamed or deleted fails.
 */
const LINES: readonly (readonly [ids: string, file: string, title: string])[] = [
  ["T01 T02 T03 K18", "tests/attack/take-over.test.ts", "T01 T02 T03: forged forwarding headers"],
  ["K08 K14", "tests/attack/take-over.test.ts", "a botnet with an address per request"],
  ["T04 T06", "tests/api/payments-production.test.ts", "400: an unknown provider"],
  [
    "T05 T36",
    "tests/api/payments-providers.test.ts",
    "the provider named by the caller must be the payment's own",
  ],
  ["T07 K48", "tests/api/payments-providers.test.ts", "a late failure does not touch a paid order"],
  ["T08 K58 K59", "tests/api/payments-providers.test.ts", "a wrong amount is parked, counted and shown"],
  ["T23", "tests/api/payments-providers.test.ts", "a relabelled currency is parked"],
  [
    "T23",
    "tests/api/orders-idempotency.test.ts",
    "asks for a currency without a price: 422, whatever the label",
  ],
  ["T13 T29", "src/config/config.test.ts", "reports every problem at once, by name"],
  ["T14", "tests/api/auth-leaks.test.ts", "R14 I19: a whole login, with all its mistakes"],
  ["T14 K08", "tests/api/auth-rate-limit.test.ts", "neither code nor seal stays in the database"],
  ["T15", "src/modules/auth/login-secrets.test.ts", "have digits that pass a chi-square test"],
  ["T16 K36 K37", "tests/races/orders-idempotency.test.ts", "and every answer is 200 with its id"],
  ["T17 K38", "tests/api/orders-idempotency.test.ts", "belongs to another request of the same user"],
  ["T18", "tests/api/orders-idempotency.test.ts", "is malformed: %j"],
  ["T19 K01 K13 K16 K17", "tests/races/login-races.test.ts", "one code: one session"],
  ["T20 K20", "tests/races/login-races.test.ts", "one e-mail and address: one mail"],
  ["T21", "src/http/client-address.test.ts", "who is not a trusted proxy is not believed"],
  [
    "T22 K05 K06 K07",
    "tests/api/auth-rate-limit.test.ts",
    "wrong, used, expired, unknown, disabled, malformed",
  ],
  ["T22", "tests/api/auth-rate-limit.test.ts", "the user is made at the first successful login"],
  ["K06 K07", "tests/api/auth-timing.test.ts", "known, unknown and disabled addresses take the same time"],
  ["T25 K64", "tests/api/payments-providers.test.ts", "409: an order that is paid, failed"],
  ["T26 K45", "tests/races/payments.test.ts", "thirty creates of one payment make one intent"],
  ["T26", "tests/api/payments-reconcile.test.ts", "goes back by itself up to the hourly brake"],
  ["T27", "tests/api/protocol.test.ts", "B43 422 or 400: a body that is %s"],
  ["T28 K50", "tests/api/payments-stripe.test.ts", "200 ignored: an unknown type"],
  ["T30", "tests/api/auth-cookies.test.ts", "T30: an expired cookie does not block a good Bearer token"],
  ["T31 K34 K35", "tests/api/auth-revocation.test.ts", "%s: 401 at the other one within 5 s"],
  ["T32 K26", "src/http/cookies.test.ts", "attributes"],
  ["T33", "tests/api/auth-cookies.test.ts", "every token has all its claims, names the user by id"],
  ["T47 K02 K03 K04 K15", "tests/api/auth-rate-limit.test.ts", "in either spelling of the address"],
  ["T48", "tests/api/auth-rate-limit.test.ts", "a limit of 999999 is off, each by itself"],
  ["T50", "tests/api/web-client.test.ts", "sees its eSIM before any webhook came"],
  ["T53 K60", "tests/api/payments-stripe.test.ts", "200: all of it, and the order is refunded"],
  [
    "K09 K10 K11",
    "tests/api/auth-rate-limit.test.ts",
    "five wrong codes for a challenge, then the right one fails too",
  ],
  ["K11 K16", "tests/races/login-races.test.ts", "wrong codes: five comparisons for a challenge"],
  [
    "K12",
    "tests/api/auth-rate-limit.test.ts",
    "a new code replaces the older one of the same e-mail and address",
  ],
  ["K14", "tests/api/auth-rate-limit.test.ts", "a new code refills nothing"],
  ["K17", "tests/api/auth-operators.test.ts", "disabling ends every session at once here"],
  ["K19", "src/http/client-address.test.ts", "K19: one warning, and no more"],
  ["K21", "tests/api/auth-rate-limit.test.ts", "25 codes in 24 h per client address"],
  [
    "K22",
    "tests/api/auth-rate-limit.test.ts",
    "one code in 60 s per e-mail and address; another address gets one",
  ],
  ["K22", "tests/api/auth-rate-limit.test.ts", "twenty in 24 h, and the owner gets in"],
  ["K23 K25", "src/config/cookie-checks.test.ts", "a front end on another site never sends a Lax cookie"],
  ["K24", "src/config/cookie-checks.test.ts", "a cookie domain that browsers would refuse stops the start"],
  ["K27", "tests/api/auth-cookies.test.ts", "bearer sets no cookie, and refresh keeps it that way"],
  ["K28", "tests/api/auth-cookies.test.ts", "two people at once are refused"],
  ["K29", "tests/api/auth-cookies.test.ts", "an error clears no cookie"],
  ["K30 K31 K33", "tests/races/login-races.test.ts", "one refresh token: one child, which then works"],
  ["K32", "tests/faults/login-kill.test.ts", "s4.after_rotate: the parent gets the same child"],
  ["K39", "tests/api/orders-idempotency.test.ts", "is not burnt by a refusal before the work began"],
  [
    "K40 K41 K42",
    "tests/faults/payments-kill.test.ts",
    "%s: the client's retry gets the one intent, and it can be paid",
  ],
  ["K42", "tests/jobs/job-leases.test.ts", "are taken up by another process once their lease is over"],
  ["K43", "tests/api/payments-stripe.test.ts", "cur-120: after a declined card"],
  ["K44", "tests/api/orders-idempotency.test.ts", "of another user is a key of its own"],
  ["K46 K47", "tests/api/payments-stripe.test.ts", "every permutation of decline, processing and success"],
  [
    "K46",
    "tests/api/payments-stripe.test.ts",
    "the intent's webhook before the answer of its own create call",
  ],
  ["K49", "tests/properties/payments.test.ts", "end with books that agree and no invariant broken"],
  [
    "K51 K54",
    "tests/api/payments-reconcile.test.ts",
    "re-reads the intent before it says that the order is unpaid",
  ],
  ["K52", "tests/api/payments-providers.test.ts", "200: makes an intent of the order's amount"],
  ["K53", "tests/operation/overload.test.ts", "R83 %s: the whole transaction again, three times at most"],
  ["K55", "tests/races/payments.test.ts", "one event 1,000 times has one effect"],
  ["K56", "src/providers/payment/stripe/stripe-webhook.test.ts", "covers the raw bytes"],
  [
    "K57",
    "src/providers/payment/stripe/stripe-webhook.test.ts",
    "is fresh when it arrives %i s after its time",
  ],
  ["K61", "tests/faults/payments-kill.test.ts", "%s: the refund is made once"],
  [
    "K62",
    "tests/faults/esim-provisioning.test.ts",
    "an eSIM that cannot be taken back stays, unless the loss is accepted",
  ],
  ["K63", "tests/api/payments-reconcile.test.ts", "a refund made in the provider's own pages is recorded"],
];

const range = (letter: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}${String(from + index).padStart(2, "0")}`);
const LISTED = [
  ...range("T", 1, 8),
  ...range("T", 13, 23),
  ...range("T", 25, 33),
  ...["T36", "T47", "T48", "T50", "T53"],
  ...range("K", 1, 64),
];

describe("the known failures of login and money", () => {
  it.each(LINES)("%s: %s has the test", (_ids, file, title) => {
    expect(readFileSync(file, "utf8")).toContain(title);
  });

  it("each have a test", () => {
    const covered = new Set(LINES.flatMap(([ids]) => ids.split(" ")));
    expect(LISTED.filter((id) => !covered.has(id))).toEqual([]);
  });
});

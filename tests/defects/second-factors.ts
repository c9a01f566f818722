import { type Defect, runsAt } from "./defect.js";

const STORE = "src/modules/access/factor-store.ts";
const USE = "src/modules/access/use-factor.ts";
const ADMIT = "src/modules/access/admit-operator.ts";
const SET_UP = "src/modules/access/set-up-factor.ts";
const API = "tests/api/second-factor.test.ts";
const RACES = "tests/races/second-factor.test.ts";

const TAKES_CODE = runsAt(
  USE,
  'if (!(await takeCodeIfNewer(tx, userId, { step, triedAt: tried.tried_at }))) return refused("replayed");',
);
const SPENDS = runsAt(USE, "const tried = await spendTry(db, userId);");
const SUPPORT = "support: nothing opens before it is shown, and what is dangerous asks again";

/** What lets operators in, and what asks them again. */
export const SECOND_FACTOR_DEFECTS: readonly Defect[] = [
  {
    number: 460,
    title: "A code of the app counts as often as it is shown",
    area: "login",
    edits: [
      { file: STORE, from: "where user_id = $1 and last_step < $2`", to: "where user_id = $1`" },
      TAKES_CODE,
    ],
    target: { file: RACES, test: "one code lets one in" },
    reason: /to be 1/,
  },
  {
    number: 461,
    title: "A recovery code counts as often as it is shown",
    area: "login",
    edits: [
      {
        file: STORE,
        from: "and code_hash = $2 and used_at is null returning user_id",
        to: "and code_hash = $2 returning user_id",
      },
      runsAt(USE, "const taken = await takeRecoveryCodeIfUnused("),
    ],
    target: { file: RACES, test: "one recovery code lets one in" },
    reason: /to be 1/,
  },
  {
    number: 462,
    title: "Guesses that come together are all compared",
    area: "login",
    edits: [
      { file: STORE, from: "${COUNT(\"interval '15 minutes'\")} < ${TRIES.perQuarter} and ", to: "" },
      SPENDS,
    ],
    target: { file: RACES, test: "five wrong codes are compared, however many are sent" },
    reason: /deeply equal/,
  },
  {
    number: 463,
    title: "A right code refills the budget of wrong ones",
    area: "login",
    edits: [
      {
        file: STORE,
        from: "`update operator_factors set last_step = $2, tries = array_remove(tries, $3::timestamptz)",
        to: "`update operator_factors set last_step = $2, tries = case when $3::timestamptz is null then tries else '{}' end",
      },
      TAKES_CODE,
    ],
    target: {
      file: API,
      test: "is bounded: five wrong ones in a quarter of an hour, twenty a day; a right one gives back only its own",
    },
    reason: /429/,
  },
  {
    number: 464,
    title: "Who has a second factor works without showing it",
    area: "login",
    edits: [{ file: ADMIT, from: "if (!state.isShown) return factorNotShown();", to: "MARK;" }],
    target: { file: API, test: SUPPORT },
    reason: /before: GET/,
  },
  {
    number: 465,
    title: "A second factor shown in the morning moves money in the evening",
    area: "login",
    edits: [
      {
        file: ADMIT,
        from: 'return need !== "shown" && !state.isFresh ? factorNotFresh() : undefined;',
        to: "return (MARK, undefined);",
      },
    ],
    target: { file: API, test: SUPPORT },
    reason: /did not come about in time/,
  },
  {
    number: 466,
    title: "A permission that moves money is not among those that ask again",
    area: "login",
    edits: [
      {
        file: "src/kernel/permissions.ts",
        from: '  "refunds.create",\n  "refunds.approve",\n  "money.decide",',
        to: '  "refunds.approve",\n  (MARK, "money.decide"),',
      },
    ],
    target: { file: API, test: SUPPORT },
    reason: /later: POST \/admin\/orders\/:id\/refund/,
  },
  {
    number: 467,
    title: "A process refuses by what it remembers after another has seen the factor",
    area: "login",
    edits: [
      {
        file: ADMIT,
        from: "if (problemOf(state, need) !== undefined) state = await readAnew(sid);",
        to: "MARK;",
      },
    ],
    target: { file: API, test: "shown at one process it counts at once at every other" },
    reason: /200/,
  },
  {
    number: 468,
    title: "Somebody whose role was changed works on in their open session",
    area: "login",
    edits: [
      {
        file: "src/db/migrations/0073_second_factor.up.sql",
        from: "for each row when (old.role <> new.role) execute function end_operator_sessions();",
        to: "for each row when (old.role = new.role) execute function end_operator_sessions();",
      },
      {
        file: "src/db/migrations/0073_second_factor.up.sql",
        from: "-- oldest-program: 0.1.0\n",
        to: "-- oldest-program: 0.1.0\nMARK\n",
      },
    ],
    target: { file: API, test: "ends within five seconds everywhere by a change of role" },
    reason: /did not come about in time/,
  },
  {
    number: 469,
    title: "A session that nobody uses lives on",
    area: "login",
    edits: [
      {
        file: "src/modules/access/operator-read-model.ts",
        from: "o.expires_at > now() and o.idle_until > now()",
        to: "o.expires_at > now()",
      },
      runsAt("src/modules/auth/session-store.ts", "const { rows } = await db.run<FindRow & OperatorColumns"),
    ],
    target: {
      file: API,
      test: "is over after its idle minutes and its hours; a sign-in of yesterday opens none",
    },
    reason: /did not come about in time/,
  },
  {
    number: 470,
    title: "A new second factor leaves the sessions of the old one open",
    area: "login",
    edits: [{ file: SET_UP, from: "await endOtherOperatorSessions(tx, userId, sid);", to: "MARK;" }],
    target: {
      file: API,
      test: "a new one in its place takes the old one; every other session begins anew, on every process",
    },
    reason: /did not come about in time/,
  },
  {
    number: 471,
    title: "Whoever finds a page open sets up a second factor of their own",
    area: "login",
    edits: [
      {
        file: STORE,
        from: "and (s.created_at > now() - $4 * interval '1 minute' or exists (select from operator_factors f where f.user_id = $2))",
        to: "and $4 > 0",
      },
      runsAt(SET_UP, "const offered = await offerFactor("),
    ],
    target: {
      file: API,
      test: "takes a sign-in of a moment ago, so that a page left open gives nobody a factor of their own",
    },
    reason: /201/,
  },
  {
    number: 472,
    title: "A second factor is reset, and who holds the member's session goes on",
    area: "login",
    edits: [
      {
        file: "src/modules/access/reset-factor.ts",
        from: 'await endSessionsOf(tx, userId, "factor_reset");',
        to: "MARK;",
      },
    ],
    target: {
      file: API,
      test: "takes the member's factor and sessions, is audited, and both are told in their language",
    },
    reason: /401/,
  },
  {
    number: 473,
    title: "A page with a token of its own is shut out of the browser that has shown the factor",
    area: "login",
    edits: [
      {
        file: "src/http/session-guard.ts",
        from: "return [...sessions].sort((a, b) => rank(b) - rank(a))[0];",
        to: "return (MARK, [...sessions].sort((a, b) => rank(a) - rank(b))[0]);",
      },
    ],
    target: {
      file: API,
      test: "works in the browser that has shown one at /console, and tells what to do before that",
    },
    reason: /200/,
  },
  {
    number: 474,
    title: "A refused second factor leaves no trace in the audit log",
    area: "login",
    edits: [
      {
        file: USE,
        from: 'await writeAudit(tx, act, { action: "second_factor.refused", subject, after: { reason } });',
        to: "MARK;",
      },
    ],
    target: {
      file: API,
      test: "counts once: shown again at this or another process it is refused, and so is an older one",
    },
    reason: /second_factor/,
  },
];

import { type Defect, runsAt } from "./defect.js";

const SESSIONS = "src/modules/auth/session-store.ts";
const GUARD = "src/http/session-guard.ts";
const PEOPLE = "src/db/migrations/0002_people.up.sql";
const CODES = "src/db/migrations/0003_login_codes.up.sql";
const TRIES = "src/db/migrations/0004_login_tries.up.sql";
const TWINS = "tests/api/auth-twins.test.ts";
const COOKIES = "tests/api/auth-cookies.test.ts";
const LIMITS = "tests/api/auth-rate-limit.test.ts";
const BUDGETS = "tests/api/auth-budgets.test.ts";

/** Sessions, their tokens and the budgets in front of them. */
export const SESSION_DEFECTS: readonly Defect[] = [
  {
    number: 110,
    title: "Tries with and without a challenge have a budget each",
    area: "login",
    edits: [
      {
        file: TRIES,
        from: `        v_kind := 'address';
        v_until := greatest(
          login_tries_until(v_emails, p_address, array['challenge', 'address'], null, 5, c_quarter, v_now),`,
        to: `        MARK
        v_kind := 'address';
        v_until := greatest(
          login_tries_until(v_emails, p_address, array['address'], null, 5, c_quarter, v_now),`,
      },
    ],
    target: {
      file: BUDGETS,
      test: "tries with and without it add up: five of any kind from one address, ten a day",
    },
    reason: /five with and without/,
  },
  {
    number: 111,
    title: "The grace of a rotated refresh token begins anew with each use of the parent",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: "refresh_rotated_at = case when refresh_hash = $2 then now() else refresh_rotated_at end",
        to: "refresh_rotated_at = now()",
      },
      runsAt(SESSIONS, "const [row] = rows;\n  if (row?.was_reused === true)"),
    ],
    target: {
      file: TWINS,
      test: "begins once: the parent at 0, 6 and 12 s is granted twice and then ends the family",
    },
    reason: /session_revoked/,
  },
  {
    number: 120,
    title: "A Bearer that proves nothing lets a strange page act with the cookie",
    area: "login",
    edits: [
      {
        file: GUARD,
        from: 'const credential = ofBearer === undefined ? "cookie" : "bearer";',
        to: 'const credential = (MARK, bearerTokenOf(request) === undefined) ? "cookie" : "bearer";',
      },
    ],
    target: { file: TWINS, test: "an altered token" },
    reason: /cross_site_request/,
  },
  {
    number: 170,
    title: "Log-out with the refresh cookie alone ends nothing",
    area: "login",
    edits: [
      {
        file: "src/modules/auth/routes/log-out.ts",
        from: '      ...cookies.readAll(request, "tribi_refresh").map(ofRefresh),',
        to: "      ...(MARK && []),",
      },
    ],
    target: {
      file: COOKIES,
      test: "an access token that has expired does not save the session from log-out",
    },
    reason: /session_revoked/,
  },
  {
    number: 171,
    title: "Log-out everywhere ends everybody's sessions",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: "where user_id = $1 and revoked_at is null returning sid",
        to: "where $1::bigint > 0 and revoked_at is null returning sid",
      },
      runsAt(
        SESSIONS,
        "return (await db.run<{ sid: string }>(REVOKE.byUser, [userId, reason])).rows.map(({ sid }) => sid);",
      ),
    ],
    target: { file: COOKIES, test: "everywhere ends all of the person's sessions and nobody else's" },
    reason: /401 to be 200/,
  },
  {
    number: 172,
    title: "A person ends somebody else's session",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: "     where id = $1 and user_id = $2 and ",
        to: "     where id = $1 and $2::bigint > 0 and ",
      },
      runsAt(
        SESSIONS,
        'const { rows } = await db.run<{ sid: string }>(REVOKE.one, [sessionId, userId, "ended_by_user"]);',
      ),
    ],
    target: { file: COOKIES, test: "a person sees their own sessions and ends one of them" },
    reason: /404/,
  },
  {
    number: 173,
    title: "A session never ends by its age",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: 'const LIVE = "sessions.revoked_at is null and sessions.expires_at > now()";',
        to: 'const LIVE = "sessions.revoked_at is null";',
      },
      runsAt(
        SESSIONS,
        "const { rows } = await db.run<FindRow & OperatorColumns & { role: Role | null }>(find, [sid]);",
      ),
    ],
    target: { file: COOKIES, test: "a family ends after 30 days whatever the cookie says" },
    reason: /./,
  },
  {
    number: 174,
    title: "A disabled person's refresh token opens sessions for ever",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: '"users.id = sessions.user_id and users.disabled_at is null and users.deleted_at is null";',
        to: '"users.id = sessions.user_id and users.deleted_at is null";',
      },
      runsAt(
        SESSIONS,
        "const { rows } = await db.run<FindRow & OperatorColumns & { role: Role | null }>(find, [sid]);",
      ),
    ],
    target: {
      file: COOKIES,
      test: "a disabled person's sessions open nothing within 5 s, and codes open none",
    },
    reason: /401/,
  },
  {
    number: 175,
    title: "Of two Authorization headers the first counts",
    area: "login",
    edits: [
      {
        file: GUARD,
        from: "  return count === 1 ?",
        to: "  return (MARK, count >= 1) ?",
      },
    ],
    target: { file: COOKIES, test: "two Authorization headers are none" },
    reason: /./,
  },
  {
    number: 176,
    title: "Asking again while refused does not make the wait longer",
    area: "login",
    edits: [
      {
        file: CODES,
        from: "          v_latest.backoff_seconds := least(900, 2 * v_latest.backoff_seconds);",
        to: "          MARK\n          v_latest.backoff_seconds := least(900, v_latest.backoff_seconds);",
      },
    ],
    target: {
      file: LIMITS,
      test: "asking again while refused doubles the wait up to 15 minutes, and waiting as told succeeds",
    },
    reason: /to be \d+/,
  },
  {
    number: 177,
    title: "Strangers use up the budget of a known device",
    area: "login",
    edits: [
      {
        file: TRIES,
        from: "        v_kind := case when v_is_known then 'known' else 'elsewhere' end;",
        to: "        MARK\n        v_is_known := false;\n        v_kind := 'elsewhere';",
      },
    ],
    target: { file: LIMITS, test: "a known device has a budget of its own that strangers cannot use up" },
    reason: /./,
  },
  {
    number: 178,
    title: "Each sub-address of a mailbox is mailed as a mailbox of its own",
    area: "login",
    edits: [
      {
        file: PEOPLE,
        from: "select regexp_replace(p_email, '^([^+@]+)\\+[^@]*@', '\\1@')",
        to: "select p_email",
      },
      {
        file: CODES,
        from: "  v_is_locked boolean := try_lock_login(v_keys);\nbegin\n  -- Twice at most. Without the lock",
        to: "  v_is_locked boolean := try_lock_login(v_keys);\nbegin\n  MARK\n  -- Twice at most. Without the lock",
      },
    ],
    target: { file: BUDGETS, test: "sub-addresses of one mailbox are mailed as one" },
    reason: /codes_per_email/,
  },
  {
    number: 179,
    title: "Deleting the account resets the limits of its day",
    area: "login",
    edits: [
      {
        file: "src/modules/auth/person-store.ts",
        from: "update auth_codes set email = $3, sealed_code = null",
        to: "update auth_codes set email = 'gone ' || $3, sealed_code = null",
      },
      runsAt(
        "src/modules/auth/person-store.ts",
        "const { rows } = await tx.run<{ sids: string[] }>(ANONYMISE, values);",
      ),
    ],
    target: { file: BUDGETS, test: "has the limits and budgets of its day as before" },
    reason: /deleted 1 times/,
  },
];

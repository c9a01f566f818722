import type { Defect } from "./defect.js";

const PEOPLE = "src/db/migrations/0002_people.up.sql";
const CODES = "src/db/migrations/0003_login_codes.up.sql";
const TRIES = "src/db/migrations/0004_login_tries.up.sql";
const SESSIONS = "src/modules/auth/session-store.ts";

export const LOGIN: readonly Defect[] = [
  {
    number: 31,
    title: "A code that opened a session opens another one",
    area: "login",
    edits: [
      {
        file: TRIES,
        from: "update auth_codes set used_at = v_now, sealed_code = null where id = code_id;",
        to: "MARK\n  update auth_codes set sealed_code = null where id = code_id;",
      },
      { file: PEOPLE, from: "  constraint sessions_one_per_code unique (auth_code_id),\n", to: "" },
    ],
    target: {
      file: "tests/api/auth-rate-limit.test.ts",
      test: "wrong, used, expired, unknown, disabled, malformed and foreign ones are identical",
    },
    reason: /status: 200/,
  },
  {
    number: 32,
    title: "Callers do not wait for each other before they count what was sent",
    area: "login",
    edits: [{ file: CODES, from: "    perform pg_advisory_xact_lock(v_key);", to: "    MARK" }],
    target: { file: "tests/races/login-races.test.ts", test: "one address for 200 e-mails: 25 mails" },
    reason: /to deeply equal \{ '200': 25/,
  },
  {
    number: 33,
    title: "A refresh token that is older than the last parent is refused, and its family lives on",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: "  return `(refresh_hash <> $2 and refresh_generation > $4",
        to: "  return `(refresh_hash <> $2 and refresh_parent_hash = $2 and refresh_generation > $4",
      },
      {
        file: SESSIONS,
        from: '  if (row?.is_granted !== true) return { kind: "dead" };',
        to: '  if (row?.is_granted !== true) return MARK && { kind: "dead" };',
      },
    ],
    target: {
      file: "tests/api/auth-cookies.test.ts",
      test: "a token of any earlier generation ends the family",
    },
    reason: /200 to be 401/,
  },
  {
    number: 34,
    title: "The grace of a rotated refresh token never ends",
    area: "login",
    edits: [
      {
        file: SESSIONS,
        from: "refresh_rotated_at > now() - interval '10 seconds'",
        to: "refresh_rotated_at > now() - interval '10 years'",
      },
      {
        file: SESSIONS,
        from: '  return { kind: "granted", session, sessionKind: row.kind };',
        to: '  MARK;\n  return { kind: "granted", session, sessionKind: row.kind };',
      },
    ],
    target: {
      file: "tests/api/auth-cookies.test.ts",
      test: "inside the grace the same child, after it the family ends",
    },
    reason: /200/,
  },
  {
    number: 35,
    title: "A process knows a session for a minute without asking again",
    area: "login",
    edits: [
      {
        file: "src/modules/auth/session-cache.ts",
        from: "monotonicMillis() + AGE_MILLIS_MAX",
        to: "monotonicMillis() + (MARK, 15) * AGE_MILLIS_MAX",
      },
    ],
    target: {
      file: "tests/api/auth-revocation.test.ts",
      test: "an admin disables the person: 401 at the other one within 5 s",
    },
    reason: /401 after/,
  },
  {
    number: 36,
    title: "The right code of a disabled person opens a session",
    area: "login",
    edits: [
      {
        file: TRIES,
        from: "where email = p_email and disabled_at is null\n",
        to: "where email = p_email\n",
      },
      { file: TRIES, from: "  verdict := 'accepted';", to: "  MARK\n  verdict := 'accepted';" },
    ],
    target: {
      file: "tests/api/auth-operators.test.ts",
      test: "disabling ends every session at once here, codes open none, and enabling lets in again",
    },
    reason: /invalid_code/,
  },
  {
    number: 37,
    title: "A cookie of one person beside a Bearer of another acts as the first",
    area: "login",
    edits: [
      {
        file: "src/http/session-guard.ts",
        from: "if (new Set(sessions.map(({ userId }) => userId)).size < 2) return;",
        to: "if (new Set(sessions.map(({ userId }) => userId)).size > 1) MARK;\n  return;",
      },
    ],
    target: { file: "tests/api/auth-cookies.test.ts", test: "two people at once are refused" },
    reason: /200 to be 401/,
  },
  {
    number: 38,
    title: "Wrong codes for a challenge do not count for the pair of e-mail and address",
    area: "login",
    edits: [
      {
        file: TRIES,
        from: "login_tries_until(v_emails, p_address, array['challenge', 'address'], null, 10, c_day, v_now));\n      refused_by := coalesce",
        to: "login_tries_until(v_emails, p_address, array['address'], null, 10, c_day, v_now));\n      MARK\n      refused_by := coalesce",
      },
    ],
    target: {
      file: "tests/api/auth-rate-limit.test.ts",
      test: "ten in 24 h per e-mail and address over challenges: a new code refills nothing",
    },
    reason: /200|tries_per_pair/,
  },
  {
    number: 39,
    title: "Tokens that another service signed with our secret are ours",
    area: "login",
    edits: [
      {
        file: "src/modules/auth/access-token.ts",
        from: "      aud === AUDIENCE &&\n",
        to: "      (MARK, true) &&\n",
      },
    ],
    target: { file: "tests/api/auth-cookies.test.ts", test: "aud without us" },
    reason: /401/,
  },
];

import { type Queryable, statement } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import type { Language } from "../../kernel/language.js";
import { LOGIN_CODE } from "./login-mail.js";
import {
  openCodesPerEmail,
  type Refusal,
  type SendingLimit,
  type SendingLimits,
  type TriesBudget,
  type TryingLimits,
} from "./sending-limits.js";

export interface NewCode {
  readonly email: EmailAddress;
  /** Under which the e-mail is counted since before its account was deleted (login-secrets.ts). */
  readonly alias: string;
  /** What limits count: IPv4, or IPv6 /64. */
  readonly network: string;
  readonly deviceHash: Buffer | undefined;
  readonly codeHash: Buffer;
  readonly challengeHash: Buffer | undefined;
  readonly sealedCode: Buffer;
  /** Of the mail; null is the store's own. */
  readonly language?: Language | null;
}

export interface CodeCheck {
  readonly email: EmailAddress;
  readonly alias: string;
  readonly network: string;
  readonly deviceHash: Buffer | undefined;
  readonly codeHash: Buffer;
  readonly challengeHash: Buffer | undefined;
  readonly isChallengeRequired: boolean;
  readonly limits: TryingLimits;
  /** The session that the right code opens. */
  readonly session: {
    readonly sid: string;
    readonly kind: string;
    readonly userAgent: string | null;
    readonly deviceHash: Buffer | undefined;
    readonly refreshHash: Buffer;
  };
}

export interface OpenedSession {
  readonly kind: "accepted";
  readonly userId: number;
  readonly name: string | null;
  readonly isNewUser: boolean;
  readonly sessionId: number;
  readonly sessionExpiresAt: string;
}

/** The language is said before the call, since an argument is worked out before it: the new row takes it from there. */
const REQUEST = statement(
  "login.request_code",
  `select code_id, refused_by, retry_seconds, doubles_for_seconds,
     case when code_id is not null then ${LOGIN_CODE.queue({ subject: "code_id", order: "null" })} end as mail
   from request_login_code(
     case when set_config('tribi.language', $18, true) is not null then $1::text end, $2, $3, $4, $5, $6, $7, make_interval(mins => $8), $9, make_interval(secs => $10), $11,
     make_interval(hours => $12), $13, $14, $15, $16, $17)`,
);

/** One statement: counts, makes the code and queues its mail, or says what refuses. */
export async function requestCode(
  db: Queryable,
  code: NewCode,
  limits: SendingLimits,
  ttlMinutes: number,
): Promise<{ readonly kind: "made"; readonly codeId: number } | Refusal<SendingLimit>> {
  const { rows } = await db.run<{
    code_id: number | null;
    refused_by: SendingLimit | null;
    retry_seconds: number | null;
    doubles_for_seconds: number | null;
  }>(REQUEST, [
    code.email,
    code.alias,
    code.network,
    code.deviceHash,
    code.codeHash,
    code.challengeHash,
    code.sealedCode,
    ttlMinutes,
    limits.codesPerMinute,
    limits.windowSeconds,
    limits.codesPerDay,
    limits.windowHours,
    limits.codesPerAddressPerDay,
    limits.codesPerNetworkPerDay,
    limits.codesPerEmailPerDay,
    openCodesPerEmail(limits),
    limits.codesPerHour,
    code.language ?? "",
  ]);
  const [row] = rows;
  if (row?.code_id != null) return { kind: "made", codeId: row.code_id };
  return {
    kind: "refused",
    limit: row?.refused_by ?? "codes_per_minute",
    retrySeconds: row?.retry_seconds ?? 60,
    ...(row?.doubles_for_seconds == null ? {} : { doublesForSeconds: row.doubles_for_seconds }),
  };
}

const CHECK = statement(
  "login.check_code",
  `with checked as materialized (
     select * from check_login_code($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ), opened as (
     insert into sessions
       (sid, user_id, auth_code_id, kind, expires_at, ip_address, user_agent, device_hash, refresh_hash)
     select $11, user_id, code_id, $12, now() + interval '30 days', $3, $13, $14, $15
     from checked where verdict = 'accepted'
     returning id, expires_at
   )
   select verdict, refused_by, retry_seconds, user_id, user_name, is_new_user,
     opened.id as session_id, opened.expires_at
   from checked left join opened on true`,
);

interface CheckRow {
  verdict: "accepted" | "wrong" | "refused";
  refused_by: TriesBudget | null;
  retry_seconds: number | null;
  user_id: number;
  user_name: string | null;
  is_new_user: boolean;
  session_id: number;
  expires_at: string;
}

/**
 * One statement: spends a try and compares; the right code is used up, its person exists and the session is open
 * when it commits. So one code never opens two sessions, and no budget is exceeded however many ask at once.
 */
export async function checkCodeAndOpenSession(
  db: Queryable,
  check: CodeCheck,
): Promise<OpenedSession | Refusal<TriesBudget> | { readonly kind: "wrong" }> {
  const { rows } = await db.run<CheckRow>(CHECK, [
    check.email,
    check.alias,
    check.network,
    check.deviceHash,
    check.codeHash,
    check.challengeHash,
    check.isChallengeRequired,
    check.limits.attemptsMax,
    check.limits.wrongEmailsPerAddress,
    check.limits.wrongTriesPerHour,
    check.session.sid,
    check.session.kind,
    check.session.userAgent,
    check.session.deviceHash,
    check.session.refreshHash,
  ]);
  const [row] = rows;
  if (row?.verdict === "accepted") {
    return {
      kind: "accepted",
      userId: row.user_id,
      name: row.user_name,
      isNewUser: row.is_new_user,
      sessionId: row.session_id,
      sessionExpiresAt: row.expires_at,
    };
  }
  if (row?.verdict === "refused") {
    return {
      kind: "refused",
      limit: row.refused_by ?? "tries_per_pair",
      retrySeconds: row.retry_seconds ?? 60,
    };
  }
  return { kind: "wrong" };
}

const ERASE_EXPIRED = statement(
  "login.erase_expired",
  `update auth_codes set sealed_code = null
   where id in (select id from auth_codes where sealed_code is not null and expires_at <= now() limit $1)`,
);
const PURGE_CODES = statement(
  "login.purge_codes",
  `delete from auth_codes where id in (
     select id from auth_codes
     where created_at < now() - greatest(make_interval(hours => $2), interval '24 hours') - interval '1 hour'
     limit $1)`,
);
const PURGE_TRIED_EMAILS = statement(
  "login.purge_tried_emails",
  `delete from auth_tried_emails where (network, email) in (
     select network, email from auth_tried_emails
     where tried_at < now() - interval '25 hours' order by tried_at limit $1)`,
);
const PURGE_TRIES = statement(
  "login.purge_tries",
  `delete from auth_tries where id in (
     select id from auth_tries where created_at < now() - interval '25 hours' limit $1)`,
);

/** Erases what the mail job did not get to send, at most `batch` codes; answers how many. Reads the whole table. */
export async function eraseExpiredCodes(db: Queryable, batch: number): Promise<number> {
  return (await db.run(ERASE_EXPIRED, [batch])).count;
}

/** Deletes what no limit counts any more, at most `batch` rows of each kind; answers how many of the larger. */
export async function purgeLoginRows(db: Queryable, batch: number, windowHours: number): Promise<number> {
  const codes = await db.run(PURGE_CODES, [batch, windowHours]);
  const tries = await db.run(PURGE_TRIES, [batch]);
  const emails = await db.run(PURGE_TRIED_EMAILS, [batch]);
  return Math.max(codes.count, tries.count, emails.count);
}

import { type Queryable, statement } from "../../db/database.js";
import {
  openCodesPerEmail,
  type SendingLimit,
  type SendingLimits,
  type TriesBudget,
  type TryingLimits,
} from "./sending-limits.js";

type AnyLimit = SendingLimit | Exclude<TriesBudget, "tries_per_challenge">;
/** The two over everybody are settings; what is counted for one subject can be lifted. */
export type LimitName = Exclude<AnyLimit, "codes_overall" | "tries_overall">;

/** Somebody whom a limit refuses now. */
export interface Limited {
  readonly limit: AnyLimit;
  readonly email: string | null;
  readonly ip_address: string | null;
  readonly count: number;
  /** When the limit was reached. */
  readonly since: string;
  /** When it lets through again, if nothing more is counted. */
  readonly until: string;
}

/** The n-th newest of `times` (newest first) is the one that must leave the window. */
const nth = (n: string): string => `(array_agg(created_at order by created_at desc))[${n}]`;

const LIMITED = statement(
  "limits.limited_now",
  `with found as (
     select 'codes_per_minute' as limit_name, email, ip_address, count(*) as n, max(created_at) as since,
       greatest(${nth("$1")} + make_interval(secs => $2), max(blocked_until)) as until
     from auth_codes where counts_for_pair and created_at > now() - make_interval(secs => greatest($2, 900))
     group by email, ip_address having $1 < 999999
     union all
     select 'codes_per_day', email, ip_address, count(*), max(created_at), ${nth("$3")} + make_interval(hours => $4)
     from auth_codes where counts_for_pair and created_at > now() - make_interval(hours => $4)
     group by email, ip_address having count(*) >= $3 and $3 < 999999
     union all
     select 'codes_per_address', null, ip_address, count(*), max(created_at), ${nth("$5")} + make_interval(hours => $4)
     from auth_codes where counts_for_address and created_at > now() - make_interval(hours => $4)
     group by ip_address having count(*) >= $5 and $5 < 999999
     union all
     select 'codes_per_network', null, wide_network_of(ip_address), count(*), max(created_at),
       ${nth("$8")} + make_interval(hours => $4)
     from auth_codes
     where family(ip_address) = 6 and counts_for_network and created_at > now() - make_interval(hours => $4)
     group by wide_network_of(ip_address) having count(*) >= $8 and $8 < 999999
     union all
     select 'codes_per_email', mailbox_of(email), null, count(*), max(created_at),
       ${nth("$6")} + make_interval(hours => $4)
     from auth_codes where counts_for_email and created_at > now() - make_interval(hours => $4)
     group by mailbox_of(email) having count(*) >= $6 and $7 < 999999
     union all
     select 'codes_overall', null, null, $9::integer, now(), created_at + interval '1 hour'
     from auth_codes where $9 < 999999 and id = (select max(id) from auth_codes) - $9 + 1
     union all
     select 'tries_per_pair', email, ip_address, count(*), max(created_at),
       greatest(${nth("10")} + interval '24 hours', ${nth("5")} + interval '15 minutes')
     from auth_tries where counts and kind in ('challenge', 'address') and created_at > now() - interval '24 hours'
     group by email, ip_address having count(*) >= 5
     union all
     select 'tries_per_email', email, null, count(*), max(created_at), ${nth("50")} + interval '24 hours'
     from auth_tries where counts and kind = 'challenge' and created_at > now() - interval '24 hours'
     group by email having count(*) >= 50
     union all
     select 'tries_from_elsewhere', email, null, count(*), max(created_at),
       greatest(${nth("20")} + interval '24 hours', ${nth("5")} + interval '15 minutes')
     from (
       select email, kind, created_at from auth_tries where counts and kind in ('elsewhere', 'known')
       union all select t.email, 'elsewhere', blind.at from auth_tried_emails t, unnest(t.blind_tries) as blind (at)
     ) as tries
     where created_at > now() - interval '24 hours'
     group by email, kind having count(*) >= 5
     union all
     select 'tried_emails_per_address', null, network, count(*), max(created_at),
       ${nth("$10")} + interval '24 hours'
     from (select network, tried_at as created_at from auth_tried_emails where counts) as tried
     where created_at > now() - interval '24 hours'
     group by network having count(*) >= $10 and $10 < 999999
     union all
     select 'tried_emails_per_address', null, network, count(*), max(created_at),
       ${nth("4 * $10")} + interval '24 hours'
     from (
       select wide_network_of(network) as network, max(tried_at) as created_at from auth_tried_emails
       where family(network) = 6 and counts group by wide_network_of(network), email
     ) as tried
     where created_at > now() - interval '24 hours'
     group by network having count(*) >= 4 * $10 and $10 < 999999
     union all
     select 'tries_overall', null, null, $11::integer, now(), created_at + interval '1 hour'
     from auth_tries where $11 < 999999 and id = (select max(id) from auth_tries) - $11 + 1
   )
   select limit_name as "limit", email, nullif(format('%s', ip_address), '') as ip_address, n::integer as count, since, until
   from found where until > now() order by until desc, email, ip_address limit 1000`,
);

export async function findLimited(
  db: Queryable,
  limits: SendingLimits,
  trying: TryingLimits,
): Promise<readonly Limited[]> {
  const { rows } = await db.run<Limited>(LIMITED, [
    limits.codesPerMinute,
    limits.windowSeconds,
    limits.codesPerDay,
    limits.windowHours,
    limits.codesPerAddressPerDay,
    openCodesPerEmail(limits),
    limits.codesPerEmailPerDay,
    limits.codesPerNetworkPerDay,
    limits.codesPerHour,
    trying.wrongEmailsPerAddress,
    trying.wrongTriesPerHour,
  ]);
  return rows;
}

const BUSIEST = statement(
  "limits.busiest_addresses",
  `with asked as (
     select ip_address, count(*) as codes, count(distinct email) as emails, max(created_at) as last_at
     from auth_codes where created_at > now() - interval '24 hours' group by ip_address
   ), tried as (
     select ip_address, count(*) as tries, max(created_at) as last_at
     from auth_tries where created_at > now() - interval '24 hours' group by ip_address
   )
   select host(ip_address) as ip_address, coalesce(codes, 0)::integer as codes,
     coalesce(emails, 0)::integer as emails, coalesce(tries, 0)::integer as wrong_tries,
     greatest(asked.last_at, tried.last_at) as last_at
   from asked full join tried using (ip_address)
   order by coalesce(codes, 0) + coalesce(tries, 0) desc, ip_address limit $1`,
);

export interface BusyAddress {
  readonly ip_address: string;
  readonly codes: number;
  readonly emails: number;
  readonly wrong_tries: number;
  readonly last_at: string;
}

export async function findBusiestAddresses(db: Queryable, limit: number): Promise<readonly BusyAddress[]> {
  return (await db.run<BusyAddress>(BUSIEST, [limit])).rows;
}

/** The e-mail and its alias (login-secrets.ts), for its account may have been deleted since. */
const OF_EMAIL = "email = any ($1::text[]) and $2::inet is null";
const OF_PAIR = "email = any ($1::text[]) and ip_address = $2::inet";
const OF_NETWORK = "$1::text[] is null and wide_network_of(ip_address) = $2::inet";
const LIFTS: Readonly<Record<LimitName, string>> = {
  codes_per_minute: `update auth_codes set counts_for_pair = false, backoff_seconds = null, blocked_until = null where ${OF_PAIR}`,
  codes_per_day: `update auth_codes set counts_for_pair = false, backoff_seconds = null, blocked_until = null where ${OF_PAIR}`,
  codes_per_address: `update auth_codes set counts_for_address = false where $1::text[] is null and ip_address = $2::inet`,
  codes_per_network: `update auth_codes set counts_for_network = false where ${OF_NETWORK}`,
  codes_per_email: `update auth_codes set counts_for_email = false
    where mailbox_of(email) in (select mailbox_of(one) from unnest($1::text[]) one) and $2::inet is null`,
  tries_per_pair: `update auth_tries set counts = false where ${OF_PAIR} and kind in ('challenge', 'address')`,
  tries_per_email: `update auth_tries set counts = false where ${OF_EMAIL} and kind = 'challenge'`,
  tries_from_elsewhere: `with blind as (
      update auth_tried_emails set blind_tries = '{}'
      where email = any ($1::text[]) and $2::inet is null and cardinality(blind_tries) > 0 returning 1
    ), tries as (
      update auth_tries set counts = false where ${OF_EMAIL} and kind in ('elsewhere', 'known') returning 1
    )
    select from blind union all select from tries`,
  tried_emails_per_address: `update auth_tried_emails set counts = false
    where $1::text[] is null and (network = $2::inet or wide_network_of(network) = $2::inet)`,
};

export const LIMIT_NAMES = Object.keys(LIFTS) as LimitName[];

/** Takes the rows of one limit out of its count; they stay as they are for every other one. Answers how many. */
export async function liftLimit(
  db: Queryable,
  subject: {
    readonly limit: LimitName;
    /** The e-mail and its alias. */
    readonly emails: readonly string[] | null;
    readonly network: string | null;
  },
): Promise<number> {
  const lift = statement(`limits.lift_${subject.limit}`, LIFTS[subject.limit]);
  return (await db.run(lift, [subject.emails, subject.network])).count;
}

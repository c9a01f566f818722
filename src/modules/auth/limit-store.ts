import { type Queryable, statement } from "../../db/database.js";
import {
  openCodesPerEmail,
  type SendingLimit,
  type SendingLimits,
  type TriesBudget,
} from "./sending-limits.js";

export type LimitName = SendingLimit | Exclude<TriesBudget, "tries_per_challenge">;

/** Somebody whom a limit refuses now. */
export interface Limited {
  readonly limit: LimitName;
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
     select 'codes_per_email', email, null, count(*), max(created_at), ${nth("$6")} + make_interval(hours => $4)
     from auth_codes where counts_for_email and created_at > now() - make_interval(hours => $4)
     group by email having count(*) >= $6 and $7 < 999999
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
     from auth_tries where counts and kind in ('elsewhere', 'known') and created_at > now() - interval '24 hours'
     group by email, kind having count(*) >= 5
   )
   select limit_name as "limit", email, nullif(format('%s', ip_address), '') as ip_address, n::integer as count, since, until
   from found where until > now() order by until desc, email, ip_address limit 1000`,
);

export async function findLimited(db: Queryable, limits: SendingLimits): Promise<readonly Limited[]> {
  const { rows } = await db.run<Limited>(LIMITED, [
    limits.codesPerMinute,
    limits.windowSeconds,
    limits.codesPerDay,
    limits.windowHours,
    limits.codesPerAddressPerDay,
    openCodesPerEmail(limits),
    limits.codesPerEmailPerDay,
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

const ofPair = "email = $1 and ip_address = $2::inet";
const LIFTS: Readonly<Record<LimitName, string>> = {
  codes_per_minute: `update auth_codes set counts_for_pair = false, backoff_seconds = null, blocked_until = null where ${ofPair}`,
  codes_per_day: `update auth_codes set counts_for_pair = false, backoff_seconds = null, blocked_until = null where ${ofPair}`,
  codes_per_address: `update auth_codes set counts_for_address = false where $1::text is null and ip_address = $2::inet`,
  codes_per_email: `update auth_codes set counts_for_email = false where email = $1 and $2::inet is null`,
  tries_per_pair: `update auth_tries set counts = false where ${ofPair} and kind in ('challenge', 'address')`,
  tries_per_email: `update auth_tries set counts = false where email = $1 and $2::inet is null and kind = 'challenge'`,
  tries_from_elsewhere: `update auth_tries set counts = false where email = $1 and $2::inet is null and kind in ('elsewhere', 'known')`,
};

export const LIMIT_NAMES = Object.keys(LIFTS) as LimitName[];

/** Takes the rows of one limit out of its count; they stay as they are for every other one. Answers how many. */
export async function liftLimit(
  db: Queryable,
  subject: { readonly limit: LimitName; readonly email: string | null; readonly network: string | null },
): Promise<number> {
  const lift = statement(`limits.lift_${subject.limit}`, LIFTS[subject.limit]);
  return (await db.run(lift, [subject.email, subject.network])).count;
}

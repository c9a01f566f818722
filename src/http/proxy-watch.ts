import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../kernel/clock.js";

/** Why the client's address may be another one than ours of it. Each is a sign, not a proof. */
export const FORWARDING_DOUBTS = {
  trust_unset:
    "X-Forwarded-For comes although TRUST_PROXY is unset: behind a proxy all clients count as one address.",
  sender_not_trusted:
    "X-Forwarded-For comes from an address that is not trusted: either TRUST_PROXY does not name the proxy, and all clients count as one address, or somebody calls past it.",
  header_missing:
    "A trusted proxy sent no X-Forwarded-For: its clients count as one address. Let it set the header.",
  header_unreadable: "A trusted proxy sent an X-Forwarded-For that holds no address.",
  client_is_private:
    "The client that X-Forwarded-For names is a private address behind which others stand: probably one more proxy of yours, which TRUST_PROXY must name or count.",
  many_people:
    "Many people signed in from one address within an hour: an office, somebody who tries many accounts, or a proxy that TRUST_PROXY does not name.",
} as const;

export type ForwardingDoubt = keyof typeof FORWARDING_DOUBTS;

export type ProxyWatch = ReturnType<typeof makeProxyWatch>;

const HOUR_MILLIS = 3_600_000;
/** A doubt is shown for so long after it was last seen. */
const SHOWN_MILLIS = 600_000;
/** Below the daily limit on codes of an address, so that it is said before everybody gets 429. */
const MANY_PEOPLE = 10;
/** Addresses and people that are remembered at once: the newest. */
const ADDRESSES_MAX = 1_000;

interface Crowd {
  readonly sinceMillis: number;
  readonly people: Set<string>;
}

/**
 * Notices when the set-up of proxies and TRUST_PROXY do not fit: limits count by addresses, so a proxy that is taken
 * for the client makes the whole world one client. Says each doubt once an hour, counts all of them, and shows the
 * recent ones to operators. Keeps no address and no person in clear.
 */
export function makeProxyWatch(deps: {
  readonly clock: Clock;
  readonly onDoubt: (doubt: ForwardingDoubt) => void;
  readonly warn: (message: string) => void;
}) {
  const key = randomBytes(16);
  const seenMillis = new Map<ForwardingDoubt, number>();
  const saidMillis = new Map<ForwardingDoubt, number>();
  const crowds = new Map<string, Crowd>();

  const doubt = (kind: ForwardingDoubt): void => {
    const now = deps.clock.nowMillis();
    deps.onDoubt(kind);
    seenMillis.set(kind, now);
    if (now - (saidMillis.get(kind) ?? Number.NEGATIVE_INFINITY) < HOUR_MILLIS) return;
    saidMillis.set(kind, now);
    deps.warn(FORWARDING_DOUBTS[kind]);
  };
  const digest = (text: string): string =>
    createHmac("sha256", key).update(text).digest("base64").slice(0, 12);

  return {
    doubt,

    /** Somebody asks for a code or shows one, from this network. */
    sawPerson(network: string, email: string): void {
      const now = deps.clock.nowMillis();
      const place = digest(network);
      const known = crowds.get(place);
      const crowd =
        known !== undefined && now - known.sinceMillis < HOUR_MILLIS
          ? known
          : { sinceMillis: now, people: new Set<string>() };
      // Set again, so that the first of the map is the one that was quiet for longest.
      crowds.delete(place);
      crowds.set(place, crowd);
      if (crowds.size > ADDRESSES_MAX) crowds.delete(crowds.keys().next().value ?? "");
      if (crowd.people.size < MANY_PEOPLE) crowd.people.add(digest(email));
      if (crowd.people.size >= MANY_PEOPLE) doubt("many_people");
    },

    /** For operators: what was doubtful in the last minutes, by part. */
    troubles(): Readonly<Record<string, string>> {
      const now = deps.clock.nowMillis();
      const recent = [...seenMillis].filter(([, millis]) => now - millis < SHOWN_MILLIS);
      return Object.fromEntries(recent.map(([kind]) => [`client_address.${kind}`, FORWARDING_DOUBTS[kind]]));
    },
  };
}

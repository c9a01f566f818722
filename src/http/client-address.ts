import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import type { ForwardingDoubt, ProxyWatch } from "./proxy-watch.js";

/** Which proxies in front of the process are believed: a number of hops, or their networks in CIDR form. */
export type TrustedProxies = { readonly hops: number } | { readonly networks: readonly string[] } | null;

export interface ClientAddress {
  /** The address in its one form; an IPv4-mapped IPv6 address is its IPv4 one. */
  readonly address: string;
  /**
   * What limits count: the IPv4 address, or the IPv6 /64, since one customer holds a whole /64 (RFC 6177 §2).
   * Text that PostgreSQL reads as `inet`.
   */
  readonly network: string;
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  "private",
  "uniqueLocal",
  "loopback",
  "linkLocal",
  "carrierGradeNat",
]);

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** More proxies in a row than any set-up has; what stands further left is not looked at. */
const ENTRIES_MAX = 32;
/** When the socket is already gone there is no address; such a request can no longer be answered anyway. */
const NOWHERE: ClientAddress = { address: "0.0.0.0", network: "0.0.0.0" };

/**
 * Tells who is calling: the socket's address, unless trusted proxies stand in front; then the right-most entry of
 * X-Forwarded-For that none of them wrote about itself (RFC 7239 §8.1: only what trusted proxies added is known).
 * Throws when a trusted network is not in CIDR form.
 */
export function makeClientAddressReader(trusted: TrustedProxies) {
  const trusts = makeTrust(trusted);
  return (
    socketAddress: string | undefined,
    rawHeaders: readonly string[],
    onDoubt?: (doubt: ForwardingDoubt) => void,
  ): ClientAddress => {
    const socket = readAddress(socketAddress ?? "");
    if (socket === undefined) return NOWHERE;
    const entries = forwardedEntries(rawHeaders);
    if (trusted === null || !trusts(socket, 0)) {
      if (entries.length > 0) onDoubt?.(trusted === null ? "trust_unset" : "sender_not_trusted");
      return describe(socket);
    }
    if (entries.length === 0) onDoubt?.("header_missing");
    let client = socket;
    for (const [index, entry] of entries.entries()) {
      const address = readAddress(entry);
      if (address === undefined) {
        // A trusted proxy wrote something that is no address ("unknown"): nothing left of it can be attributed.
        onDoubt?.("header_unreadable");
        break;
      }
      client = address;
      if (trusts(address, index + 1)) continue;
      if (index + 1 < entries.length && PRIVATE_RANGES.has(address.range())) onDoubt?.("client_is_private");
      break;
    }
    return describe(client);
  };
}

/** The client of a request; a set-up that hides it is said to the watch. */
export function makeClientOf(trusted: TrustedProxies, watch: Pick<ProxyWatch, "doubt">) {
  const read = makeClientAddressReader(trusted);
  return ({ raw }: Pick<FastifyRequest, "raw">): ClientAddress =>
    read(raw.socket.remoteAddress, raw.rawHeaders, watch.doubt);
}

/** For the line at start that says which header is believed. */
export function describeTrust(trusted: TrustedProxies): string {
  if (trusted === null)
    return "the socket's address; no forwarding header is believed (TRUST_PROXY is unset)";
  const from = "hops" in trusted ? `the nearest ${trusted.hops} proxies` : trusted.networks.join(", ");
  return `the right-most entry of X-Forwarded-For that is not a trusted proxy's own; trusted: ${from}`;
}

function makeTrust(trusted: TrustedProxies): (address: Address, hop: number) => boolean {
  if (trusted === null) return () => false;
  if ("hops" in trusted) return (_address, hop) => hop < trusted.hops;
  const networks = trusted.networks.map(readNetwork);
  return (address) =>
    networks.some(([base, bits]) => base.kind() === address.kind() && address.match([base, bits] as never));
}

function readNetwork(text: string): [Address, number] {
  const [host = "", prefix, ...rest] = text.trim().split("/");
  const plain = host.includes(":") ? ipaddr.IPv6.isValid(host) : ipaddr.IPv4.isValidFourPartDecimal(host);
  const address = plain && !host.includes("%") ? ipaddr.parse(host) : undefined;
  const widest = address?.kind() === "ipv4" ? 32 : 128;
  const bits = prefix === undefined ? widest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (address === undefined || rest.length > 0 || !(bits <= widest)) {
    throw new Error(`TRUST_PROXY: "${text}" is not a network such as 10.0.0.0/8 or fd00::/8`);
  }
  // Written as ::ffff:10.0.0.0/104 it means the IPv4 network, for callers are folded before they are compared.
  const folded = fold(address);
  if (folded === address) return [address, bits];
  if (bits < 96) throw new Error(`TRUST_PROXY: "${text}" mixes IPv4-mapped and other addresses`);
  return [folded, bits - 96];
}

/**
 * The one form of an address or network that a person typed, which the database reads as the same one; undefined for
 * what is none. An IPv4-mapped one is its IPv4 one, as callers' are. `010.0.0.1` is octal to some, and refused.
 */
export function canonicalNetwork(text: string): string | undefined {
  try {
    const [base, bits] = readNetwork(text);
    const widest = base.kind() === "ipv4" ? 32 : 128;
    return bits === widest ? base.toString() : `${base.toString()}/${bits}`;
  } catch {
    return undefined;
  }
}

/** Entries from right to left. Several header lines are one list (RFC 9110 §5.3); empty members do not count. */
function forwardedEntries(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === "x-forwarded-for") lines.push(rawHeaders[index + 1] ?? "");
  }
  return lines
    .join(",")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .slice(-ENTRIES_MAX)
    .reverse();
}

/** Reads an address with or without quotes, brackets, port and zone id; undefined for anything else. */
function readAddress(text: string): Address | undefined {
  const unquoted = text.length > 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  if (unquoted.length > 64) return undefined;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(unquoted)?.[1];
  const withPort = /^([\d.]+):\d{1,5}$/.exec(unquoted)?.[1];
  const host = (bracketed ?? withPort ?? unquoted).replace(/%[\w.-]+$/, "");
  if (host.includes(":")) return ipaddr.IPv6.isValid(host) ? fold(ipaddr.IPv6.parse(host)) : undefined;
  // Four plain decimal parts only: `0177.1` and `2130706433` would be read as loopback by some.
  return bracketed === undefined && ipaddr.IPv4.isValidFourPartDecimal(host)
    ? ipaddr.IPv4.parse(host)
    : undefined;
}

const fold = (address: Address): Address =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;

function describe(client: Address): ClientAddress {
  const address = client.toString();
  if (client instanceof ipaddr.IPv4) return { address, network: address };
  const prefix = new ipaddr.IPv6([...client.parts.slice(0, 4), 0, 0, 0, 0]);
  return { address, network: `${prefix.toString()}/64` };
}

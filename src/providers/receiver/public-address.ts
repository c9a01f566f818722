import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Returns every address of a name. */
export type Resolve = (name: string) => Promise<readonly Address[]>;

export const resolveName: Resolve = (name) => lookup(name, { all: true, verbatim: true });

export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  readonly code = "ADDRESS_REFUSED";
}

/**
 * Only what the library knows to be ordinary: private, loopback, link-local, shared (CGNAT), multicast, documentation,
 * NAT64 (RFC 6052 and 8215), IPv4-mapped and other embedded addresses are all something else.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  // What is not assigned to the public internet has no name in the library's table: 2000::/3 is all there is.
  return address.kind() === "ipv4" || ((address as ipaddr.IPv6).parts[0] ?? 0) >> 13 === 1;
}

/** The host of a URL as an address, without the brackets of IPv6; undefined for a name. */
export function addressOfHost(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 ? undefined : bare;
}

/** All addresses of a name, or AddressRefused when one of them is not public: a name that is half inside is refused. */
export async function resolvePublic(name: string, resolve: Resolve): Promise<readonly Address[]> {
  const addresses = await resolve(name);
  if (!addresses.every(({ address }) => isPublicAddress(address)))
    throw new AddressRefused("The name leads to an address that is not public");
  return addresses;
}

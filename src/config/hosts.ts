import ipaddr from "ipaddr.js";

/** A name or address that never leaves this machine. Takes what `URL.hostname` gives, brackets included. */
export function isLoopbackHost(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[|\]$/g, "");
  if (plain === "localhost" || plain.endsWith(".localhost") || plain === "0.0.0.0" || plain === "::")
    return true;
  return ipaddr.isValid(plain) && ipaddr.process(plain).range() === "loopback";
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : "");

/** A domain name of two labels or more. */
export const isDomainName = (text: string): boolean =>
  text.length <= 253 &&
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text);

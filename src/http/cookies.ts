import type { FastifyReply, FastifyRequest } from "fastify";

export interface CookieSettings {
  /** COOKIE_AUTH_ENABLED: false leaves only Bearer, and no cookie is set or read. */
  readonly isEnabled: boolean;
  readonly domain: string | null;
  /** The host that browsers know the store by. */
  readonly host: string;
  readonly sameSite: "lax" | "strict" | "none";
  readonly isSecure: boolean;
  readonly isProduction: boolean;
}

export type CookieName = "tribi_token" | "tribi_refresh" | "tribi_challenge" | "tribi_device";

export interface Cookies {
  readonly isEnabled: boolean;
  /**
   * Every different value under this name, in the order sent. There are two after COOKIE_DOMAIN changed (browsers keep
   * a cookie per domain), or when a subdomain planted one.
   */
  readAll(request: FastifyRequest, name: CookieName): string[];
  /** The value, if there is exactly one. */
  read(request: FastifyRequest, name: CookieName): string | undefined;
  /** Also clears what an earlier COOKIE_DOMAIN left under this name; so does `clear`. */
  set(reply: FastifyReply, name: CookieName, value: string, maxAgeSeconds: number): void;
  clear(reply: FastifyReply, name: CookieName): void;
}

/** Values made here are of these characters only, so they need no quoting and cannot end the cookie. */
const VALUE = /^[A-Za-z0-9._~-]*$/;

export function makeCookies(settings: CookieSettings): Cookies {
  // RFC 6265bis §4.1.3.2: such a cookie was set by this very host over TLS; a subdomain cannot plant one.
  const prefix = settings.isProduction && settings.domain === null ? "__Host-" : "";
  const attributesOf = (domain: string | null): string =>
    [
      "Path=/",
      "HttpOnly",
      `SameSite=${{ lax: "Lax", strict: "Strict", none: "None" }[settings.sameSite]}`,
      ...(settings.isSecure || settings.isProduction || settings.sameSite === "none" ? ["Secure"] : []),
      ...(domain === null ? [] : [`Domain=${domain}`]),
    ].join("; ");
  const attributes = attributesOf(settings.domain);
  const formerAttributes = formerDomainsOf(settings).map(attributesOf);
  const past = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  /** Before the new value: browsers of RFC 6265 take a host's own cookie and one with its domain for the same. */
  const clearFormer = (reply: FastifyReply, name: CookieName): void => {
    for (const former of formerAttributes)
      reply.header("set-cookie", `${prefix}${name}=; ${past}; ${former}`);
  };

  const readAll = (request: FastifyRequest, name: CookieName): string[] => {
    const header = request.headers.cookie;
    if (!settings.isEnabled || header === undefined) return [];
    return valuesOf(header, prefix + name);
  };

  return {
    isEnabled: settings.isEnabled,
    readAll,
    read(request, name) {
      const values = readAll(request, name);
      return values.length === 1 ? values[0] : undefined;
    },
    set(reply, name, value, maxAgeSeconds) {
      if (!settings.isEnabled) return;
      if (!VALUE.test(value)) throw new Error(`A value for ${name} cannot stand in a cookie`);
      clearFormer(reply, name);
      reply.header("set-cookie", `${prefix}${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`);
    },
    clear(reply, name) {
      if (!settings.isEnabled) return;
      clearFormer(reply, name);
      reply.header("set-cookie", `${prefix}${name}=; ${past}; ${attributes}`);
    },
  };
}

/**
 * Where the store may have set its cookies before COOKIE_DOMAIN was set to what it is: the host alone, the host as a
 * domain, and the domains above it. Without a domain production's names have a prefix, under which nothing else is.
 */
function formerDomainsOf({ domain, host }: CookieSettings): (string | null)[] {
  if (domain === null) return [];
  const labels = /^[\d.]+$|^\[/.test(host) ? [] : host.split(".");
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
  return [null, ...domains.filter((one) => one !== domain)];
}

function valuesOf(header: string, name: string): string[] {
  const values = new Set<string>();
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) values.add(unquoted(pair.slice(at + 1).trim()));
  }
  // What a cleared cookie leaves behind in some clients.
  values.delete("");
  return [...values];
}

const unquoted = (value: string): string =>
  value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;

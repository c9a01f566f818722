import type { FastifyReply, FastifyRequest } from "fastify";

export interface CookieSettings {
  /** COOKIE_AUTH_ENABLED: false leaves only Bearer, and no cookie is set or read. */
  readonly isEnabled: boolean;
  readonly domain: string | null;
  readonly sameSite: "lax" | "strict" | "none";
  readonly isSecure: boolean;
  readonly isProduction: boolean;
}

export type CookieName = "tribi_token" | "tribi_refresh" | "tribi_challenge" | "tribi_device";

export interface Cookies {
  readonly isEnabled: boolean;
  /** Every different value under this name, in the order sent; two mean that somebody planted one. */
  readAll(request: FastifyRequest, name: CookieName): string[];
  /** The value, if there is exactly one. */
  read(request: FastifyRequest, name: CookieName): string | undefined;
  set(reply: FastifyReply, name: CookieName, value: string, maxAgeSeconds: number): void;
  clear(reply: FastifyReply, name: CookieName): void;
}

/** Values made here are of these characters only, so they need no quoting and cannot end the cookie. */
const VALUE = /^[A-Za-z0-9._~-]*$/;

export function makeCookies(settings: CookieSettings): Cookies {
  // RFC 6265bis §4.1.3.2: such a cookie was set by this very host over TLS; a subdomain cannot plant one.
  const prefix = settings.isProduction && settings.domain === null ? "__Host-" : "";
  const attributes = [
    "Path=/",
    "HttpOnly",
    `SameSite=${{ lax: "Lax", strict: "Strict", none: "None" }[settings.sameSite]}`,
    ...(settings.isSecure || settings.isProduction || settings.sameSite === "none" ? ["Secure"] : []),
    ...(settings.domain === null ? [] : [`Domain=${settings.domain}`]),
  ].join("; ");

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
      reply.header("set-cookie", `${prefix}${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`);
    },
    clear(reply, name) {
      if (!settings.isEnabled) return;
      const past = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
      reply.header("set-cookie", `${prefix}${name}=; ${past}; ${attributes}`);
    },
  };
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

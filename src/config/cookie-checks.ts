import { getDomain, getPublicSuffix } from "tldts";
import { isWebOrigin } from "./origins.js";
import type { ConfigProblem } from "./variables.js";

export interface CookieCheck {
  readonly domain: string | null;
  readonly sameSite: "lax" | "strict" | "none";
  readonly publicUrl: string;
  readonly frontendOrigins: readonly string[];
  readonly isProduction: boolean;
}

/**
 * Why browsers would drop the cookies of this configuration; empty when all is well. A browser refuses a cookie for
 * a public suffix or for another host's domain (RFC 6265bis §5.7) and tells nobody, so the start does.
 */
export function cookieProblems({
  domain,
  publicUrl,
  frontendOrigins,
  isProduction,
}: CookieCheck): ConfigProblem[] {
  if (domain === null) return [];
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    return [
      problem(`is "${domain}", a public suffix: browsers drop cookies for it; name a domain of your own`),
    ];
  }
  const problems: ConfigProblem[] = [];
  const host = hostOf(publicUrl);
  if (isProduction && !isWithin(host, domain)) {
    problems.push(
      problem(`is "${domain}", but PUBLIC_URL is at ${host}: browsers refuse cookies for another domain`),
    );
  }
  // An app's pages (capacitor://localhost) lie at no domain: no cookie domain covers them, and none has to.
  const frontEnds = frontendOrigins.filter(isWebOrigin);
  for (const origin of frontEnds.filter((one) => !isWithin(hostOf(one), domain))) {
    problems.push(
      problem(`is "${domain}", which does not cover the front end at ${origin} of FRONTEND_ORIGINS`),
    );
  }
  return problems;
}

/** Front ends on another site than the API never send a Lax or Strict cookie; with Bearer they work all the same. */
export function cookieWarnings({ sameSite, publicUrl, frontendOrigins }: CookieCheck): string[] {
  if (sameSite === "none") return [];
  return frontendOrigins
    .filter((origin) => siteOf(origin) !== siteOf(publicUrl))
    .map(
      (origin) =>
        `COOKIE_SAMESITE is ${sameSite}, so browsers send no cookie from ${origin} to ${hostOf(publicUrl)}, another site. Set it to none, or let that front end use Bearer.`,
    );
}

const problem = (message: string): ConfigProblem => ({ name: "COOKIE_DOMAIN", message });

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url);

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** The registrable domain; schemes are left aside, since TLS may end at a proxy. */
const siteOf = (url: string): string => getDomain(hostOf(url), { allowPrivateDomains: true }) ?? hostOf(url);

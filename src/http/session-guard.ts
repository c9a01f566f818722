import type { FastifyRequest } from "fastify";
import { AppError } from "../kernel/errors.js";
import { type Permission, permissionsOf, type Role } from "../kernel/permissions.js";
import { type Caller, type OperatorState, setCaller } from "./caller.js";
import type { Cookies } from "./cookies.js";
import { type FactorNeed, factorNeedOf } from "./factor-need.js";
import { isSafeMethod, type OriginGuard } from "./origin-guard.js";
import type { Guard } from "./server.js";

/** A live session, as the owner of sessions knows it. */
export interface FoundSession {
  readonly userId: number;
  /** The `sid` of its tokens. */
  readonly sessionId: string;
  readonly email: string;
  readonly name: string | null;
  /** By the team; null for customers. */
  readonly role: Role | null;
  readonly operator: OperatorState;
}

/** A live API key: what it may do now, and whose it is. */
export interface FoundKey {
  readonly keyId: number;
  readonly userId: number;
  readonly email: string;
  readonly name: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

export interface SessionGuardOptions {
  readonly cookies: Cookies;
  readonly origins: OriginGuard;
  /** The session of an access token; undefined when token or session is not valid now. */
  readonly findSession: (token: string) => FoundSession | undefined | Promise<FoundSession | undefined>;
  /** Null for customers. */
  readonly roleOf: (session: FoundSession) => Role | null;
  /** The key of a program; undefined when it is not valid now. Throws when it may not be used from where it came. */
  readonly findKey: (secret: string, request: FastifyRequest) => Promise<FoundKey | undefined>;
  /** Lets a person of the team in for this work, or throws what they have to do first. Keys have no second factor. */
  readonly admitOperator: (session: FoundSession, need: FactorNeed) => Promise<OperatorState>;
}

/** What a request brought, each part by itself; only what is valid now. */
export interface Credentials {
  readonly ofCookies: readonly FoundSession[];
  readonly ofBearer: FoundSession | undefined;
}

/** The same as text: what was brought, valid or not. */
export interface ShownTokens {
  readonly ofCookies: readonly string[];
  /** Empty when there is a header that is not one well-formed Bearer token. */
  readonly ofBearer: string | undefined;
}

/** Nobody has more; each costs a look. */
const COOKIES_MAX = 5;

export type SessionGuard = ReturnType<typeof makeSessionGuard>;

/** What an API key begins with. */
const KEY_PREFIX = "tribi_key_";

function assertKeyAlone({ ofCookies }: ShownTokens): void {
  if (ofCookies.length === 0) return;
  throw new AppError(
    "conflicting_credentials",
    "The request brought an API key and a cookie. Send the key alone.",
  );
}

/** RFC 6750 §2.1 b64token. The scheme's case does not matter, everything else does. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Who is calling: the cookie first, an invalid cookie falls back to the header, two people at once
 * are refused. A cookie counts for a state-changing request only when one of our pages sent it.
 */
export function makeSessionGuard(options: SessionGuardOptions) {
  const { cookies, origins, findSession, roleOf, findKey, admitOperator } = options;
  const showTokens = (request: FastifyRequest): ShownTokens => ({
    ofCookies: cookies.readAll(request, "tribi_token").slice(0, COOKIES_MAX),
    ofBearer: bearerTokenOf(request),
  });

  /** A dead cookie, as a changed COOKIE_DOMAIN leaves it behind, counts as absent. */
  const readCredentials = async (tokens: ShownTokens): Promise<Credentials> => {
    const found: (FoundSession | undefined)[] = [];
    for (const token of tokens.ofCookies) found.push(await findSession(token));
    return {
      ofCookies: found.filter((session) => session !== undefined),
      ofBearer: tokens.ofBearer ? await findSession(tokens.ofBearer) : undefined,
    };
  };

  const requireCaller = async (
    request: FastifyRequest,
    choose: (sessions: readonly FoundSession[]) => FoundSession | undefined,
  ): Promise<{ readonly caller: Caller; readonly found: FoundSession }> => {
    const tokens = showTokens(request);
    const { ofCookies, ofBearer } = await readCredentials(tokens);
    const found = choose([...ofCookies, ...(ofBearer === undefined ? [] : [ofBearer])]);
    if (found === undefined) {
      throw tokens.ofCookies.length > 0 || tokens.ofBearer !== undefined
        ? new AppError("invalid_credentials", "Invalid token")
        : new AppError("missing_credentials", "Missing credentials");
    }
    assertOnePerson([...ofCookies, ...(ofBearer === undefined ? [] : [ofBearer])]);
    // A valid Bearer beside the cookie proves that the caller's own program acts, not a strange page.
    const credential = ofBearer === undefined ? "cookie" : "bearer";
    const role = roleOf(found);
    const permissions = permissionsOf(role);
    const { operator: _, ...person } = found;
    const caller: Caller = { ...person, isAdmin: permissions.size > 0, role, permissions, credential };
    // Before the refusal below, so that its event says whom the page tried to act for.
    setCaller(request, caller);
    if (credential === "cookie" && !isSafeMethod(request.method)) origins.assertOurPage(request);
    return { caller, found };
  };

  /** A key stands alone: beside a cookie nobody could tell who acts. */
  const requireKey = async (request: FastifyRequest, tokens: ShownTokens): Promise<Caller> => {
    assertKeyAlone(tokens);
    const key = await findKey(tokens.ofBearer ?? "", request);
    if (key === undefined) throw new AppError("invalid_credentials", "Invalid token");
    const { keyId, permissions } = key;
    const isAdmin = permissions.size > 0;
    const caller = { ...key, sessionId: `key:${keyId}`, isAdmin, role: null, credential: "key" as const };
    setCaller(request, caller);
    return caller;
  };

  const user: Guard = async (request) => {
    await requireCaller(request, ([first]) => first);
  };
  const admin: Guard = async (request) => {
    const tokens = showTokens(request);
    const isKey = tokens.ofBearer?.startsWith(KEY_PREFIX) === true;
    const { config } = request.routeOptions;
    if (isKey) {
      assertAdmin(await requireKey(request, tokens), config.permission);
      return;
    }
    const { caller, found } = await requireCaller(request, furthestIn);
    assertAdmin(caller, config.permission);
    const operator = await admitOperator(found, factorNeedOf(request.method, config));
    setCaller(request, { ...caller, operator });
  };
  return { user, admin, showTokens, readCredentials };
}

/**
 * Of several sessions of one person the one that is furthest in: so a page that brings a token of its own and knows
 * nothing of second factors works in a browser that has shown one at /console.
 */
function furthestIn(sessions: readonly FoundSession[]): FoundSession | undefined {
  const rank = ({ operator: { session, isShown } }: FoundSession): number =>
    session === "over" ? 0 : isShown ? 2 : 1;
  return [...sessions].sort((a, b) => rank(b) - rank(a))[0];
}

function assertAdmin(caller: Caller, needed: Permission | undefined): void {
  if (!caller.isAdmin) throw new AppError("admin_required", "Admin access required");
  assertPermission(caller, needed);
}

/** A route that names no permission is the owners'. */
function assertPermission({ role, permissions }: Caller, needed: Permission | undefined): void {
  if (needed === undefined ? role === "owner" : permissions.has(needed)) return;
  throw new AppError(
    "permission_missing",
    needed === undefined
      ? "Only an owner of the shop may do this. Ask one of them."
      : `This needs the permission ${needed}, which you do not have. Ask an owner of the shop.`,
  );
}

/** Undefined without the header, empty when it is not one well-formed Bearer token. */
function bearerTokenOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  // Node keeps the first of two and hides the second; the raw list does not.
  const { rawHeaders } = request.raw;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === "authorization") count += 1;
  }
  return count === 1 ? (BEARER.exec(authorization)?.[1] ?? "") : "";
}

/** Two valid sessions of one person are one caller; of two people nobody is chosen silently. */
export function assertOnePerson(sessions: readonly { readonly userId: number }[]): void {
  if (new Set(sessions.map(({ userId }) => userId)).size < 2) return;
  throw new AppError(
    "conflicting_credentials",
    "The request brought credentials of two people. Log out, or send only one of them.",
  );
}

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { OriginGuard } from "../../../http/origin-guard.js";
import type { Server } from "../../../http/server.js";
import type { SessionGuard } from "../../../http/session-guard.js";
import type { AccessTokens } from "../access-token.js";
import type { EndSessions } from "../end-sessions.js";
import { type LoginHttp, Message } from "../login-replies.js";
import type { RefreshTokens } from "../refresh-token.js";

const Query = Type.Object(
  { everywhere: Type.Optional(Type.Boolean({ description: "End all of the user's sessions" })) },
  { additionalProperties: false },
);
const Body = Type.Union([
  Type.Object(
    { refresh_token: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })) },
    { additionalProperties: false },
  ),
  Type.Null(),
]);

export interface LogOutRoute extends LoginHttp {
  readonly origins: OriginGuard;
  readonly sessionGuard: SessionGuard;
  readonly endSessions: EndSessions;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}

export function registerLogOut(app: Server, deps: LogOutRoute): void {
  const { cookies, origins, endSessions } = deps;
  app.post(
    "/auth/logout",
    {
      config: {
        access: "public",
        isRepeatable: true,
        problems: ["cross_site_request"],
      },
      schema: {
        tags: ["Login"],
        operationId: "logOut",
        summary: "End this session, or all of them",
        description:
          "Ends the session that the cookie, the Bearer, the refresh cookie or `refresh_token` names; an access token " +
          "that has expired names it too. Answers 200 without a session too, so that a client can always forget what " +
          "it holds.",
        querystring: Query,
        body: Body,
        response: { 200: Message("logged_out") },
      },
    },
    async (request, reply) => {
      const named = sessionsNamed(request, deps, request.body?.refresh_token);
      if (named.byCookie.length > 0 && !(await isSentByOwnProgram(request, deps, named))) {
        origins.assertOurPage(request);
      }
      // The answer takes cookies away: a strange page's form gets none, also where the browser kept the cookies from it.
      if (named.byText.length === 0 && request.headers.authorization === undefined) {
        origins.assertNoStrangePage(request);
      }
      const sids = [...new Set([...named.byCookie, ...named.byText])];
      await endSessions.logOut(sids, { everywhere: request.query.everywhere === true });
      cookies.clear(reply, "tribi_token");
      cookies.clear(reply, "tribi_refresh");
      cookies.clear(reply, "tribi_challenge");
      return { message: "logged_out" as const };
    },
  );
}

interface NamedSessions {
  readonly byCookie: readonly string[];
  readonly byText: readonly string[];
}

/** Every session that something well signed in the request belongs to, of two people too: both shall be ended. */
function sessionsNamed(
  request: FastifyRequest,
  { cookies, sessionGuard, accessTokens, refreshTokens }: LogOutRoute,
  refreshToken: string | undefined,
): NamedSessions {
  const tokens = sessionGuard.showTokens(request);
  const ofAccess = (token: string | undefined) =>
    token === undefined ? undefined : accessTokens.readExpired(token)?.sid;
  const ofRefresh = (token: string | undefined) =>
    token === undefined ? undefined : refreshTokens.read(token)?.sid;
  const known = (sids: readonly (string | undefined)[]) => sids.filter((sid) => sid !== undefined);
  return {
    byCookie: known([
      ...tokens.ofCookies.map(ofAccess),
      ...cookies.readAll(request, "tribi_refresh").map(ofRefresh),
    ]),
    byText: known([ofAccess(tokens.ofBearer), ofRefresh(refreshToken)]),
  };
}

/** A valid Bearer of the session that the cookie names, or of its person: no strange page has that. */
async function isSentByOwnProgram(
  request: FastifyRequest,
  { sessionGuard }: LogOutRoute,
  named: NamedSessions,
): Promise<boolean> {
  const { ofCookies, ofBearer } = await sessionGuard.readCredentials(sessionGuard.showTokens(request));
  if (ofBearer === undefined) return false;
  const isTheirs = (sid: string): boolean =>
    sid === ofBearer.sessionId ||
    ofCookies.some(({ sessionId, userId }) => sessionId === sid && userId === ofBearer.userId);
  return named.byCookie.every(isTheirs);
}

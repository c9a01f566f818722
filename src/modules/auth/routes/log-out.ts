import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { OriginGuard } from "../../../http/origin-guard.js";
import type { Server } from "../../../http/server.js";
import type { SessionGuard } from "../../../http/session-guard.js";
import type { EndSessions } from "../end-sessions.js";
import { type LoginHttp, Message } from "../login-replies.js";
import type { RefreshTokens } from "../refresh-token.js";

const Query = Type.Object(
  { everywhere: Type.Optional(Type.Boolean({ description: "End all of the user's sessions" })) },
  { additionalProperties: false },
);

export interface LogOutRoute extends LoginHttp {
  readonly origins: OriginGuard;
  readonly sessionGuard: SessionGuard;
  readonly endSessions: EndSessions;
  readonly refreshTokens: RefreshTokens;
}

export function registerLogOut(app: Server, deps: LogOutRoute): void {
  const { cookies, origins, sessionGuard, endSessions } = deps;
  app.post(
    "/auth/logout",
    {
      config: {
        access: "public",
        isRepeatable: true,
        problems: ["conflicting_credentials", "cross_site_request"],
      },
      schema: {
        tags: ["Login"],
        operationId: "logOut",
        summary: "End this session, or all of them",
        description: "Answers 200 without a session too, so that a client can always forget what it holds.",
        querystring: Query,
        response: { 200: Message("logged_out") },
      },
    },
    async (request, reply) => {
      const { ofCookie, ofBearer } = await sessionGuard.readCredentials(request);
      const ofRefresh = sidOfRefreshCookie(request, deps);
      const isByCookie = ofCookie !== undefined || ofRefresh !== undefined;
      if (isByCookie && ofBearer === undefined) origins.assertOurPage(request);

      const sids = [ofCookie?.sessionId, ofBearer?.sessionId, ofRefresh].filter((sid) => sid !== undefined);
      await endSessions.logOut([...new Set(sids)]);
      const userId = (ofCookie ?? ofBearer)?.userId;
      if (request.query.everywhere === true && userId !== undefined)
        await endSessions.logOutEverywhere(userId);
      cookies.clear(reply, "tribi_token");
      cookies.clear(reply, "tribi_refresh");
      cookies.clear(reply, "tribi_challenge");
      return { message: "logged_out" as const };
    },
  );
}

/** The access token may have expired before its session; the refresh cookie still names it. */
function sidOfRefreshCookie(
  request: FastifyRequest,
  { cookies, refreshTokens }: LogOutRoute,
): string | undefined {
  const token = cookies.read(request, "tribi_refresh");
  return token === undefined ? undefined : refreshTokens.read(token)?.sid;
}

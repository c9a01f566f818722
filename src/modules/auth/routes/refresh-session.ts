import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { OriginGuard } from "../../../http/origin-guard.js";
import type { Server } from "../../../http/server.js";
import { assertOnePerson } from "../../../http/session-guard.js";
import { AppError } from "../../../kernel/errors.js";
import { handOut, type LoginHttp, SessionView } from "../login-replies.js";
import type { SessionRefreshed } from "../refresh-session.js";
import type { RefreshToken, RefreshTokens } from "../refresh-token.js";

const Body = Type.Union([
  Type.Object(
    { refresh_token: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })) },
    { additionalProperties: false },
  ),
  Type.Null(),
]);

export interface RefreshRoute extends LoginHttp {
  readonly origins: OriginGuard;
  readonly refreshSession: (token: string) => Promise<SessionRefreshed>;
  readonly refreshTokens: RefreshTokens;
  /** Of a session that is alive. */
  readonly findUserOfSession: (sid: string) => Promise<number | undefined>;
}

export function registerRefreshSession(app: Server, deps: RefreshRoute): void {
  const { cookies, origins, refreshSession } = deps;
  app.post(
    "/auth/refresh",
    {
      config: {
        access: "public",
        isRepeatable: true,
        problems: [
          "missing_credentials",
          "invalid_credentials",
          "conflicting_credentials",
          "session_revoked",
          "cross_site_request",
        ],
        isShedFirst: true,
      },
      schema: {
        tags: ["Login"],
        operationId: "refreshSession",
        summary: "Trade a refresh token for a new pair",
        description:
          "Takes the cookie or the body. For 10 s the same token gives the same child; later it ends the session.",
        body: Body,
        response: { 200: SessionView },
      },
    },
    async (request, reply) => {
      origins.assertNoStrangePage(request);
      const shown = request.body?.refresh_token ?? (await shownByCookie(request, deps));
      if (shown === undefined) throw new AppError("missing_credentials", "Missing credentials");
      if (request.body?.refresh_token === undefined) origins.assertOurPage(request);
      const outcome = await refreshSession(shown);
      if (outcome.kind === "invalid") throw new AppError("invalid_credentials", "Invalid token");
      if (outcome.kind === "revoked") {
        throw new AppError("session_revoked", "This session has ended. Sign in again.");
      }
      return handOut(outcome.session, cookies, reply);
    },
  );
}

/**
 * The cookie to go by. A changed COOKIE_DOMAIN leaves a dead one beside it, or an older one of the same session, which
 * would end it: of a session the newest counts, and of several sessions one that lives.
 */
async function shownByCookie(
  request: FastifyRequest,
  { cookies, refreshTokens, findUserOfSession }: RefreshRoute,
): Promise<string | undefined> {
  const values = cookies.readAll(request, "tribi_refresh");
  if (values.length < 2) return values[0];
  const newest = new Map<string, RefreshToken>();
  for (const token of values.map((value) => refreshTokens.read(value))) {
    if (token === undefined) continue;
    if (token.generation >= (newest.get(token.sid)?.generation ?? 0)) newest.set(token.sid, token);
  }
  const alive: { readonly userId: number; readonly text: string }[] = [];
  for (const { sid, text } of newest.values()) {
    const userId = await findUserOfSession(sid);
    if (userId !== undefined) alive.push({ userId, text });
  }
  assertOnePerson(alive);
  return alive[0]?.text ?? [...newest.values()][0]?.text ?? values[0];
}

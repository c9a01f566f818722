import { Type } from "typebox";
import type { OriginGuard } from "../../../http/origin-guard.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { handOut, type LoginHttp, SessionView } from "../login-replies.js";
import type { SessionRefreshed } from "../refresh-session.js";

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
}

export function registerRefreshSession(app: Server, deps: RefreshRoute): void {
  const { cookies, origins, refreshSession } = deps;
  app.post(
    "/auth/refresh",
    {
      config: {
        access: "public",
        isRepeatable: true,
        problems: ["missing_credentials", "invalid_credentials", "session_revoked", "cross_site_request"],
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
      const shown = request.body?.refresh_token ?? cookies.read(request, "tribi_refresh");
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

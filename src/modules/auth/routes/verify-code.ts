import { Type } from "typebox";
import type { OriginGuard } from "../../../http/origin-guard.js";
import { limitedError } from "../../../http/rate-limit.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import {
  EmailBody,
  emailOf,
  handOut,
  kindOf,
  type LoginHttp,
  markDevice,
  SessionView,
} from "../login-replies.js";
import type { TriesBudget, TryingLimits } from "../sending-limits.js";
import type { CodeVerified, VerifyCodeCommand } from "../verify-code.js";

const Body = Type.Object(
  {
    email: EmailBody,
    code: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "As mailed: digits only, nothing around them",
    }),
    challenge: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "Beats the cookie" })),
    session: Type.Optional(
      Type.Union([Type.Literal("both"), Type.Literal("cookie"), Type.Literal("bearer")], {
        description: "Where the tokens go; both by default",
      }),
    ),
  },
  { additionalProperties: false },
);

export interface VerifyCodeRoute extends LoginHttp {
  readonly origins: OriginGuard;
  readonly verifyCode: (command: VerifyCodeCommand) => Promise<CodeVerified>;
  readonly tryingLimits: TryingLimits;
}

/** `/auth/verify` is the same route under the name that the existing clients use. */
export function registerVerifyCode(app: Server, deps: VerifyCodeRoute): void {
  const { cookies, clientOf, origins, verifyCode, tryingLimits } = deps;
  for (const path of ["/auth/verify-code", "/auth/verify"]) {
    app.post(
      path,
      {
        config: {
          access: "public",
          problems: ["email_invalid", "invalid_code", "too_many_attempts", "cross_site_request"],
          isShedFirst: true,
        },
        schema: {
          tags: ["Login"],
          operationId: path === "/auth/verify" ? "verifyCodeByOldName" : "verifyCode",
          summary: path === "/auth/verify" ? "Alias of /auth/verify-code" : "Trade a code for a session",
          description:
            "Every way of being wrong gives the same 400 `invalid_code`. A text that is not digits of the right number is one of them.",
          body: Body,
          response: { 200: SessionView },
        },
      },
      async (request, reply) => {
        origins.assertNoStrangePage(request);
        const { email, code, challenge, session } = request.body;
        const outcome = await verifyCode({
          email: emailOf(email, deps),
          code,
          challengeOfBody: challenge,
          challengeOfCookie: cookies.read(request, "tribi_challenge"),
          sessionKind: kindOf(session, cookies),
          network: clientOf(request).network,
          userAgent: request.headers["user-agent"],
          deviceToken: cookies.read(request, "tribi_device"),
        });
        if (outcome.kind === "wrong") throw wrongCode();
        if (outcome.kind === "refused") {
          const { limit: name, retrySeconds } = outcome;
          throw limitedError("too_many_attempts", { name, ...budgetOf(name, tryingLimits), retrySeconds });
        }
        if (outcome.session.sessionKind !== "bearer") {
          cookies.clear(reply, "tribi_challenge");
          markDevice(outcome.deviceToken, cookies, reply);
        }
        return handOut(outcome.session, cookies, reply);
      },
    );
  }
}

const wrongCode = (): AppError =>
  new AppError("invalid_code", "This code is wrong or no longer valid. Check it, or ask for a new one.");

const DAY = 24 * 3600;

function budgetOf(budget: TriesBudget, limits: TryingLimits): { quota: number; windowSeconds: number } {
  const budgets = {
    tries_per_challenge: { quota: limits.attemptsMax, windowSeconds: DAY },
    tries_per_pair: { quota: 10, windowSeconds: DAY },
    tries_per_email: { quota: 50, windowSeconds: DAY },
    tries_from_elsewhere: { quota: 20, windowSeconds: DAY },
    tried_emails_per_address: { quota: limits.wrongEmailsPerAddress, windowSeconds: DAY },
    tries_overall: { quota: limits.wrongTriesPerHour, windowSeconds: 3600 },
  } as const satisfies Record<TriesBudget, { quota: number; windowSeconds: number }>;
  return budgets[budget];
}

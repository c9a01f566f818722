import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { limitedError } from "../../../http/rate-limit.js";
import type { Server } from "../../../http/server.js";
import { EmailBody, emailOf, type LoginHttp } from "../login-replies.js";
import type { CodeRequested, RequestCodeCommand } from "../request-code.js";
import type { SendingLimit, SendingLimits } from "../sending-limits.js";

const Body = Type.Object({ email: EmailBody }, { additionalProperties: false });
const Answer = Type.Object({
  message: Type.Literal("code_sent"),
  challenge: Type.String({ description: "Bring it to POST /auth/verify-code; it is in a cookie too" }),
});

export interface RequestCodeRoute extends LoginHttp {
  readonly requestCode: (command: RequestCodeCommand) => Promise<CodeRequested>;
  readonly limits: SendingLimits;
  readonly ttlMinutes: number;
}

export function registerRequestCode(app: Server, deps: RequestCodeRoute): void {
  const { cookies, clientOf, requestCode, limits, ttlMinutes } = deps;
  app.post(
    "/auth/request-code",
    {
      config: { access: "public", problems: ["email_invalid", "rate_limited"], isShedFirst: true },
      schema: {
        tags: ["Login"],
        operationId: "requestCode",
        summary: "Mail a sign-in code",
        description: "The answer is the same whether the address is known, unknown or disabled.",
        body: Body,
        response: { 200: Answer },
      },
    },
    async (request, reply) => {
      const outcome = await requestCode({
        email: emailOf(request.body.email, deps),
        network: clientOf(request).network,
        deviceToken: cookies.read(request, "tribi_device"),
        language: languageOfRequest(request),
      });
      if (outcome.kind === "refused") {
        const { limit: name, retrySeconds } = outcome;
        throw limitedError("rate_limited", { name, ...quotaOf(name, limits), retrySeconds });
      }
      cookies.set(reply, "tribi_challenge", outcome.challenge, ttlMinutes * 60);
      return { message: "code_sent" as const, challenge: outcome.challenge };
    },
  );
}

function quotaOf(limit: SendingLimit, limits: SendingLimits): { quota: number; windowSeconds: number } {
  const day = limits.windowHours * 3600;
  const quotas = {
    codes_per_minute: { quota: limits.codesPerMinute, windowSeconds: limits.windowSeconds },
    codes_per_day: { quota: limits.codesPerDay, windowSeconds: day },
    codes_per_address: { quota: limits.codesPerAddressPerDay, windowSeconds: day },
    codes_per_network: { quota: limits.codesPerNetworkPerDay, windowSeconds: day },
    codes_per_email: { quota: limits.codesPerEmailPerDay, windowSeconds: day },
    codes_overall: { quota: limits.codesPerHour, windowSeconds: 3600 },
  } as const satisfies Record<SendingLimit, { quota: number; windowSeconds: number }>;
  return quotas[limit];
}

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ResetFactor } from "../reset-factor.js";
import type { SetUpFactor } from "../set-up-factor.js";
import type { ShowFactor } from "../use-factor.js";

const tags = ["Administration"];
const Time = Type.String({ format: "date-time" });
const Code = Type.Object(
  {
    code: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "Six digits of the app, or a recovery code",
    }),
  },
  { additionalProperties: false },
);
const FactorView = Type.Object(
  {
    is_set_up: Type.Boolean(),
    is_required: Type.Boolean({ description: "The shop asks its team for one" }),
    is_fresh: Type.Boolean({ description: "Shown so recently that nothing asks for it again" }),
    set_up_at: Type.Union([Time, Type.Null()]),
    recovery_codes_left: Type.Integer(),
  },
  { title: "SecondFactor" },
);

export interface SecondFactorRoutes {
  readonly isRequired: boolean;
  readonly setUp: SetUpFactor;
  readonly show: (command: ShowFactor) => Promise<void>;
  readonly reset: (command: ResetFactor) => Promise<void>;
}

/** The login that a person works in. A program has none: its key is its only factor. */
function loginOf(request: FastifyRequest) {
  const { userId, sessionId: sid, email, credential } = callerOf(request);
  if (credential === "key") {
    throw new AppError("forbidden", "A key has no second factor. Sign in as a person.");
  }
  return { userId, sid, email };
}

export function registerSecondFactor(app: Server, deps: SecondFactorRoutes): void {
  registerShowing(app, deps);
  registerSettingUp(app, deps);
  app.post(
    "/admin/second-factor/reset",
    {
      config: { access: "admin", permission: "team.write", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "resetSecondFactor",
        summary: "Take a member's second factor away: their sessions end, and both of you are mailed",
        body: Type.Object(
          {
            user_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
            reason: Type.String({ minLength: 1, maxLength: 500 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ message: Type.Literal("second_factor_reset") }) },
      },
    },
    async (request) => {
      const { user_id: userId, reason } = request.body;
      const by = { userId: callerOf(request).userId, language: languageOfRequest(request) };
      await deps.reset({ userId, reason, by, act: adminAct(request) });
      return { message: "second_factor_reset" as const };
    },
  );
}

function registerShowing(app: Server, { setUp, show, isRequired }: SecondFactorRoutes): void {
  app.get(
    "/admin/second-factor",
    {
      config: { access: "admin", permission: "overview.read", isBeforeFactor: true },
      schema: {
        tags,
        operationId: "getSecondFactor",
        summary: "The caller's own second factor",
        response: { 200: FactorView },
      },
    },
    async (request) => {
      const { userId, operator } = callerOf(request);
      const factor = await setUp.find(userId);
      return {
        is_set_up: factor !== undefined,
        is_required: isRequired,
        is_fresh: operator?.isFresh === true,
        set_up_at: factor?.created_at ?? null,
        recovery_codes_left: factor?.recovery_codes_left ?? 0,
      };
    },
  );
  app.post(
    "/admin/second-factor/verify",
    {
      config: {
        access: "admin",
        permission: "overview.read",
        isBeforeFactor: true,
        problems: ["invalid_code", "too_many_attempts", "conflict"],
      },
      schema: {
        tags,
        operationId: "verifySecondFactor",
        summary: "Show the second factor, at sign-in or again before what is dangerous",
        description: "A code counts once. Afterwards the request that was refused is sent again as it was.",
        body: Code,
        response: { 200: Type.Object({ message: Type.Literal("second_factor_shown") }) },
      },
    },
    async (request) => {
      const code = request.body.code.replace(/\s/g, "");
      await show({ ...loginOf(request), code, language: languageOfRequest(request), act: adminAct(request) });
      return { message: "second_factor_shown" as const };
    },
  );
}

function registerSettingUp(app: Server, { setUp }: SecondFactorRoutes): void {
  app.post(
    "/admin/second-factor",
    {
      config: {
        access: "admin",
        permission: "overview.read",
        isBeforeFactor: true,
        stepUp: true,
      },
      schema: {
        tags,
        operationId: "offerSecondFactor",
        summary: "Begin to set up a second factor, or a new one in its place",
        description:
          "The secret is shown this once. It counts when a code of it was confirmed, within 15 minutes.",
        response: {
          201: Type.Object(
            {
              secret: Type.String({ description: "In base 32, for typing" }),
              uri: Type.String({ description: "otpauth://…, what the QR code says" }),
              qr: Type.Object({
                size: Type.Integer({ description: "Squares to a side" }),
                path: Type.String({ description: "The dark squares, as a path of SVG" }),
              }),
              expires_at: Time,
            },
            { title: "OfferedSecondFactor" },
          ),
        },
      },
    },
    async (request, reply) => {
      const login = loginOf(request);
      const { secret, uri, qr, expiresAt } = await setUp.offer(login, login.email);
      reply.code(201);
      return { secret, uri, qr: { ...qr }, expires_at: expiresAt };
    },
  );
  app.post(
    "/admin/second-factor/confirm",
    {
      config: {
        access: "admin",
        permission: "overview.read",
        isBeforeFactor: true,
        problems: ["invalid_code", "conflict"],
      },
      schema: {
        tags,
        operationId: "confirmSecondFactor",
        summary: "Confirm the second factor by a code of it; every other session of the caller begins anew",
        body: Code,
        response: {
          200: Type.Object({
            recovery_codes: Type.Array(Type.String(), { description: "Each counts once. Shown this once" }),
          }),
        },
      },
    },
    async (request) => {
      const code = request.body.code.replace(/\s/g, "");
      const language = languageOfRequest(request);
      const codes = await setUp.confirm(loginOf(request), { code, language, act: adminAct(request) });
      return { recovery_codes: [...codes] };
    },
  );
}

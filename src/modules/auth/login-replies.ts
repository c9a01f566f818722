import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Caller } from "../../http/caller.js";
import type { ClientAddress } from "../../http/client-address.js";
import type { Cookies } from "../../http/cookies.js";
import {
  type EmailAddress,
  isDeliverable,
  isOfDeletedPerson,
  readEmailAddress,
} from "../../kernel/email-address.js";
import { AppError } from "../../kernel/errors.js";
import type { SessionKind } from "./session-types.js";
import type { GrantedSession } from "./verify-code.js";

/** What the routes of login share: the address rule, and how a session is handed out. */
export interface LoginHttp {
  readonly cookies: Cookies;
  readonly clientOf: (request: FastifyRequest) => ClientAddress;
  /** Production takes no address that mail cannot reach; tests and developers sign in with such. */
  readonly isProduction: boolean;
}

const DEVICE_SECONDS = 90 * 24 * 3600;

export const EmailBody = Type.String({
  minLength: 1,
  maxLength: 512,
  description: "One mailbox, such as traveller@example.com",
});

export function emailOf(text: string, { isProduction }: Pick<LoginHttp, "isProduction">): EmailAddress {
  const email = readEmailAddress(text);
  if (email !== undefined && !isOfDeletedPerson(email) && (!isProduction || isDeliverable(email)))
    return email;
  throw new AppError(
    "email_invalid",
    "This is not an e-mail address that can get a code. Check its spelling.",
    {
      errors: [{ pointer: "/email", message: "must be one plain address such as traveller@example.com" }],
    },
  );
}

export const Message = (text: string) => Type.Object({ message: Type.Literal(text) });

export const UserView = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
  },
  { title: "User" },
);

export const MeView = Type.Object(
  {
    ...UserView.properties,
    is_admin: Type.Boolean({ description: "Has a role in the shop's administration" }),
    roles: Type.Array(Type.String()),
    permissions: Type.Array(Type.String({ description: "What the role may do, as `orders.read`" })),
  },
  { title: "Person" },
);

/** What a person may do in the administration, as GET and PATCH /auth/me say it. */
export const rightsOf = ({ isAdmin, role, permissions }: Caller) => ({
  is_admin: isAdmin,
  roles: role === null ? [] : [role],
  permissions: [...permissions],
});

export const SessionView = Type.Object(
  {
    token: Type.Optional(
      Type.String({ description: "Send as `Authorization: Bearer`. Absent for session=cookie" }),
    ),
    user: UserView,
    expires_at: Type.String({ format: "date-time", description: "When the token expires" }),
    refresh_token: Type.Optional(
      Type.String({ description: "For POST /auth/refresh. Absent for session=cookie" }),
    ),
  },
  { title: "Session" },
);

/** Without cookies only Bearer is left, whatever was asked for. */
export const kindOf = (asked: SessionKind | undefined, cookies: Cookies): SessionKind =>
  cookies.isEnabled ? (asked ?? "both") : "bearer";

/** Sets the cookies of a session and answers the body, each as the session's kind says. */
export function handOut(session: GrantedSession, cookies: Cookies, reply: FastifyReply) {
  const { sessionKind, token, refreshToken, user } = session;
  if (sessionKind !== "bearer") {
    cookies.set(reply, "tribi_token", token, secondsUntil(session.tokenExpiresAtMillis));
    cookies.set(reply, "tribi_refresh", refreshToken, secondsUntil(session.sessionExpiresAtMillis));
  }
  return {
    ...(sessionKind === "cookie" ? {} : { token, refresh_token: refreshToken }),
    user,
    expires_at: new Date(session.tokenExpiresAtMillis).toISOString(),
  };
}

export function markDevice(deviceToken: string | undefined, cookies: Cookies, reply: FastifyReply): void {
  if (deviceToken !== undefined) cookies.set(reply, "tribi_device", deviceToken, DEVICE_SECONDS);
}

const secondsUntil = (millis: number): number => Math.max(0, Math.floor((millis - Date.now()) / 1000));

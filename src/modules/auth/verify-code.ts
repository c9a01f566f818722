import { randomUUID } from "node:crypto";
import type { Db } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import type { Events } from "../../telemetry/events.js";
import { failpoint } from "../../telemetry/failpoints.js";
import type { AccessTokens } from "./access-token.js";
import { checkCodeAndOpenSession } from "./login-code-store.js";
import type { LoginSecrets } from "./login-secrets.js";
import type { RefreshTokens } from "./refresh-token.js";
import type { Refusal, TriesBudget, TryingLimits } from "./sending-limits.js";
import type { SessionKind } from "./session-types.js";
import { shortUserAgent } from "./user-agent.js";

export interface VerifyCodeDeps {
  readonly db: Db;
  readonly secrets: LoginSecrets;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly limits: TryingLimits;
  readonly events: Events;
}

export interface VerifyCodeCommand {
  readonly email: EmailAddress;
  readonly code: string;
  readonly challengeOfBody: string | undefined;
  readonly challengeOfCookie: string | undefined;
  readonly sessionKind: SessionKind;
  readonly network: string;
  readonly userAgent: string | undefined;
  readonly deviceToken: string | undefined;
}

/** What a login or refresh hands out. */
export interface GrantedSession {
  readonly sessionKind: SessionKind;
  readonly user: { readonly id: number; readonly email: string; readonly name: string | null };
  readonly token: string;
  readonly tokenExpiresAtMillis: number;
  readonly refreshToken: string;
  readonly sessionExpiresAtMillis: number;
}

export type CodeVerified =
  | { readonly kind: "accepted"; readonly session: GrantedSession; readonly deviceToken: string | undefined }
  | Refusal<TriesBudget>
  | { readonly kind: "wrong" };

/** Trades a code for a session. Every way of being wrong looks the same from outside. */
export function makeVerifyCode(deps: VerifyCodeDeps) {
  const { db, secrets, accessTokens, refreshTokens, limits, events } = deps;

  return async (command: VerifyCodeCommand): Promise<CodeVerified> => {
    const { email, challengeOfBody, challengeOfCookie, sessionKind } = command;
    const challenge = challengeOfBody ?? challengeOfCookie;
    const challengeHash = challenge === undefined ? undefined : secrets.hashChallenge(challenge);
    const isChallengeRequired = challengeOfBody !== undefined;
    // Neither can be right, so there is nothing to compare and no try to spend.
    if (!secrets.isCode(command.code) || (isChallengeRequired && challengeHash === undefined)) {
      events.loginFailed({ reason: "malformed" }, { network: command.network });
      return { kind: "wrong" };
    }
    const sid = randomUUID();
    const refreshToken = refreshTokens.first(sid);
    const device = deviceOf(secrets, command);
    const outcome = await checkCodeAndOpenSession(db, {
      email,
      alias: secrets.aliasOf(email),
      network: command.network,
      deviceHash: device.shownHash,
      codeHash: secrets.hashCode(email, command.code),
      challengeHash,
      isChallengeRequired,
      limits,
      session: {
        sid,
        kind: sessionKind,
        userAgent: shortUserAgent(command.userAgent),
        deviceHash: device.keptHash,
        refreshHash: refreshTokens.hash(refreshToken),
      },
    });
    if (outcome.kind !== "accepted") {
      events.loginFailed(
        { reason: outcome.kind === "refused" ? outcome.limit : "wrong" },
        { network: command.network },
      );
      return outcome;
    }
    await failpoint("s3.after_consume");
    await failpoint("s3.after_session");
    const { userId, name, sessionId } = outcome;
    const sessionExpiresAtMillis = Date.parse(outcome.sessionExpiresAt);
    const { token, expiresAtMillis } = accessTokens.issue({ userId, sid }, sessionExpiresAtMillis);
    events.loginSucceeded(
      { kind: sessionKind },
      { user_id: userId, session_id: sessionId, is_new: outcome.isNewUser },
    );
    const session: GrantedSession = {
      sessionKind,
      user: { id: userId, email, name },
      token,
      tokenExpiresAtMillis: expiresAtMillis,
      refreshToken: refreshToken.text,
      sessionExpiresAtMillis,
    };
    return { kind: "accepted", session, deviceToken: device.keptToken };
  };
}

/** A browser keeps the mark that it has, or gets one; a program without cookies is known by its address only. */
function deviceOf(secrets: LoginSecrets, { deviceToken, sessionKind }: VerifyCodeCommand) {
  const shownHash = secrets.hashDevice(deviceToken);
  if (sessionKind === "bearer") return { shownHash, keptHash: shownHash, keptToken: undefined };
  const keptToken = shownHash === undefined ? secrets.makeDevice() : deviceToken;
  return { shownHash, keptHash: secrets.hashDevice(keptToken), keptToken };
}

import type { Db } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import type { Language } from "../../kernel/language.js";
import type { EarlyRefusal } from "../../providers/early-refusal/port.js";
import type { Events } from "../../telemetry/events.js";
import { failpoint } from "../../telemetry/failpoints.js";
import { maskEmail } from "../../telemetry/log.js";
import { requestCode } from "./login-code-store.js";
import type { LoginSecrets } from "./login-secrets.js";
import type { Refusal, SendingLimit, SendingLimits } from "./sending-limits.js";

export interface RequestCodeDeps {
  readonly db: Db;
  readonly secrets: LoginSecrets;
  readonly limits: SendingLimits;
  readonly ttlMinutes: number;
  readonly earlyRefusal: EarlyRefusal;
  readonly events: Events;
  readonly wakeWorkers: () => void;
}

export interface RequestCodeCommand {
  readonly email: EmailAddress;
  /** What limits count (http/client-address.ts). */
  readonly network: string;
  readonly deviceToken: string | undefined;
  readonly language: Language | null;
}

export type CodeRequested =
  | { readonly kind: "sent"; readonly challenge: string }
  | Pick<Refusal<SendingLimit>, "kind" | "limit" | "retrySeconds">;

/**
 * Makes a code and lets a job mail it. Whether the address belongs to anybody is not looked at, so there is nothing
 * in answer or time that could tell.
 */
export function makeRequestCode(deps: RequestCodeDeps) {
  const { db, secrets, limits, ttlMinutes, earlyRefusal, events, wakeWorkers } = deps;

  return async (command: RequestCodeCommand): Promise<CodeRequested> => {
    const { email, network } = command;
    const deviceHash = secrets.hashDevice(command.deviceToken);
    const keys = refusalKeys(secrets, command);
    // A device that may be known is asked about in the database: it may be outside the limit per e-mail.
    const asked =
      deviceHash === undefined ? [keys.pair, keys.address, keys.email] : [keys.pair, keys.address];
    const early = await earlyRefusal.ask(asked);
    if (early !== undefined) {
      events.codeRefused({ limit: early.limit }, { network, early: true });
      return { kind: "refused", limit: early.limit as SendingLimit, retrySeconds: early.retrySeconds };
    }
    await failpoint("s1.after_limiter");

    const code = secrets.makeCode();
    const challenge = secrets.makeChallenge();
    const outcome = await requestCode(
      db,
      {
        email,
        alias: secrets.aliasOf(email),
        network,
        deviceHash,
        codeHash: secrets.hashCode(email, code),
        challengeHash: secrets.hashChallenge(challenge),
        sealedCode: secrets.sealCode(email, code),
        language: command.language,
      },
      limits,
      ttlMinutes,
    );
    if (outcome.kind === "refused") {
      const key = REMEMBERED_UNDER[outcome.limit];
      earlyRefusal.remember(keys[key], outcome);
      events.codeRefused({ limit: outcome.limit }, { network, address: maskEmail(email) });
      return outcome;
    }
    await failpoint("s1.after_insert");
    wakeWorkers();
    events.codeRequested({}, { code_id: outcome.codeId, network });
    return { kind: "sent", challenge };
  };
}

const REMEMBERED_UNDER = {
  codes_per_minute: "pair",
  codes_per_day: "pair",
  codes_per_address: "address",
  // Not under the address: known clients are outside of the limits of the network and of the hour.
  codes_per_network: "email",
  codes_per_email: "email",
  codes_overall: "email",
} as const satisfies Record<SendingLimit, "pair" | "address" | "email">;

/** Keyed hashes: the early "no" learns no address. All but the first hold for one caller only. */
function refusalKeys(secrets: LoginSecrets, { email, network }: RequestCodeCommand) {
  return {
    address: secrets.hashForRefusal(`address ${network}`),
    pair: secrets.hashForRefusal(`pair ${email} ${network}`),
    // Per address too: one that is known to the e-mail must not be refused for what a stranger's was.
    email: secrets.hashForRefusal(`email ${email} ${network}`),
  };
}

import { cookieCheckOf } from "../config/config.js";
import { cookieWarnings } from "../config/cookie-checks.js";
import { describeTrust } from "../http/client-address.js";
import { makeCookies } from "../http/cookies.js";
import { systemClock } from "../kernel/clock.js";
import { makeSealer } from "../kernel/sealing.js";
import { OPERATOR_SQL } from "../modules/access/operator-read-model.js";
import {
  type AuthModule,
  type AuthModuleDeps,
  makeAuthModule,
  type OrdersOfPerson,
  type PersonalDataSource,
} from "../modules/auth/auth.module.js";
import { makeNoEarlyRefusal } from "../providers/early-refusal/no-early-refusal.js";
import type { EarlyRefusal } from "../providers/early-refusal/port.js";
import type { Foundation } from "./foundation.js";

export async function composeAuth(
  foundation: Foundation,
  personalData: readonly PersonalDataSource[],
  ordersOfPerson: OrdersOfPerson,
  /** Made after this. */
  access: () => {
    useKey: AuthModuleDeps["findKey"];
    admitOperator: AuthModuleDeps["admitOperator"];
    leaveTeam: AuthModuleDeps["team"];
  },
): Promise<AuthModule> {
  const { config, log } = foundation;
  const { auth, secrets, isProduction } = config;
  const { trustProxy, publicUrl } = config.http;
  const warn = (message: string): void => log.warn(message);
  log.info({ trust_proxy: trustProxy }, `client addresses: ${describeTrust(trustProxy)}`);
  if (auth.cookie.isEnabled) cookieWarnings(cookieCheckOf(config)).forEach(warn);
  return makeAuthModule({
    ...foundation,
    clock: systemClock,
    personalData,
    ordersOfPerson,
    operatorSql: OPERATOR_SQL,
    admitOperator: (...entry) => access().admitOperator(...entry),
    findKey: (...use) => access().useKey(...use),
    team: {
      assertMayLeave: (...member) => access().leaveTeam.assertMayLeave(...member),
      leave: (...member) => access().leaveTeam.leave(...member),
    },
    earlyRefusal: await openEarlyRefusal(foundation),
    cookies: makeCookies({ ...auth.cookie, isProduction, host: new URL(publicUrl).hostname }),
    clientOf: (request) => {
      const client = foundation.clientOf(request);
      const { email } = (request.body ?? {}) as { readonly email?: unknown };
      if (typeof email === "string") foundation.proxyWatch.sawPerson(client.network, email.toLowerCase());
      return client;
    },
    sealer: makeSealer(secrets.encryptionKeys),
    isProduction,
    settings: { ...auth, ...secrets, adminEmails: config.adminEmails, publicUrl, shop: foundation.shop },
  });
}

/** Redis is optional, and its client is loaded only when it is configured. */
async function openEarlyRefusal({ config, log }: Foundation): Promise<EarlyRefusal> {
  if (config.redisUrl === null) return makeNoEarlyRefusal();
  const { makeRedisEarlyRefusal } = await import("../providers/early-refusal/redis-early-refusal.js");
  return makeRedisEarlyRefusal({
    url: config.redisUrl,
    onTrouble: (error) => log.debug({ err: error }, "Redis does not answer; PostgreSQL decides alone"),
  });
}

/**
 * Owns: who is who. People, sign-in codes, wrong tries, sessions (users, auth_codes, auth_tries, sessions).
 * Promises: every limit and budget is exact however many processes ask at once; one code opens one session; a
 *   session that ended opens nothing anywhere after 5 s; no answer tells whether an address is known.
 * Never: a code, token or challenge in clear in the database, in a job or in the log; a query for a caller whose
 *   session was seen in the last 4 s.
 */

import type { FastifyRequest } from "fastify";
import type { Db, Tx } from "../../db/database.js";
import type { ClientAddress } from "../../http/client-address.js";
import type { Cookies } from "../../http/cookies.js";
import type { OriginGuard } from "../../http/origin-guard.js";
import type { Server } from "../../http/server.js";
import {
  type FoundSession,
  makeSessionGuard,
  type SessionGuard,
  type SessionGuardOptions,
} from "../../http/session-guard.js";
import type { Clock } from "../../kernel/clock.js";
import type { Role } from "../../kernel/permissions.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { EarlyRefusal } from "../../providers/early-refusal/port.js";
import type { Events } from "../../telemetry/events.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Jobs } from "../jobs/jobs.module.js";
import { type LiveShop, type MailComposer, makeTextsIn } from "../mail/mail.module.js";
import { makeAccessTokens } from "./access-token.js";
import {
  type DeletePerson,
  makeDeletePerson,
  type OrdersOfPerson,
  type TeamOfPerson,
} from "./delete-person.js";
import { makeEndSessions } from "./end-sessions.js";
import { addLoginAlarms } from "./login-alarms.js";
import { makeLoginMail } from "./login-mail.js";
import { makeLoginSecrets } from "./login-secrets.js";
import { type ManageLimits, makeManageLimits } from "./manage-limits.js";
import { type ManagePerson, makeManagePerson, type PersonalDataSource } from "./manage-person.js";
import { makePurgeLoginRows, PURGE_LOGIN_ROWS } from "./purge-login-rows.job.js";
import { makeRefreshSession } from "./refresh-session.js";
import { makeRefreshTokens } from "./refresh-token.js";
import { makeRequestCode } from "./request-code.js";
import {
  registerLiftLimit,
  registerListBusiestAddresses,
  registerListLimits,
} from "./routes/admin-limits.js";
import {
  registerDeleteUser,
  registerDisableUser,
  registerEnableUser,
  registerExportUser,
  registerListLogins,
} from "./routes/admin-users.js";
import { registerDeleteMe } from "./routes/delete-me.js";
import { registerEndSession } from "./routes/end-session.js";
import { registerExportMe } from "./routes/export-me.js";
import { registerListSessions } from "./routes/list-sessions.js";
import { registerLogOut } from "./routes/log-out.js";
import { registerRefreshSession } from "./routes/refresh-session.js";
import { registerRenameMe } from "./routes/rename-me.js";
import { registerRequestCode } from "./routes/request-code.js";
import { registerShowMe } from "./routes/show-me.js";
import { registerVerifyCode } from "./routes/verify-code.js";
import type { SendingLimits, TryingLimits } from "./sending-limits.js";
import { makeSessionCache } from "./session-cache.js";
import {
  listLiveSessions,
  makeFindLiveSession,
  makeIsOperator,
  type OperatorSql,
  revokeSessionsOfUser,
} from "./session-store.js";
import type { LiveSession } from "./session-types.js";
import { makeVerifyCode } from "./verify-code.js";

export type { OrdersOfPerson, OwedOrder } from "./delete-person.js";
export type { ManageLimits } from "./manage-limits.js";
export type { ManagePerson, PersonalDataSource } from "./manage-person.js";

/** Why the administration ends every session of a person. */
type TeamReason = "left_team" | "factor_reset";

/** Without an app, for commands; a process that remembers the sessions forgets them within 5 s. */
export async function endSessionsOfPerson(tx: Tx, userId: number, reason: TeamReason): Promise<void> {
  await revokeSessionsOfUser(tx, userId, reason);
}

export interface AuthModuleDeps {
  readonly db: Db;
  /** For jobs. */
  readonly reservedDb: Db;
  readonly clock: Clock;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly wakeWorkers: () => void;
  readonly earlyRefusal: EarlyRefusal;
  readonly cookies: Cookies;
  readonly origins: OriginGuard;
  readonly clientOf: (request: FastifyRequest) => ClientAddress;
  readonly sealer: Sealer;
  readonly isProduction: boolean;
  readonly settings: {
    readonly jwtSecrets: readonly string[];
    readonly jwtExpirationMinutes: number;
    readonly cookieSecret: string;
    readonly otpPepper: string;
    readonly indexKey: string;
    readonly otp: { readonly length: number; readonly ttlMinutes: number } & TryingLimits;
    readonly limits: SendingLimits;
    /** Canonical addresses. */
    readonly adminEmails: readonly string[];
    readonly publicUrl: string;
    readonly shop: LiveShop;
  };
  /** What other modules hold about a person, for the export. */
  readonly personalData: readonly PersonalDataSource[];
  readonly ordersOfPerson: OrdersOfPerson;
  readonly team: TeamOfPerson;
  readonly findKey: SessionGuardOptions["findKey"];
  readonly admitOperator: SessionGuardOptions["admitOperator"];
  readonly operatorSql: OperatorSql;
}

export interface AuthModule {
  registerRoutes(app: Server): void;
  readonly jobs: Jobs;
  readonly mails: readonly MailComposer[];
  readonly sessionGuard: SessionGuard;
  readonly managePerson: ManagePerson;
  readonly manageLimits: ManageLimits;
  /** Ends every session of a person, as part of the transaction; call `forgetPerson` after it. */
  endSessionsOf(tx: Tx, userId: number, reason: TeamReason): Promise<void>;
  /** The next request of the person looks them up anew; in other processes within the cache's age. */
  forgetPerson(userId: number): void;
  /** The session as the database has it now; undefined when it is not alive. */
  findSessionAnew(sid: string): Promise<LiveSession | undefined>;
  /** Says so while Redis does not answer; PostgreSQL decides alone then. */
  troubles(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export function makeAuthModule(deps: AuthModuleDeps): AuthModule {
  const { db, reservedDb, clock, events, earlyRefusal, settings } = deps;
  const { cookieSecret, otp, limits } = settings;
  const secrets = makeLoginSecrets({ ...settings, sealer: deps.sealer, codeLength: otp.length });
  const lifetimeSeconds = settings.jwtExpirationMinutes * 60;
  const accessTokens = makeAccessTokens({ secrets: settings.jwtSecrets, lifetimeSeconds, clock });
  const refreshTokens = makeRefreshTokens(cookieSecret);
  const findLiveSession = makeFindLiveSession(deps.operatorSql);
  const sessionCache = makeSessionCache({ load: (sid) => findLiveSession(db, sid) });

  const sessionGuard = makeSessionGuard({
    cookies: deps.cookies,
    origins: deps.origins,
    findSession: sessionFinder(accessTokens, sessionCache),
    roleOf: makeRoleOf(settings.adminEmails),
    findKey: deps.findKey,
    admitOperator: deps.admitOperator,
  });
  const login = { db, secrets, accessTokens, refreshTokens, sessionCache, events };
  const isOperator = makeIsOperator(deps.operatorSql, settings.adminEmails);
  const persons = { ...login, orders: deps.ordersOfPerson, team: deps.team, isOperator };
  const managePerson = makeManagePerson({ ...persons, personalData: deps.personalData });
  const manageLimits = makeManageLimits({ db, limits, tryingLimits: otp, secrets, earlyRefusal });
  addLoginAlarms(deps.metrics, reservedDb, {
    codesPerHour: limits.codesPerHour,
    triesPerHour: otp.wrongTriesPerHour,
  });

  return {
    registerRoutes: (app) =>
      registerLoginRoutes(app, {
        ...deps,
        sessionGuard,
        managePerson,
        deletePerson: makeDeletePerson(persons),
        manageLimits,
        refreshTokens,
        accessTokens,
        findUserOfSession: async (sid) => (await sessionCache.find(sid))?.userId,
        limits,
        ttlMinutes: otp.ttlMinutes,
        tryingLimits: otp,
        endSessions: makeEndSessions(login),
        requestCode: makeRequestCode({ ...deps, ...login, limits, ttlMinutes: otp.ttlMinutes }),
        verifyCode: makeVerifyCode({ ...login, limits: otp }),
        refreshSession: makeRefreshSession(login),
        listSessions: (userId) => listLiveSessions(db, userId),
      }),
    jobs: PURGE_LOGIN_ROWS.handledBy(makePurgeLoginRows({ db: reservedDb, windowHours: limits.windowHours })),
    mails: [
      makeLoginMail({ secrets, textsIn: makeTextsIn(() => ({ ...settings.shop, url: settings.publicUrl })) }),
    ],
    sessionGuard,
    managePerson,
    manageLimits,
    async endSessionsOf(tx, userId, reason) {
      const ended = await revokeSessionsOfUser(tx, userId, reason);
      for (const _ of ended) events.sessionRevoked({ reason });
    },
    async findSessionAnew(sid) {
      sessionCache.forget([sid]);
      return sessionCache.find(sid);
    },
    forgetPerson: (userId) => sessionCache.forgetUser(userId),
    troubles: () => (earlyRefusal.state() === "down" ? { redis: "does not answer" } : {}),
    close: () => earlyRefusal.close(),
  };
}

type AccessTokens = ReturnType<typeof makeAccessTokens>;
type SessionCache = ReturnType<typeof makeSessionCache>;

/** The token names person and session; the session decides, and it must be that person's. */
function sessionFinder(accessTokens: AccessTokens, sessionCache: SessionCache) {
  return (token: string): FoundSession | undefined | Promise<FoundSession | undefined> => {
    const claims = accessTokens.read(token);
    if (claims === undefined) return undefined;
    const { userId, sid } = claims;
    const check = (state: Awaited<ReturnType<SessionCache["find"]>>): FoundSession | undefined =>
      state?.userId === userId
        ? {
            userId,
            sessionId: sid,
            email: state.email,
            name: state.name,
            role: state.role,
            operator: state.operator,
          }
        : undefined;
    const state = sessionCache.find(sid);
    return state instanceof Promise ? state.then(check) : check(state);
  };
}

/** People of ADMIN_EMAILS are owners, whatever any route says: nobody can be locked out. */
function makeRoleOf(ownerEmails: readonly string[]): (session: FoundSession) => Role | null {
  const owners = new Set(ownerEmails);
  return ({ email, role }) => (owners.has(email) ? "owner" : role);
}

type RouteDeps = Parameters<typeof registerRequestCode>[1] &
  Parameters<typeof registerVerifyCode>[1] &
  Parameters<typeof registerRefreshSession>[1] &
  Parameters<typeof registerLogOut>[1] & {
    readonly managePerson: ManagePerson;
    readonly deletePerson: DeletePerson;
    readonly manageLimits: ManageLimits;
    readonly listSessions: Parameters<typeof registerListSessions>[1];
  };

function registerLoginRoutes(app: Server, deps: RouteDeps): void {
  registerRequestCode(app, deps);
  registerVerifyCode(app, deps);
  registerRefreshSession(app, deps);
  registerLogOut(app, deps);
  registerShowMe(app);
  registerRenameMe(app, deps.managePerson);
  registerDeleteMe(app, deps);
  registerExportMe(app, deps.managePerson);
  registerListSessions(app, deps.listSessions);
  registerEndSession(app, deps.endSessions);
  registerListLimits(app, deps.manageLimits);
  registerListBusiestAddresses(app, deps.manageLimits);
  registerLiftLimit(app, deps.manageLimits);
  registerDisableUser(app, deps.managePerson);
  registerEnableUser(app, deps.managePerson);
  registerListLogins(app, deps.managePerson);
  registerExportUser(app, deps.managePerson);
  registerDeleteUser(app, deps.deletePerson);
}

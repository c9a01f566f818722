import { createHash, randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmailAddress } from "../../src/kernel/email-address.js";
import { checkCodeAndOpenSession, requestCode } from "../../src/modules/auth/login-code-store.js";
import { makeRefreshTokens, type RefreshToken } from "../../src/modules/auth/refresh-token.js";
import {
  makeFindLiveSession,
  revokeSessions,
  rotateRefreshToken,
} from "../../src/modules/auth/session-store.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { passTime } from "../support/login.js";
import { LIMITS, makeLoginModel, TRYING, TTL_MINUTES } from "./login-model.js";

const findLiveSession = makeFindLiveSession({
  role: "null::text",
  join: "",
  columns: `'none' as operator_session, false as has_factor, false as factor_is_shown, false as factor_is_fresh,
    false as touch_is_due`,
});

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40);

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase();
});
afterAll(() => database.drop());

const EMAILS = [
  "one@example.com",
  "two@example.com",
  "one+tag@example.com",
  "three@example.com",
] as EmailAddress[];
const ADDRESSES = ["198.51.100.1", "198.51.100.2", "2001:db8:1:2::/64", "2001:db8:1:3::/64"];

/** Mostly one of two, so that their limits are reached. */
const person = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);

/** Jumps are multiples of 37 s, so that no sum of them comes near a limit's edge while the test itself takes time. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("request" as const), email: person, address: fc.nat(3) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("verify" as const),
      email: person,
      address: fc.nat(3),
      challenge: fc.option(fc.nat(3), { nil: undefined }),
      guess: fc.option(fc.nat(3), { nil: undefined }),
      times: fc.constantFrom(1, 1, 1, 4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("refresh" as const), session: fc.nat(), back: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("log out" as const), session: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      seconds: fc.constantFrom(37, 74, 370, 925, 3_700, 37_000, 88_800, 2_590_000),
    }),
  },
);

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

test("any history of requests, tries, refreshes, log-outs and clock jumps is as the model has it", async () => {
  const tokens = makeRefreshTokens("a-secret-of-the-test-that-is-long-enough");
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (history) => {
      await database.query("truncate sessions, auth_tries, auth_tried_emails, auth_codes, users cascade");
      const model = makeLoginModel();
      const sessions: { sid: string; chain: RefreshToken[] }[] = [];
      /** Counted back from the newest code. */
      const codeId = (back: number | undefined): number | undefined =>
        back === undefined || back >= model.codeCount() ? undefined : model.codeCount() - 1 - back;

      for (const one of history) {
        if (one.do === "pass") {
          model.pass(one.seconds);
          await passTime({ database }, one.seconds);
        }
        if (one.do === "request") {
          const email = EMAILS[one.email]!;
          const network = ADDRESSES[one.address]!;
          const id = model.codeCount();
          const { kind } = await requestCode(
            database.db,
            {
              email,
              alias: `alias-of-${email}`,
              network,
              deviceHash: undefined,
              codeHash: hash(`code ${id}`),
              challengeHash: hash(`challenge ${id}`),
              sealedCode: randomBytes(8),
            },
            LIMITS,
            TTL_MINUTES,
          );
          expect(kind).toBe(model.request(email, network));
        }
        for (let time = 0; one.do === "verify" && time < one.times; time += 1) {
          const email = EMAILS[one.email]!;
          const network = ADDRESSES[one.address]!;
          const challenge = codeId(one.challenge);
          const guess = codeId(one.guess);
          const sid = randomUUID();
          const first = tokens.first(sid);
          const { kind } = await checkCodeAndOpenSession(database.db, {
            email,
            alias: `alias-of-${email}`,
            network,
            deviceHash: undefined,
            codeHash: hash(guess === undefined ? "wrong" : `code ${guess}`),
            challengeHash: challenge === undefined ? undefined : hash(`challenge ${challenge}`),
            isChallengeRequired: challenge !== undefined,
            limits: TRYING,
            session: {
              sid,
              kind: "bearer",
              userAgent: null,
              deviceHash: undefined,
              refreshHash: tokens.hash(first),
            },
          });
          expect(kind).toBe(model.verify(email, network, challenge, guess));
          if (kind === "accepted") {
            sessions.push({ sid, chain: [first] });
            accepted += 1;
          }
        }
        if (one.do === "refresh" && sessions.length > 0) {
          const index = one.session % sessions.length;
          const { sid, chain } = sessions[index]!;
          const generation = Math.max(0, chain.length - 1 - one.back);
          const shown = chain[generation]!;
          const child = tokens.childOf(shown);
          const verdict = await rotateRefreshToken(database.db, {
            sid,
            generation,
            hash: tokens.hash(shown),
            childHash: tokens.hash(child),
          });
          expect(verdict.kind === "granted" ? "granted" : "revoked").toBe(model.refresh(index, generation));
          if (verdict.kind === "granted" && generation === chain.length - 1) chain.push(child);
        }
        if (one.do === "log out" && sessions.length > 0) {
          const index = one.session % sessions.length;
          await revokeSessions(database.db, [sessions[index]!.sid], { everywhere: false });
          model.logOut(index);
        }
        for (const [index, { sid }] of sessions.entries()) {
          expect((await findLiveSession(database.db, sid)) !== undefined).toBe(model.isAlive(index));
        }
      }
    }),
    { numRuns: RUNS },
  );
  // Not a promise of login: that the histories, which are random, are not all refusals.
  expect(accepted, "some histories get in").toBeGreaterThan(0);
}, 600_000);

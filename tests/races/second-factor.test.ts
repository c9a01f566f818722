import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Login, logIn } from "../support/login.js";
import { codeOf, forgetCodes, setUpFactor, showFactor, wrongCodeOf } from "../support/second-factor.js";
import { startTwoProcesses, type TwoProcesses } from "../support/two-processes.js";

/** RACE_ROUNDS=50 is the full proof; a plain run takes fewer. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 6);
const CALLERS = 20;

describe("a second factor that many show at once, at two processes", () => {
  let pair: TwoProcesses;
  let owner: Login;
  let factor: { readonly secret: string; readonly recoveryCodes: readonly string[] };

  beforeAll(async () => {
    pair = await startTwoProcesses();
    owner = { ...({} as Login), token: pair.adminToken };
    factor = await setUpFactor(pair.here, owner.token);
  });
  afterAll(() => pair.stop());

  const forgetTries = () => pair.database.query("update operator_factors set tries = '{}'");
  /** The statuses of so many callers, half of them at each process. */
  const all = async (code: string, bearer = owner.token): Promise<Record<number, number>> => {
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, (_, number) =>
        showFactor(number % 2 === 0 ? pair.here : pair.there, bearer, code),
      ),
    );
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it("one code lets one in", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await forgetCodes(pair.database);
      await forgetTries();
      expect((await all(codeOf(factor.secret)))[200]).toBe(1);
    }
  });

  it("one recovery code lets one in", async () => {
    for (const code of factor.recoveryCodes.slice(0, ROUNDS)) {
      await forgetTries();
      expect((await all(code))[200]).toBe(1);
    }
  });

  it("five wrong codes are compared, however many are sent", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await forgetTries();
      expect(await all(wrongCodeOf(factor.secret))).toEqual({ 400: 5, 429: CALLERS - 5 });
    }
  });

  it("of two set-ups that are confirmed at once one counts, and its recovery codes are those that work", async () => {
    await forgetTries();
    const other = await logIn(pair.here, "admin@example.com").catch(() => undefined);
    const bearer = other?.token ?? owner.token;
    for (let round = 0; round < ROUNDS; round += 1) {
      await pair.database.query(
        "update operator_sessions set fresh_until = now() + interval '9 minutes' where factor_at is not null",
      );
      await forgetCodes(pair.database);
      await forgetTries();
      await showFactor(pair.here, bearer, codeOf(factor.secret));
      const offered = await pair.here.request("POST", "/admin/second-factor", { bearer });
      const { secret } = offered.body;
      const body = { code: codeOf(secret) };
      const answers = await Promise.all(
        [pair.here, pair.there, pair.here, pair.there].map((at) =>
          at.request("POST", "/admin/second-factor/confirm", { bearer, body }),
        ),
      );
      const good = answers.filter(({ status }) => status === 200);
      expect(good).toHaveLength(1);
      const [codes] = good.map(({ body: shown }) => shown.recovery_codes as string[]);
      factor = { secret, recoveryCodes: codes ?? [] };
      const [row] = await pair.database.query<{ n: number }>(
        "select count(*)::integer as n from operator_recovery_codes",
      );
      expect(row).toEqual({ n: 10 });
      await forgetTries();
      expect((await showFactor(pair.there, bearer, codes?.[0] ?? "")).status).toBe(200);
    }
  });
});

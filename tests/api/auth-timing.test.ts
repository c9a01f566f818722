import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { logIn, mailedCode, passTime } from "../support/login.js";

const SAMPLES = 200;
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    TRUST_PROXY: "127.0.0.1",
    RATE_LIMIT_CODES_PER_MINUTE: "999999",
    RATE_LIMIT_CODES_PER_DAY: "999999",
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    RATE_LIMIT_CODES_PER_EMAIL_PER_DAY: "999999",
  });
});
afterAll(() => app.stop());

const PAIRS = [
  ["known", "unknown"],
  ["known", "disabled"],
  ["unknown", "disabled"],
] as const;

test("known, unknown and disabled addresses take the same time, to ask and to be wrong", async () => {
  const emails = {
    known: "known@example.com",
    unknown: "unknown@example.com",
    disabled: "disabled@example.com",
  };
  const known = await logIn(app, emails.known);
  const disabled = await logIn(app, emails.disabled);
  await app.database.query("update users set disabled_at = now() where id = $1", [disabled.userId]);
  await passTime(app, 120);
  expect(known.userId).toBeGreaterThan(0);

  const times = (path: string, bodyOf: (email: string, address: string) => unknown, status: number) =>
    measure(async (email, address) => {
      const body = bodyOf(email, address);
      const started = performance.now();
      const answer = await app.request("POST", path, { body, headers: { "x-forwarded-for": address } });
      expect(answer.status).toBe(status);
      return performance.now() - started;
    });
  /**
   * The three take turns in a changing order, so that whatever else the machine does falls on all of them alike; and
   * within a turn they are compared with each other, not with a clock. Answers how often the first of each pair was
   * the slower one: the half, where nothing tells them apart.
   */
  const measure = async (call: (email: string, address: string) => Promise<number>) => {
    const names = Object.keys(emails) as (keyof typeof emails)[];
    const slower: Record<string, number> = {};
    for (let index = 0; index < SAMPLES; index += 1) {
      const took: Partial<Record<string, number>> = {};
      for (let place = 0; place < names.length; place += 1) {
        const name = names[(index + place) % names.length]!;
        took[name] = await call(emails[name], `10.9.${index >> 8}.${index & 255}`);
      }
      for (const [one, other] of PAIRS) {
        const pair = `${one} slower than ${other}`;
        slower[pair] = (slower[pair] ?? 0) + (took[one]! > took[other]! ? 1 / SAMPLES : 0);
      }
    }
    return slower;
  };
  /** Seven standard deviations of a fair coin that is thrown 200 times. */
  const isNoDifference = (slower: Readonly<Record<string, number>>): void => {
    for (const [pair, share] of Object.entries(slower)) {
      expect(Math.abs(share - 0.5), `${pair}: ${share}`).toBeLessThan(0.25);
    }
  };

  isNoDifference(await times("/auth/request-code", (email) => ({ email }), 200));
  // From addresses that asked, so that each try has one live code to be compared with and budgets of its own.
  isNoDifference(await times("/auth/verify-code", (email) => ({ email, code: "000000" }), 400));
  expect(await mailedCode(app, emails.unknown)).toMatch(/^\d{6}$/);
}, 300_000);

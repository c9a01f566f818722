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

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

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
  /** The three take turns, so that whatever else the machine does falls on all of them alike. */
  const measure = async (call: (email: string, address: string) => Promise<number>) => {
    const found: Record<string, number[]> = { known: [], unknown: [], disabled: [] };
    for (let index = 0; index < SAMPLES; index += 1) {
      for (const [name, email] of Object.entries(emails)) {
        found[name]?.push(await call(email, `10.9.${index >> 8}.${index & 255}`));
      }
    }
    const medians = Object.values(found).map(median);
    return Math.max(...medians) - Math.min(...medians);
  };

  expect(await times("/auth/request-code", (email) => ({ email }), 200)).toBeLessThan(5);
  // From addresses that asked, so that each try has one live code to be compared with and budgets of its own.
  expect(await times("/auth/verify-code", (email) => ({ email, code: "000000" }), 400)).toBeLessThan(5);
  expect(await mailedCode(app, emails.unknown)).toMatch(/^\d{6}$/);
}, 300_000);

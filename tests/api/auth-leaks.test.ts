import { afterAll, beforeAll, expect, it } from "vitest";
import { makeLog } from "../../src/telemetry/log.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { cookiesOf, mailedCode } from "../support/login.js";

const EMAIL = "careful@example.com";
const logged: string[] = [];
let app: TestApp;

beforeAll(async () => {
  const sink = { write: (line: string) => void logged.push(line) };
  app = await startTestApp({}, { log: makeLog({ level: "trace", format: "json", sink }) });
});
afterAll(() => app.stop());

it("a whole login, with all its mistakes, leaves no code, token or full e-mail in log, metrics or errors", async () => {
  const errors: string[] = [];
  const call = async (method: string, path: string, options: Parameters<TestApp["request"]>[2] = {}) => {
    const answer = await app.request(method, path, options);
    if (answer.status >= 400) errors.push(answer.text);
    return answer;
  };
  const asked = await call("POST", "/auth/request-code", { body: { email: EMAIL } });
  const code = await mailedCode(app, EMAIL);
  const wrong = code === "135790" ? "246801" : "135790";
  await call("POST", "/auth/request-code", { body: { email: EMAIL } });
  await call("POST", "/auth/verify-code", { body: { email: EMAIL, code: wrong } });
  await call("POST", "/auth/verify-code", { body: { email: EMAIL, code: `${wrong}x`, challenge: "nope" } });
  const login = await call("POST", "/auth/verify-code", {
    body: { email: EMAIL, code, challenge: asked.body.challenge },
    cookie: cookiesOf(asked),
  });
  expect(login.status).toBe(200);
  await call("POST", "/auth/verify-code", { body: { email: EMAIL, code } });
  const refreshed = await call("POST", "/auth/refresh", {
    body: { refresh_token: login.body.refresh_token },
  });
  await call("GET", "/auth/me", { bearer: refreshed.body.token });
  await call("GET", `/auth/me?token=${login.body.token}`, { bearer: `${login.body.token}x` });
  await call("POST", "/auth/logout", { cookie: cookiesOf(login), bearer: login.body.token });
  const { text: metrics } = await app.request("GET", "/metrics");

  const secrets = [
    code,
    wrong,
    asked.body.challenge,
    login.body.token,
    login.body.refresh_token,
    refreshed.body.token,
    refreshed.body.refresh_token,
    ...cookiesOf(login)
      .split("; ")
      .map((pair) => pair.slice(pair.indexOf("=") + 1)),
    EMAIL,
  ] as string[];
  // The development inbox says the code at the terminal, on purpose.
  const lines = logged.filter((line) => !line.includes("Sign-in code for"));
  expect(lines.length).toBeGreaterThan(5);
  for (const secret of secrets) {
    // Ids and durations may hold any six digits; a code is looked for as a word of its own.
    const pattern = new RegExp(`(?<![\\w.-])${secret.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.-])`);
    expect(lines.filter((line) => pattern.test(line))).toEqual([]);
    expect([metrics, ...errors].filter((text) => pattern.test(text))).toEqual([]);
  }
});

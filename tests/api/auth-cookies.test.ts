import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { createSigner } from "fast-jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../support/app.js";
import { cookiesOf, type Login, logIn, mailedCode, passTime } from "../support/login.js";

const FRONT_END = "https://shop.example.com";
const OWN = "https://api.example.com";
const JWT_SECRET = "a-key-of-the-test-that-is-long-enough-01";
const OLD_JWT_SECRET = "an-older-key-of-the-test-long-enough-02";

let app: TestApp;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp({
    FRONTEND_ORIGINS: JSON.stringify([FRONT_END, "http://localhost:3000"]),
    PUBLIC_URL: OWN,
    JWT_SECRET: `${JWT_SECRET},${OLD_JWT_SECRET}`,
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    ADMIN_EMAILS: "Boss@Example.com",
  });
});
afterAll(() => app.stop());

const newEmail = (): string => {
  serial += 1;
  return `cookie-${serial}@example.com`;
};
const cookieOf = (login: Login, name: string): string =>
  login.cookies.split("; ").find((pair) => pair.startsWith(`${name}=`)) ?? "";
const me = (options: {
  cookie?: string;
  bearer?: string;
  headers?: Record<string, string>;
}): Promise<Answer> => app.request("GET", "/auth/me", options);
const refreshBy = (token: string): Promise<Answer> =>
  app.request("POST", "/auth/refresh", { body: { refresh_token: token } });

/** The login's access token as it is after its time. */
function expired({ token }: Login): string {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const sign = createSigner({ algorithm: "HS256", key: JWT_SECRET });
  return sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 });
}

function expectUnauthorised(answer: Answer, detail: string): void {
  expect(answer.status).toBe(401);
  expect(answer.body.detail).toBe(detail);
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
}

describe("200: what a login hands out", () => {
  test("both by default: tokens in the body and cookies that script cannot read", async () => {
    const { answer } = await logIn(app, newEmail());
    const lines = answer.headers.getSetCookie();
    const names = lines.map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual(["tribi_challenge", "tribi_device", "tribi_refresh", "tribi_token"]);
    for (const line of lines) {
      expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
      expect(line.length).toBeLessThan(4096);
    }
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.body.token).toBeTruthy();
  });

  test("cookie leaves every token out of the body", async () => {
    const login = await logIn(app, newEmail(), { verify: { session: "cookie" } });
    expect(Object.keys(login.answer.body).sort()).toEqual(["expires_at", "user"]);
    for (const name of ["tribi_token", "tribi_refresh"]) {
      expect(login.answer.text).not.toContain(cookieOf(login, name).split("=")[1]);
    }
    const headers = { origin: FRONT_END };
    const renewed = await app.request("POST", "/auth/refresh", { cookie: login.cookies, headers });
    expect(Object.keys(renewed.body).sort()).toEqual(["expires_at", "user"]);
    expect(cookiesOf(renewed)).toContain("tribi_refresh=");
  });

  test("bearer sets no cookie, and refresh keeps it that way", async () => {
    const login = await logIn(app, newEmail(), { verify: { session: "bearer" } });
    expect(login.answer.headers.getSetCookie()).toEqual([]);
    const renewed = await refreshBy(login.refreshToken);
    expect(renewed.status).toBe(200);
    expect(renewed.headers.getSetCookie()).toEqual([]);
    expect((await me({ bearer: renewed.body.token })).status).toBe(200);
  });

  test("every token has all its claims, names the user by id, and lives as configured", async () => {
    const login = await logIn(app, newEmail());
    const claims = JSON.parse(Buffer.from(login.token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toEqual({
      sub: String(login.userId),
      sid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: expect.any(Number),
      exp: claims.iat + 1440 * 60,
      iss: "tribi",
      aud: "tribi-api",
      jti: expect.any(String),
    });
  });

  test("an admin is told from ADMIN_EMAILS in any spelling", async () => {
    const { token } = await logIn(app, "boss@example.com");
    expect((await me({ bearer: token })).body.is_admin).toBe(true);
  });

  test("with cookies switched off only Bearer is left", async () => {
    const bare = await startTestApp({ COOKIE_AUTH_ENABLED: "false" });
    try {
      const login = await logIn(bare, newEmail(), { verify: { session: "cookie" } });
      expect(login.answer.headers.getSetCookie()).toEqual([]);
      expect((await bare.request("GET", "/auth/me", { bearer: login.token })).status).toBe(200);
      const cookie = `tribi_token=${login.token}`;
      expectUnauthorised(await bare.request("GET", "/auth/me", { cookie }), "Missing credentials");
    } finally {
      await bare.stop();
    }
  });
});

describe("401: which credential counts", () => {
  let a: Login;
  let b: Login;
  beforeAll(async () => {
    a = await logIn(app, newEmail());
    b = await logIn(app, newEmail());
  });

  test("the cookie first, the header when there is no valid cookie", async () => {
    const emailOf = async (options: Parameters<typeof me>[0]) => (await me(options)).body.email;
    const [emailA, emailB] = [a.answer.body.user.email, b.answer.body.user.email];
    expect(await emailOf({ cookie: cookieOf(a, "tribi_token") })).toBe(emailA);
    expect(await emailOf({ bearer: b.token })).toBe(emailB);
    expect(await emailOf({ cookie: cookieOf(a, "tribi_token"), bearer: a.token })).toBe(emailA);
    expect(await emailOf({ cookie: "tribi_token=broken", bearer: b.token })).toBe(emailB);
    expect(await emailOf({ cookie: cookieOf(a, "tribi_token"), bearer: "broken" })).toBe(emailA);
  });

  test("an expired cookie does not block a good Bearer token", async () => {
    const cookie = `tribi_token=${expired(a)}`;
    const answer = await me({ cookie, bearer: b.token });
    expect(answer.body.email).toBe(b.answer.body.user.email);
    expectUnauthorised(await me({ cookie }), "Invalid token");
  });

  test("two people at once are refused", async () => {
    const answer = await me({ cookie: cookieOf(a, "tribi_token"), bearer: b.token });
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe("conflicting_credentials");
  });

  test("of two session cookies the valid one counts; two of different people never select silently", async () => {
    for (const pair of [
      [a.token, b.token],
      [b.token, a.token],
    ]) {
      const answer = await me({ cookie: pair.map((token) => `tribi_token=${token}`).join("; ") });
      expect([answer.status, answer.body.code]).toEqual([401, "conflicting_credentials"]);
    }
    for (const dead of ["planted", expired(a), a.token]) {
      for (const pair of [
        [a.token, dead],
        [dead, a.token],
      ]) {
        const answer = await me({ cookie: pair.map((token) => `tribi_token=${token}`).join("; ") });
        expect(answer.body.email).toBe(a.answer.body.user.email);
      }
    }
    expectUnauthorised(await me({ cookie: "tribi_token=planted; tribi_token=dead" }), "Invalid token");
  });

  test("an error clears no cookie", async () => {
    for (const answer of [
      await me({ cookie: "tribi_token=broken" }),
      await app.request("POST", "/auth/refresh", {
        cookie: "tribi_refresh=broken",
        headers: { origin: OWN },
      }),
      await app.request("PATCH", "/auth/me", { cookie: a.cookies, body: { name: "x" } }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test.each([
    ["nothing", {}, "Missing credentials"],
    ["an empty Bearer", { authorization: "Bearer " }, "Invalid token"],
    ["the scheme alone", { authorization: "bearer" }, "Invalid token"],
    ["two words", { authorization: "Bearer  a b" }, "Invalid token"],
    ["Basic", { authorization: "Basic YTpi" }, "Invalid token"],
    ["rubbish", { authorization: "Bearer a.b.c" }, "Invalid token"],
    ["a token of 8 KiB", { authorization: `Bearer ${"a".repeat(8192)}` }, "Invalid token"],
  ] as [string, Record<string, string>, string][])("%s", async (_name, headers, detail) => {
    expectUnauthorised(await me({ headers }), detail);
  });

  test("two Authorization headers are none", async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${app.url}/auth/me`, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.setHeader("Authorization", [`Bearer ${a.token}`, `Bearer ${b.token}`]);
      sent.on("error", reject).end();
    });
    expect(status).toBe(401);
  });
});

describe("401: forged tokens, one body for all of them", () => {
  let login: Login;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    login = await logIn(app, newEmail());
    claims = JSON.parse(Buffer.from(login.token.split(".")[1] ?? "", "base64url").toString());
  });

  const token = (header: object, body: object, key = JWT_SECRET, hash = "sha256"): string => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
    const data = `${encode(header)}.${encode(body)}`;
    return `${data}.${createHmac(hash, key).update(data).digest("base64url")}`;
  };
  const HS256 = { alg: "HS256", typ: "JWT" };

  test("the test's own way of making tokens is right, with the old secret too", async () => {
    expect((await me({ bearer: token(HS256, claims) })).status).toBe(200);
    expect((await me({ bearer: token({ alg: "HS256" }, claims) })).status).toBe(200);
    expect((await me({ bearer: token(HS256, claims, OLD_JWT_SECRET) })).status).toBe(200);
  });

  test.each<[string, () => string]>([
    ["none", () => `${token({ alg: "none" }, claims).split(".").slice(0, 2).join(".")}.`],
    ["None", () => `${token({ alg: "None" }, claims).split(".").slice(0, 2).join(".")}.`],
    ["nOnE with a signature", () => token({ alg: "nOnE" }, claims)],
    ["an empty signature", () => `${login.token.split(".").slice(0, 2).join(".")}.`],
    ["HS512", () => token({ alg: "HS512" }, claims, JWT_SECRET, "sha512")],
    ["HS384", () => token({ alg: "HS384" }, claims, JWT_SECRET, "sha384")],
    ["RS256 in name", () => token({ alg: "RS256" }, claims)],
    ["PS256 in name", () => token({ alg: "PS256" }, claims)],
    ["ES256 in name", () => token({ alg: "ES256" }, claims)],
    ["a kid", () => token({ ...HS256, kid: "../../dev/null" }, claims)],
    ["a jku", () => token({ ...HS256, jku: "https://evil.test/keys" }, claims)],
    ["a jwk", () => token({ ...HS256, jwk: { kty: "oct", k: "AA" } }, claims)],
    ["an x5u", () => token({ ...HS256, x5u: "https://evil.test/cert" }, claims)],
    ["another key", () => token(HS256, claims, "another-key-that-is-long-enough-000000")],
    ["an empty key", () => token(HS256, claims, "")],
    ["a public key as the secret", () => token(HS256, claims, "-----BEGIN PUBLIC KEY-----")],
    ["exp as text", () => token(HS256, { ...claims, exp: "9999999999" })],
    ["exp of 1e99", () => token(HS256, { ...claims, exp: 1e99 })],
    ["a negative exp", () => token(HS256, { ...claims, exp: -1 })],
    ["a fraction of exp", () => token(HS256, { ...claims, exp: 9999999999.5 })],
    ["exp in the past", () => token(HS256, { ...claims, exp: Math.floor(Date.now() / 1000) - 1 })],
    ["iat 5 minutes ahead", () => token(HS256, { ...claims, iat: Math.floor(Date.now() / 1000) + 300 })],
    [
      "iat 10 years ahead",
      () => {
        const iat = Math.floor(Date.now() / 1000) + 10 * 365 * 86_400;
        return token(HS256, { ...claims, iat, exp: iat + 86_400 });
      },
    ],
    ["nbf in the future", () => token(HS256, { ...claims, nbf: Math.floor(Date.now() / 1000) + 600 })],
    ["aud without us", () => token(HS256, { ...claims, aud: ["other"] })],
    ["another iss", () => token(HS256, { ...claims, iss: "evil" })],
    ["sub as a number", () => token(HS256, { ...claims, sub: login.userId })],
    ["sub as an e-mail", () => token(HS256, { ...claims, sub: login.answer.body.user.email })],
    ["sub of another person", () => token(HS256, { ...claims, sub: String(login.userId + 1) })],
    ["a sid that is none", () => token(HS256, { ...claims, sid: "1" })],
    ["a sid that never was", () => token(HS256, { ...claims, sid: "00000000-0000-4000-8000-000000000000" })],
    ...["sub", "sid", "iat", "exp", "iss", "aud", "jti"].map((name): [string, () => string] => [
      `no ${name}`,
      () => token(HS256, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))),
    ]),
    ["a refresh token", () => login.refreshToken],
  ])("%s", async (_name, make) => {
    const bearer = make();
    expectUnauthorised(await me({ bearer }), "Invalid token");
    expectUnauthorised(await me({ cookie: `tribi_token=${bearer}` }), "Invalid token");
  });

  test("an access token is no refresh token", async () => {
    expectUnauthorised(await refreshBy(login.token), "Invalid token");
  });
});

describe("refresh", () => {
  test("inside the grace the same child, after it the family ends", async () => {
    const { refreshToken: parent } = await logIn(app, newEmail());
    const first = await refreshBy(parent);
    const second = await refreshBy(parent);
    expect(first.status).toBe(200);
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
    expect(second.body.token).not.toBe(first.body.token);
    await passTime(app, 11);
    const reused = await refreshBy(parent);
    expectUnauthorised(reused, "This session has ended. Sign in again.");
    expect(reused.body.code).toBe("session_revoked");
    expect((await refreshBy(first.body.refresh_token)).body.code).toBe("session_revoked");
    expectUnauthorised(await me({ bearer: first.body.token }), "Invalid token");
  });

  test("the grace begins once: the parent shown at 0, 6 and 12 s ends the family", async () => {
    const { refreshToken: parent } = await logIn(app, newEmail());
    const child = await refreshBy(parent);
    await passTime(app, 6);
    expect((await refreshBy(parent)).body.refresh_token).toBe(child.body.refresh_token);
    await passTime(app, 6);
    expect((await refreshBy(parent)).body.code).toBe("session_revoked");
    expect((await refreshBy(child.body.refresh_token)).body.code).toBe("session_revoked");
  });

  test("of two refresh cookies the living one counts, of one session the newest", async () => {
    const headers = { origin: OWN };
    const renew = (...tokens: string[]) =>
      app.request("POST", "/auth/refresh", {
        cookie: tokens.map((token) => `tribi_refresh=${token}`).join("; "),
        headers,
      });
    const email = newEmail();
    const dead = await logIn(app, email);
    await app.request("POST", "/auth/logout", { bearer: dead.token });
    await passTime(app, 61);
    const login = await logIn(app, email);
    let current = login.refreshToken;
    for (const other of [dead.refreshToken, "rubbish", login.refreshToken]) {
      for (const isFirst of [true, false]) {
        const answer = await (isFirst ? renew(other, current) : renew(current, other));
        expect([answer.status, answer.body.user?.email]).toEqual([200, email]);
        current = answer.body.refresh_token;
      }
    }
    const stranger = await logIn(app, newEmail());
    expect((await renew(stranger.refreshToken, current)).body.code).toBe("conflicting_credentials");
    expect((await refreshBy(current)).status, "nobody was ended by it").toBe(200);
    expect((await refreshBy(stranger.refreshToken)).status).toBe(200);
  });

  test("the grace ends at the child's first use", async () => {
    const { refreshToken: parent } = await logIn(app, newEmail());
    const child = (await refreshBy(parent)).body.refresh_token;
    expect((await refreshBy(child)).status).toBe(200);
    expect((await refreshBy(parent)).body.code).toBe("session_revoked");
  });

  test("a token of any earlier generation ends the family", async () => {
    const first = (await logIn(app, newEmail())).refreshToken;
    const second = (await refreshBy(first)).body.refresh_token;
    const third = (await refreshBy(second)).body.refresh_token;
    const fourth = await refreshBy(third);
    expect((await refreshBy(first)).body.code).toBe("session_revoked");
    expectUnauthorised(await me({ bearer: fourth.body.token }), "Invalid token");
    expectUnauthorised(await refreshBy(fourth.body.refresh_token), "This session has ended. Sign in again.");
  });

  test("a forged or altered token revokes nothing", async () => {
    const { refreshToken } = await logIn(app, newEmail());
    for (let index = 4; index < refreshToken.length; index += 7) {
      const letter = refreshToken[index] === "A" ? "B" : "A";
      const forged = refreshToken.slice(0, index) + letter + refreshToken.slice(index + 1);
      expectUnauthorised(await refreshBy(forged), "Invalid token");
    }
    expect((await refreshBy(refreshToken)).status).toBe(200);
  });

  test("a family ends after 30 days whatever the cookie says", async () => {
    const login = await logIn(app, newEmail());
    await passTime(app, 30 * 86_400 - 5);
    const child = await refreshBy(login.refreshToken);
    expect(child.status).toBe(200);
    expect(Date.parse(child.body.expires_at)).toBeLessThanOrEqual(Date.now() + 5_000);
    await passTime(app, 6);
    expect((await refreshBy(child.body.refresh_token)).body.code).toBe("session_revoked");
  });

  test("without a token 401, with null bytes or a number 422", async () => {
    expectUnauthorised(await app.request("POST", "/auth/refresh"), "Missing credentials");
    expect((await app.request("POST", "/auth/refresh", { body: { refresh_token: 7 } })).status).toBe(422);
  });
});

describe("sessions that end", () => {
  const markOurs = { origin: OWN };

  test("log-out ends cookie, access and refresh token at the server, and clears the cookies", async () => {
    const login = await logIn(app, newEmail());
    expect((await me({ bearer: login.token })).status).toBe(200);
    const out = await app.request("POST", "/auth/logout", { cookie: login.cookies, headers: markOurs });
    expect(out.body).toEqual({ message: "logged_out" });
    expect(out.headers.getSetCookie().map((line) => line.split(";")[0])).toEqual([
      "tribi_token=",
      "tribi_refresh=",
      "tribi_challenge=",
    ]);
    expectUnauthorised(await me({ bearer: login.token }), "Invalid token");
    expectUnauthorised(await me({ cookie: login.cookies }), "Invalid token");
    expect((await refreshBy(login.refreshToken)).body.code).toBe("session_revoked");
  });

  test("without a session it is 200 too, and so it is twice", async () => {
    expect((await app.request("POST", "/auth/logout")).status).toBe(200);
    const login = await logIn(app, newEmail());
    for (let index = 0; index < 2; index += 1) {
      expect((await app.request("POST", "/auth/logout", { bearer: login.token })).status).toBe(200);
    }
  });

  test("an access token that has expired does not save the session from log-out", async () => {
    const login = await logIn(app, newEmail());
    const cookie = cookieOf(login, "tribi_refresh");
    await app.request("POST", "/auth/logout", { cookie, headers: markOurs });
    expect((await refreshBy(login.refreshToken)).body.code).toBe("session_revoked");
  });

  test("everywhere ends all of the person's sessions and nobody else's", async () => {
    const email = newEmail();
    const other = await logIn(app, newEmail());
    const first = await logIn(app, email);
    await passTime(app, 61);
    const second = await logIn(app, email);
    await app.request("POST", "/auth/logout?everywhere=true", { bearer: second.token });
    expectUnauthorised(await me({ bearer: first.token }), "Invalid token");
    expectUnauthorised(await me({ bearer: second.token }), "Invalid token");
    expect((await me({ bearer: other.token })).status).toBe(200);
  });

  /** Each way to name a session at log-out, and nothing else in the request. */
  const NAMES: Readonly<Record<string, (login: Login) => Parameters<TestApp["request"]>[2]>> = {
    cookie: (login) => ({ cookie: cookieOf(login, "tribi_token"), headers: markOurs }),
    "expired cookie": (login) => ({ cookie: `tribi_token=${expired(login)}`, headers: markOurs }),
    Bearer: (login) => ({ bearer: login.token }),
    "expired Bearer": (login) => ({ bearer: expired(login) }),
    "refresh cookie": (login) => ({ cookie: cookieOf(login, "tribi_refresh"), headers: markOurs }),
    refresh_token: (login) => ({ body: { refresh_token: login.refreshToken } }),
    "dead cookie beside the living one": (login) => ({
      cookie: `tribi_token=planted; ${cookieOf(login, "tribi_token")}`,
      headers: markOurs,
    }),
    "doubled refresh cookie": (login) => ({
      cookie: `tribi_refresh=planted; ${cookieOf(login, "tribi_refresh")}`,
      headers: markOurs,
    }),
  };

  test.each(Object.entries(NAMES))("log-out ends what the %s names", async (_name, named) => {
    const email = newEmail();
    const first = await logIn(app, email);
    await passTime(app, 61);
    const second = await logIn(app, email);
    const other = await logIn(app, newEmail());
    expect((await app.request("POST", "/auth/logout", named(first))).status).toBe(200);
    expectUnauthorised(await me({ bearer: first.token }), "Invalid token");
    expect((await me({ bearer: second.token })).status).toBe(200);
    await passTime(app, 61);
    const third = await logIn(app, email);
    expect((await app.request("POST", "/auth/logout?everywhere=true", named(second))).status).toBe(200);
    expectUnauthorised(await me({ bearer: second.token }), "Invalid token");
    expectUnauthorised(await me({ bearer: third.token }), "Invalid token");
    expect((await me({ bearer: other.token })).status).toBe(200);
  });

  test("log-out with cookies of two people ends both and is no way to be locked in", async () => {
    const [a, b] = [await logIn(app, newEmail()), await logIn(app, newEmail())];
    const cookie = `tribi_token=${a.token}; tribi_token=${b.token}`;
    const out = await app.request("POST", "/auth/logout", { cookie, headers: markOurs });
    expect(out.status).toBe(200);
    for (const { token } of [a, b]) expectUnauthorised(await me({ bearer: token }), "Invalid token");
  });

  test("what has ended or was made elsewhere names nobody's other sessions", async () => {
    const email = newEmail();
    const first = await logIn(app, email);
    await app.request("POST", "/auth/logout", { bearer: first.token });
    await passTime(app, 61);
    const second = await logIn(app, email);
    const forged = `${second.refreshToken.slice(0, -2)}AA`;
    for (const shown of [
      { bearer: first.token },
      { body: { refresh_token: first.refreshToken } },
      { body: { refresh_token: forged } },
      { bearer: `${second.token.slice(0, -4)}AAAA` },
    ]) {
      expect((await app.request("POST", "/auth/logout?everywhere=true", shown)).status).toBe(200);
    }
    expect((await me({ bearer: second.token })).status).toBe(200);
  });

  test("a person sees their own sessions and ends one of them", async () => {
    const email = newEmail();
    const first = await logIn(app, email, {
      headers: { "user-agent": "Mozilla/5.0 (iPhone) Version/17.0 Mobile/15E148 Safari/604.1" },
    });
    await passTime(app, 61);
    const second = await logIn(app, email);
    const list = (await app.request("GET", "/auth/sessions", { bearer: second.token })).body;
    expect(list).toHaveLength(2);
    expect(list.find((line: { is_current: boolean }) => line.is_current).user_agent).toBe("node");
    const older = list.find((line: { is_current: boolean }) => !line.is_current);
    expect(older).toMatchObject({ user_agent: "Safari on iPhone", ip_address: "127.0.0.1" });

    const stranger = await logIn(app, newEmail());
    const end = (bearer: string) => app.request("DELETE", `/auth/sessions/${older.id}`, { bearer });
    const foreign = await end(stranger.token);
    const absent = await app.request("DELETE", "/auth/sessions/999999", { bearer: stranger.token });
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect({ ...foreign.body, request_id: "" }).toEqual({ ...absent.body, request_id: "" });
    expect((await end(second.token)).body).toEqual({ message: "session_ended" });
    expectUnauthorised(await me({ bearer: first.token }), "Invalid token");
    expect((await me({ bearer: second.token })).status).toBe(200);
  });

  test("a disabled person's sessions open nothing within 5 s, and codes open none", async () => {
    const login = await logIn(app, newEmail());
    await app.database.query("update users set disabled_at = now() where id = $1", [login.userId]);
    await expect
      .poll(async () => (await me({ bearer: login.token })).status, { timeout: 5_000, interval: 100 })
      .toBe(401);
    expect((await refreshBy(login.refreshToken)).status).toBe(401);
  });
});

describe("the person's own rights", () => {
  test("a name is set, trimmed, shown and taken away; other members are refused", async () => {
    const { token } = await logIn(app, newEmail());
    const rename = (body: object) => app.request("PATCH", "/auth/me", { bearer: token, body });
    expect((await rename({ name: "  Ada  " })).body.name).toBe("Ada");
    expect((await me({ bearer: token })).body.name).toBe("Ada");
    expect((await rename({ name: null })).body.name).toBeNull();
    for (const body of [{}, { name: "" }, { name: " " }, { name: 7 }, { name: "x".repeat(201) }]) {
      expect((await rename(body)).status).toBe(422);
    }
    for (const member of ["is_admin", "role", "email", "id", "user_id", "status"]) {
      expect((await rename({ name: "Eve", [member]: true })).status).toBe(422);
    }
    expect((await me({ bearer: token })).body.name).toBeNull();
  });

  test("the export holds the person, sessions and codes, and no secret", async () => {
    const login = await logIn(app, newEmail());
    const { body, text } = await app.request("GET", "/auth/me/export", { bearer: login.token });
    expect(body.person.email).toBe(login.answer.body.user.email);
    expect(body.sessions).toHaveLength(1);
    expect(body.login_codes).toHaveLength(1);
    expect(text).not.toMatch(/hash|sealed|\\\\x/);
  });

  test("deletion leaves no address behind, ends every session, and frees the address", async () => {
    const email = newEmail();
    const login = await logIn(app, email);
    const gone = await app.request("DELETE", "/auth/me", { bearer: login.token });
    expect(gone.body).toEqual({ message: "account_deleted" });
    expectUnauthorised(await me({ bearer: login.token }), "Invalid token");
    const [row] = await app.database.query<{ n: number }>(
      `select (select count(*) from users where email = $1) + (select count(*) from auth_codes where email = $1)
       + (select count(*) from auth_tries where email = $1) as n`,
      [email],
    );
    expect(Number(row?.n)).toBe(0);
    // The limits on sending go on.
    await passTime(app, 61);
    const again = await logIn(app, email);
    expect(again.userId).not.toBe(login.userId);
  });
});

describe("403: requests from strange pages", () => {
  let login: Login;
  beforeAll(async () => {
    login = await logIn(app, newEmail());
  });

  // Origin, Sec-Fetch-Site, and whether a cookie alone may act.
  const EDGES: [string | undefined, string | undefined, boolean][] = [
    [undefined, undefined, false],
    [undefined, "same-origin", true],
    [undefined, "same-site", false],
    [undefined, "cross-site", false],
    [undefined, "none", false],
    ["null", undefined, false],
    ["null", "same-origin", false],
    ["null", "cross-site", false],
    ["https://evil.test", undefined, false],
    ["https://evil.test", "cross-site", false],
    ["https://evil.test", "same-origin", false],
    [FRONT_END, undefined, true],
    [FRONT_END, "cross-site", true],
    [FRONT_END, "same-site", true],
    ["http://localhost:3000", undefined, true],
    ["http://localhost:3001", undefined, false],
    [OWN, undefined, true],
    [OWN, "same-origin", true],
    [`${FRONT_END}.evil.test`, undefined, false],
    ["https://evil-shop.example.com", undefined, false],
    ["http://shop.example.com", undefined, false],
    ["https://shop.example.com:8443", undefined, false],
    ["https://SHOP.example.com", undefined, false],
    [`${FRONT_END}/`, undefined, false],
    ["https://example.com", undefined, false],
    ["", undefined, false],
    ["OUR_PORT", undefined, true],
    ["OTHER_PORT", undefined, false],
    ["http://127.0.0.1.evil.test", undefined, false],
  ];
  const headersOf = (origin: string | undefined, site: string | undefined): Record<string, string> => {
    const port = Number(new URL(app.url).port);
    const real = origin
      ?.replace("OUR_PORT", `http://127.0.0.1:${port}`)
      .replace("OTHER_PORT", `http://127.0.0.1:${port + 1}`);
    return {
      ...(real === undefined ? {} : { origin: real }),
      ...(site === undefined ? {} : { "sec-fetch-site": site }),
    };
  };
  const refused = (answer: Answer): boolean =>
    answer.status === 403 && answer.body.code === "cross_site_request";

  test.each(EDGES)("Origin %s, Sec-Fetch-Site %s: a cookie may act: %s", async (origin, site, isOurs) => {
    const headers = headersOf(origin, site);
    const cookie = cookieOf(login, "tribi_token");
    const bare = await app.request("PATCH", "/auth/me", { cookie, headers, body: { name: "x" } });
    expect(refused(bare)).toBe(!isOurs);
    expect(bare.status).toBe(isOurs ? 200 : 403);
    // A valid Bearer of the same person exempts, beside the cookie or alone.
    for (const withCookie of [{ cookie }, {}]) {
      const exempt = await app.request("PATCH", "/auth/me", {
        ...withCookie,
        bearer: login.token,
        headers,
        body: { name: "y" },
      });
      expect(exempt.status).toBe(200);
    }
    expect((await me({ cookie, headers })).status, "reading is free").toBe(200);
  });

  test.each(EDGES)("Origin %s, Sec-Fetch-Site %s: sign-in from this page", async (origin, site, isOurs) => {
    const headers = headersOf(origin, site);
    // Programs that are no browser send neither header.
    const mayPass = isOurs || (origin === undefined && site === undefined);
    const verified = await app.request("POST", "/auth/verify-code", {
      headers,
      body: { email: newEmail(), code: "123456" },
    });
    expect(refused(verified)).toBe(!mayPass);
    expect(verified.headers.getSetCookie()).toEqual([]);
    const renewed = await app.request("POST", "/auth/refresh", { headers, body: { refresh_token: "x" } });
    expect(refused(renewed)).toBe(!mayPass);
    const byCookie = await app.request("POST", "/auth/refresh", { headers, cookie: "tribi_refresh=x" });
    expect(refused(byCookie)).toBe(!isOurs);
  });

  test("an invalid Bearer beside a cookie exempts nobody", async () => {
    const cookie = cookieOf(login, "tribi_token");
    const headers = { origin: "https://evil.test" };
    const stranger = await logIn(app, newEmail());
    for (const bearer of ["rubbish", "", expired(login), `${login.token.slice(0, -4)}AAAA`]) {
      const answer = await app.request("PATCH", "/auth/me", { cookie, bearer, headers, body: { name: "z" } });
      expect(refused(answer), bearer.slice(0, 10)).toBe(true);
    }
    for (const bearer of ["rubbish", "", expired(login), stranger.token, expired(stranger)]) {
      for (const name of ["tribi_token", "tribi_refresh"]) {
        const out = { cookie: cookieOf(login, name), bearer, headers };
        expect(refused(await app.request("POST", "/auth/logout", out)), name).toBe(true);
      }
    }
    expect((await me({ bearer: login.token })).body.name).not.toBe("z");
  });

  test("a strange page cannot log a person out", async () => {
    const headers = { origin: "https://evil.test" };
    const withBody = { cookie: login.cookies, headers, body: { refresh_token: "rubbish" } };
    expect(refused(await app.request("POST", "/auth/logout", withBody))).toBe(true);
    expect(refused(await app.request("POST", "/auth/logout", { cookie: login.cookies, headers }))).toBe(true);
    const cookie = cookieOf(login, "tribi_refresh");
    expect(refused(await app.request("POST", "/auth/logout", { cookie, headers }))).toBe(true);
    expect((await me({ bearer: login.token })).status).toBe(200);
  });

  test("a strange page's form, with which no cookies come, takes none away", async () => {
    for (const strange of [
      { origin: "https://evil.test" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      const answer = await app.request("POST", "/auth/logout", { headers: strange });
      expect(refused(answer)).toBe(true);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });
});

describe("CORS", () => {
  test("a listed origin is echoed with credentials", async () => {
    const { headers } = await me({ headers: { origin: FRONT_END } });
    expect(headers.get("access-control-allow-origin")).toBe(FRONT_END);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("vary")).toContain("Origin");
  });

  test.each(["https://evil.test", `${FRONT_END}.evil.test`, "https://evil-shop.example.com", "null", OWN])(
    "%s is not",
    async (origin) => {
      const answer = await me({ headers: { origin } });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
      expect(answer.headers.get("vary")).toContain("Origin");
    },
  );

  test("a preflight is answered for every route, for listed origins only", async () => {
    for (const path of ["/orders", "/auth/me", "/api/auth/verify"]) {
      const ask = (origin: string) =>
        app.request("OPTIONS", path, { headers: { origin, "access-control-request-method": "POST" } });
      const allowed = await ask(FRONT_END);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get("access-control-allow-methods")).toContain("PATCH");
      expect(allowed.headers.get("access-control-allow-headers")).toContain("idempotency-key");
      expect((await ask("https://evil.test")).headers.get("access-control-allow-methods")).toBeNull();
    }
  });

  test("the existing web client signs in with its Origin and credentials", async () => {
    const headers = { origin: "http://localhost:3000" };
    const email = newEmail();
    const asked = await app.request("POST", "/api/auth/request-code", { headers, body: { email } });
    const code = await mailedCode(app, email);
    const cookie = cookiesOf(asked);
    const verified = await app.request("POST", "/api/auth/verify", {
      headers,
      cookie,
      body: { email, code },
    });
    expect(verified.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    const shown = await app.request("GET", "/api/auth/me", {
      headers,
      cookie: cookiesOf(verified),
      bearer: verified.body.token,
    });
    expect(shown.status).toBe(200);
  });
});

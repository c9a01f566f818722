import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { cookiesOf, type Login, logIn, mailedCode, passTime } from "../support/login.js";

const FRONT_END = "https://shop.example.com";

let app: TestApp;
let serial = 0;
beforeAll(async () => {
  app = await startTestApp({
    FRONTEND_ORIGINS: JSON.stringify([FRONT_END]),
    PUBLIC_URL: "https://api.example.com",
    RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
  });
});
afterAll(() => app.stop());

const newEmail = (): string => {
  serial += 1;
  return `twin-${serial}@example.com`;
};
const cookieOf = (login: Login, name: string): string =>
  login.cookies.split("; ").find((pair) => pair.startsWith(`${name}=`)) ?? "";
const refreshBy = (token: string) => app.request("POST", "/auth/refresh", { body: { refresh_token: token } });

describe("the grace of a rotated refresh token", () => {
  it("begins once: the parent at 0, 6 and 12 s is granted twice and then ends the family", async () => {
    const { refreshToken: parent } = await logIn(app, newEmail());
    const child = (await refreshBy(parent)).body.refresh_token;
    await passTime(app, 6);
    const second = await refreshBy(parent);
    expect([second.status, second.body.refresh_token]).toEqual([200, child]);
    await passTime(app, 6);
    const third = await refreshBy(parent);
    expect([third.status, third.body.code]).toEqual([401, "session_revoked"]);
    expect((await refreshBy(child)).body.code).toBe("session_revoked");
  });
});

describe("403: a Bearer that proves nothing beside a cookie, from a strange page", () => {
  let login: Login;
  beforeAll(async () => {
    login = await logIn(app, newEmail());
  });

  const headers = { origin: "https://evil.test" };
  const BEARERS: Readonly<Record<string, () => string>> = {
    "no token at all": () => "x",
    "an altered token": () => `${login.token.slice(0, -4)}AAAA`,
    "a token of a session that has ended": () => "",
    "a refresh token": () => login.refreshToken,
  };
  const bearerOf = async (what: string): Promise<string> => {
    if (what !== "a token of a session that has ended") return BEARERS[what]?.() ?? "";
    const ended = await logIn(app, newEmail());
    await app.request("POST", "/auth/logout", { bearer: ended.token });
    return ended.token;
  };

  it.each(Object.keys(BEARERS))("%s", async (what) => {
    const bearer = await bearerOf(what);
    const cookie = cookieOf(login, "tribi_token");
    for (const [method, path, body] of [
      ["PATCH", "/auth/me", { name: "evil" }],
      ["DELETE", "/auth/me", undefined],
      ["POST", "/auth/logout", undefined],
    ] as const) {
      const answer = await app.request(method, path, { cookie, bearer, headers, body });
      expect([method, path, answer.status, answer.body.code]).toEqual([
        method,
        path,
        403,
        "cross_site_request",
      ]);
    }
    const me = await app.request("GET", "/auth/me", { cookie });
    expect([me.status, me.body.name]).toEqual([200, null]);
  });
});

describe("what a deleted person signed in with", () => {
  it("is in no column of any table: browser, device, address", async () => {
    const email = newEmail();
    const browser = "CanaryBrowser/97.31 (of the person who leaves)";
    const asked = await app.request("POST", "/auth/request-code", {
      body: { email },
      headers: { "user-agent": browser },
    });
    const code = await mailedCode(app, email, 1);
    const signedIn = await app.request("POST", "/auth/verify-code", {
      body: { email, code },
      cookie: cookiesOf(asked),
      headers: { "user-agent": browser },
    });
    const bearer: string = signedIn.body.token;
    const userId: number = signedIn.body.user.id;
    // A second visit by the same device, so that it is a known one.
    await passTime(app, 61);
    const device = cookiesOf(signedIn);
    await app.request("POST", "/auth/request-code", { body: { email }, cookie: device });
    await app.request("POST", "/auth/verify-code", { body: { email, code: "000000" }, cookie: device });

    const [held] = await app.database.query<{ device: string | null; agent: string | null }>(
      "select encode(device_hash, 'hex') as device, user_agent as agent from sessions where user_id = $1",
      [userId],
    );
    expect(held?.agent).toContain("CanaryBrowser");
    expect(held?.device).toMatch(/^[0-9a-f]{32,}$/);
    expect((await app.request("DELETE", "/auth/me", { bearer })).status).toBe(200);

    const tables = await app.database.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
       where c.relkind = 'r' and (relnamespace = 'public'::regnamespace or c.oid = to_regclass('graphile_worker._private_jobs'))
         and relname <> 'dev_inbox'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const holding: string[] = [];
    for (const { name } of tables) {
      const rows = await app.database.query(
        `select from ${name} t where t::text like '%CanaryBrowser%' or t::text like '%' || $1 || '%'
           or t::text ilike '%' || $2 || '%'`,
        [held?.device, email],
      );
      if (rows.length > 0) holding.push(name);
    }
    expect(holding).toEqual([]);
    expect(
      await app.database.query(
        "select ip_address, user_agent, device_hash from sessions where user_id = $1",
        [userId],
      ),
    ).toEqual([{ ip_address: null, user_agent: null, device_hash: null }]);
  });
});

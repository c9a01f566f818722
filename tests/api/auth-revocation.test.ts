import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestApp } from "../support/app.js";
import type { TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { type Login, logIn } from "../support/login.js";
import { startTwoProcesses, type TwoProcesses } from "../support/two-processes.js";

/** Two instances on one database: what is ended at one is refused by the other, whose cache knows better at first. */
let processes: TwoProcesses;
let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let adminToken: string;

beforeAll(async () => {
  processes = await startTwoProcesses();
  ({ database, here, there, adminToken } = processes);
});
afterAll(() => processes.stop());

const statusThere = async (login: Login): Promise<number[]> => {
  const cookie = login.cookies
    .split("; ")
    .filter((pair) => pair.startsWith("tribi_token="))
    .join("");
  const bearer = await there.request("GET", "/auth/me", { bearer: login.token });
  return [bearer.status, (await there.request("GET", "/auth/me", { cookie })).status];
};

const endings: Record<string, (login: Login) => Promise<unknown>> = {
  "log-out": (login) => here.request("POST", "/auth/logout", { bearer: login.token }),
  "log-out everywhere": (login) =>
    here.request("POST", "/auth/logout?everywhere=true", { bearer: login.token }),
  "the person ends the session": async (login) => {
    const { body } = await here.request("GET", "/auth/sessions", { bearer: login.token });
    const [session] = Array.isArray(body) ? body : body.items;
    return here.request("DELETE", `/auth/sessions/${session.id}`, { bearer: login.token });
  },
  "an admin disables the person": (login) =>
    here.request("POST", `/admin/users/${login.userId}/disable`, {
      bearer: adminToken,
      body: { reason: "fraud" },
    }),
  "the person deletes the account": (login) => here.request("DELETE", "/auth/me", { bearer: login.token }),
  "a rotated refresh token comes back after the grace": async (login) => {
    const refresh = () =>
      here.request("POST", "/auth/refresh", { body: { refresh_token: login.refreshToken } });
    expect((await refresh()).status).toBe(200);
    await database.query(
      "update sessions set refresh_rotated_at = refresh_rotated_at - interval '11 seconds' where user_id = $1",
      [login.userId],
    );
    const reused = await refresh();
    expect([reused.status, reused.body.code]).toEqual([401, "session_revoked"]);
  },
};

describe("a session that ends at one instance", () => {
  it.concurrent.each(Object.keys(endings))("%s: 401 at the other one within 5 s", async (name) => {
    const login = await logIn(here, `${name.replaceAll(" ", "-")}@example.com`);
    // The other instance has it in its cache.
    expect(await statusThere(login)).toEqual([200, 200]);
    await endings[name]?.(login);
    await eventually(async () => (await statusThere(login)).every((status) => status === 401), {
      timeoutMillis: 5_000,
      what: `401 after: ${name}`,
    });
    const refreshed = await there.request("POST", "/auth/refresh", {
      body: { refresh_token: login.refreshToken },
    });
    expect(refreshed.status).toBe(401);
  });
});

describe("what the limits count", () => {
  it("is still counted after every instance was started anew, and among twenty thousand other addresses", async () => {
    const email = "counted@example.com";
    const ask = (app: TestApp) => app.request("POST", "/auth/request-code", { body: { email } });
    const verify = (app: TestApp) =>
      app.request("POST", "/auth/verify-code", { body: { email, code: "000000" } });
    expect((await ask(here)).status).toBe(200);
    for (let index = 0; index < 5; index += 1) await verify(there);
    await database.query(`
      insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash, replaced_at)
      select 'flood-' || n || '@example.com', '10.0.0.0'::inet + n, now(), now() + interval '10 minutes',
        sha256(n::text::bytea), sha256((n || 'c')::bytea), now() from generate_series(1, 20000) n`);
    ({ here, there } = await processes.startAgain());
    for (const app of [here, there]) {
      expect((await ask(app)).status).toBe(429);
      expect((await verify(app)).status).toBe(429);
    }
    await database.query(
      "update auth_codes set created_at = created_at - interval '25 hours' where email = $1",
      [email],
    );
    expect((await ask(there)).status).toBe(200);
  });
});

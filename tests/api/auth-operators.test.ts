import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../support/app.js";
import { type Login, logIn, mailedCode, passTime } from "../support/login.js";
import { metricOf } from "../support/metrics.js";

let app: TestApp;
let boss: Login;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: "127.0.0.1", ADMIN_EMAILS: '["boss@example.com"]' });
  boss = await logIn(app, "boss@example.com", { headers: { "x-forwarded-for": "192.0.2.1" } });
});
afterAll(() => app.stop());

const next = (): number => {
  serial += 1;
  return serial;
};
const newEmail = (): string => `operator-${next()}@example.com`;
const newAddress = (): string => `198.51.100.${next()}`;
const ask = (email: string, address: string): Promise<Answer> =>
  app.request("POST", "/auth/request-code", { body: { email }, headers: { "x-forwarded-for": address } });
const verify = (email: string, code: string, address: string): Promise<Answer> =>
  app.request("POST", "/auth/verify-code", {
    body: { email, code },
    headers: { "x-forwarded-for": address },
  });
const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.request(method, `/admin/${path}`, { bearer: boss.token, ...(body === undefined ? {} : { body }) });
const limited = async (q: string): Promise<Record<string, unknown>[]> =>
  (await admin("GET", `rate-limits?q=${encodeURIComponent(q)}`)).body.items;
const lift = (limit: string, email: string | null, ip_address: string | null): Promise<Answer> =>
  admin("POST", "rate-limits/lift", { limit, email, ip_address, reason: "a call from the person" });

describe("who is limited", () => {
  test("a pair within its 60 s is shown with its end and lifted", async () => {
    const [email, address] = [newEmail(), newAddress()];
    await ask(email, address);
    const refused = await ask(email, address);
    const [line] = await limited(email);
    expect(line).toMatchObject({ limit: "codes_per_minute", email, ip_address: address, count: 1 });
    const left = (Date.parse(line?.until as string) - Date.now()) / 1000;
    expect(left).toBeGreaterThan(Number(refused.headers.get("retry-after")) - 10);
    expect((await lift("codes_per_minute", email, address)).body).toMatchObject({ message: "limit_lifted" });
    expect(await limited(email)).toEqual([]);
    expect((await ask(email, address)).status).toBe(200);
  });

  test("an address, an e-mail, and a pair by the day are lifted one by one", async () => {
    const email = newEmail();
    for (let index = 0; index < 15; index += 1) await ask(email, newAddress());
    const address = newAddress();
    expect((await ask(email, address)).status).toBe(429);
    expect((await limited(email)).map((line) => line.limit)).toContain("codes_per_email");
    expect((await lift("codes_per_email", email, null)).status).toBe(200);
    expect((await ask(email, address)).status).toBe(200);

    const busy = newAddress();
    for (let index = 0; index < 25; index += 1) await ask(newEmail(), busy);
    expect((await ask(newEmail(), busy)).status).toBe(429);
    const [line] = await limited(busy).then((lines) =>
      lines.filter((one) => one.limit === "codes_per_address"),
    );
    expect(line).toMatchObject({ email: null, ip_address: busy, count: 25 });
    expect((await lift("codes_per_address", null, busy)).status).toBe(200);
    expect((await ask(newEmail(), busy)).status).toBe(200);
  });

  test("used-up budgets of tries are shown and lifted", async () => {
    const [email, address] = [newEmail(), newAddress()];
    await ask(email, address);
    const code = await mailedCode(app, email);
    const wrong = code === "111111" ? "222222" : "111111";
    for (let index = 0; index < 6; index += 1) await verify(email, wrong, address);
    for (let index = 0; index < 6; index += 1) await verify(email, wrong, newAddress());
    const lines = await limited(email);
    expect(lines.map((line) => line.limit).sort()).toEqual([
      "codes_per_minute",
      "tries_from_elsewhere",
      "tries_per_pair",
    ]);
    expect((await verify(email, code, address)).status).toBe(429);
    await lift("tries_per_pair", email, address);
    expect((await verify(email, code, address)).status).toBe(200);
  });

  test("an IPv6 network is shown and lifted as one", async () => {
    const email = newEmail();
    await ask(email, "2001:db8:9:9::1");
    const [line] = await limited(email);
    expect(line?.ip_address).toBe("2001:db8:9:9::/64");
    expect((await lift("codes_per_minute", email, "2001:db8:9:9::/64")).status).toBe(200);
    expect((await ask(email, "2001:db8:9:9::2")).status).toBe(200);
  });

  test("what is not limited is 404, what is not asked well 422", async () => {
    expect((await lift("codes_per_day", newEmail(), "192.0.2.77")).status).toBe(404);
    expect((await lift("nothing", null, null)).status).toBe(422);
    expect((await lift("codes_per_day", "no address", "192.0.2.77")).status).toBe(422);
    expect((await lift("codes_per_day", newEmail(), "1.2.3")).status).toBe(422);
    expect((await lift("codes_per_day", newEmail(), "1.2.3.4/99")).status).toBe(422);
    expect((await lift("codes_per_day", newEmail(), "2001:db8::/064")).status).toBe(404);
    expect((await lift("codes_per_day", newEmail(), "::ffff:1.2.3.4/64")).status).toBe(422);
    expect((await admin("POST", "rate-limits/lift", { limit: "codes_per_day" })).status).toBe(422);
  });

  test("the busiest addresses come first", async () => {
    const { items } = (await admin("GET", "rate-limits/addresses")).body;
    const sums = items.map((one: { codes: number; wrong_tries: number }) => one.codes + one.wrong_tries);
    expect(sums).toEqual([...sums].sort((a, b) => b - a));
    expect(items[0].codes).toBeGreaterThanOrEqual(25);
  });
});

describe("users", () => {
  test("disabling ends every session at once here, codes open none, and enabling lets in again", async () => {
    const email = newEmail();
    const headers = { "x-forwarded-for": newAddress() };
    const login = await logIn(app, email, { headers });
    const path = `users/${login.userId}`;
    expect((await admin("POST", `${path}/disable`, { reason: "fraud" })).body).toEqual({
      message: "user_disabled",
    });
    expect((await app.request("GET", "/auth/me", { bearer: login.token })).status).toBe(401);
    expect((await admin("POST", `${path}/disable`, { reason: "again" })).status).toBe(409);
    await passTime(app, 61);
    await ask(email, headers["x-forwarded-for"]);
    const code = await mailedCode(app, email, 2);
    expect((await verify(email, code, headers["x-forwarded-for"])).body.code).toBe("invalid_code");
    expect((await admin("POST", `${path}/enable`, { reason: "sorted out" })).status).toBe(200);
    expect((await verify(email, code, headers["x-forwarded-for"])).status).toBe(200);
    expect((await admin("POST", "users/999999/disable", { reason: "x" })).status).toBe(404);
  });

  test("a user's logins are shown, and all of it is in the audit log", async () => {
    const login = await logIn(app, newEmail(), { headers: { "x-forwarded-for": newAddress() } });
    const { items } = (await admin("GET", `users/${login.userId}/logins`)).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ session_kind: "both", user_agent: "node", revoked_at: null });
    expect((await admin("GET", "users/999999/logins")).status).toBe(404);
    expect(await app.database.query("select from audit_log where subject = 'user:999999'")).toEqual([]);
    const rows = await app.database.query<{ action: string; actor: string }>(
      "select action, actor from audit_log where request_id is not null",
    );
    const actions = new Set(rows.map(({ action }) => action));
    expect([...actions].sort()).toEqual(
      expect.arrayContaining(["limit.lifted", "user.disabled", "user.enabled", "user.logins_viewed"]),
    );
    for (const { actor } of rows) expect(actor).toBe(`admin:${boss.userId}`);
  });

  test("nobody else may do any of it", async () => {
    const login = await logIn(app, newEmail(), { headers: { "x-forwarded-for": newAddress() } });
    for (const [method, path] of [
      ["GET", "rate-limits"],
      ["GET", "rate-limits/addresses"],
      ["POST", "rate-limits/lift"],
      ["POST", `users/${login.userId}/disable`],
      ["POST", `users/${login.userId}/enable`],
      ["GET", `users/${boss.userId}/logins`],
    ] as const) {
      const asUser = await app.request(method, `/admin/${path}`, { bearer: login.token });
      expect(asUser.status).toBe(403);
      expect(asUser.body.detail).toBe("Admin access required");
      expect((await app.request(method, `/admin/${path}`)).status).toBe(401);
    }
  });
});

describe("housekeeping", () => {
  test("what no limit counts any more is deleted in batches, what counts stays", async () => {
    await app.database.query(`
      insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash, replaced_at)
      select 'old-' || n || '@example.com', '192.0.2.9', now() - interval '26 hours', now() - interval '25 hours', '\\x00', '\\x00', now()
      from generate_series(1, 12000) n;
      insert into auth_tries (email, ip_address, kind, created_at)
      select 'old-' || n || '@example.com', '192.0.2.9', 'elsewhere', now() - interval '26 hours' from generate_series(1, 12000) n;
      insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash, sealed_code)
      values ('expired@example.com', '192.0.2.9', now() - interval '11 min', now() - interval '1 min', '\\x00', '\\x00', '\\x01');
      insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash)
      values ('counted@example.com', '192.0.2.9', now() - interval '23 hours', now() - interval '22 hours', '\\x00', '\\x00');
      select enqueue_job('purge_login_rows', '{}'::json);`);
    const count = async (text: string): Promise<number> =>
      Number((await app.database.query<{ n: number }>(`select count(*) as n from ${text}`))[0]?.n);
    await expect.poll(() => count("auth_codes where email like 'old-%'"), { timeout: 30_000 }).toBe(0);
    await expect.poll(() => count("auth_tries where email like 'old-%'"), { timeout: 30_000 }).toBe(0);
    expect(await count("auth_codes where email = 'expired@example.com' and sealed_code is null")).toBe(1);
    expect(await count("auth_codes where email = 'counted@example.com'")).toBe(1);
  });

  test("the alarms are in the metrics", async () => {
    const email = newEmail();
    for (let index = 0; index < 5; index += 1) await ask(email, newAddress());
    const { text } = await app.request("GET", "/metrics");
    expect(text).toMatch(/^tribi_login_failure_ratio \d/m);
    expect(await metricOf(app, "login_emails_under_siege")).toBeGreaterThanOrEqual(1);
    expect(text).toMatch(/^tribi_login_code_refused_total\{limit="codes_per_minute"\} \d/m);
  });
});

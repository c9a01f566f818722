import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { factorNeedOf } from "../../src/http/factor-need.js";
import { routesOf } from "../../src/http/server.js";
import { permissionsOf, ROLES, type Role } from "../../src/kernel/permissions.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { type Login, logIn, mailsTo, passTime } from "../support/login.js";
import { codeOf, forgetCodes, setUpFactor, showFactor, wrongCodeOf } from "../support/second-factor.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Five seconds, and some for a busy machine. */
const SOON = { timeoutMillis: 15_000 };
let database: TestDatabase;
let app: TestApp;
/** Another process of the same shop, which remembers sessions by itself. */
let there: TestApp;
let strict: TestApp;

beforeAll(async () => {
  database = await makeTestDatabase();
  const environment = { ADMIN_EMAILS: "owner@example.com", DATA_DIR: temporaryFolder("second-factor") };
  app = await startTestApp(environment, { database });
  there = await startTestApp(environment, { database, worker: false });
  strict = await startTestApp(
    { ...environment, OPERATOR_SECOND_FACTOR: "required" },
    { database, worker: false },
  );
});
afterAll(async () => {
  await Promise.all([app, there, strict].map((one) => one.stop()));
  await database.drop();
});
beforeEach(async () => {
  await passTime(app, 25 * 3_600);
  await database.query("delete from operator_factor_offers");
  await database.query("delete from operator_factors");
});

const query = <Row>(sql: string, values: unknown[] = []) => database.query<Row>(sql, values);
const member = async (role: Role, email = `${role}@example.com`): Promise<Login> => {
  const login = await logIn(app, email);
  await query(
    `insert into team_members (user_id, role, created_by) values ($1, $2, 'test')
     on conflict (user_id) do update set role = excluded.role`,
    [login.userId, role],
  );
  return login;
};
const as = ({ token }: Login, method: string, path: string, body?: unknown, at = app) =>
  at.request(method, path, { bearer: token, ...(body === undefined ? {} : { body }) });
const acts = async (userId: number): Promise<string[]> =>
  (
    await query<{ action: string }>(
      "select action from audit_log where subject = 'user:' || $1::bigint and action like 'second_factor%' order by id",
      [userId],
    )
  ).map(({ action }) => action);
/** As a sign-in on another device. */
const logInAgain = async (email: string): Promise<Login> => {
  await passTime(app, 120);
  return logIn(app, email);
};

describe("setting a second factor up", () => {
  it("counts when a code of it is shown, and not before; its secret and recovery codes are shown once", async () => {
    const owner = await logIn(app, "owner@example.com");
    const offered = await as(owner, "POST", "/admin/second-factor");
    expect(offered.status).toBe(201);
    expect(offered.body.uri).toMatch(/^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}/);
    expect((await as(owner, "GET", "/admin/second-factor")).body).toMatchObject({ is_set_up: false });
    const { secret } = offered.body;
    const wrong = await as(owner, "POST", "/admin/second-factor/confirm", { code: wrongCodeOf(secret) });
    expect([wrong.status, wrong.body.code]).toEqual([400, "invalid_code"]);
    const confirmed = await as(owner, "POST", "/admin/second-factor/confirm", { code: codeOf(secret) });
    expect(new Set(confirmed.body.recovery_codes).size).toBe(10);
    expect((await as(owner, "GET", "/admin/second-factor")).body).toMatchObject({
      is_set_up: true,
      recovery_codes_left: 10,
    });
    const stored = JSON.stringify([
      await query("select encode(sealed_secret, 'escape') as s, * from operator_factors"),
      await query("select encode(code_hash, 'escape') as s, * from operator_recovery_codes"),
      await query("select * from audit_log"),
    ]);
    for (const shown of [secret, ...confirmed.body.recovery_codes]) expect(stored).not.toContain(shown);
    expect(await acts(owner.userId)).toContain("second_factor.set_up");
    await eventually(async () =>
      (await mailsTo(app, "owner@example.com")).some(({ subject }) =>
        subject.startsWith("Your second factor"),
      ),
    );
  });

  it("takes a sign-in of a moment ago, so that a page left open gives nobody a factor of their own", async () => {
    const owner = await logIn(app, "owner@example.com");
    await as(owner, "GET", "/admin/me");
    await query(
      "update sessions set created_at = created_at - interval '11 minutes', expires_at = expires_at - interval '11 minutes' where user_id = $1",
      [owner.userId],
    );
    const answer = await as(owner, "POST", "/admin/second-factor");
    expect([answer.status, answer.body.code]).toEqual([403, "step_up_required"]);
  });

  it("a new one in its place takes the old one; every other session begins anew, on every process", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    const other = await logInAgain("owner@example.com");
    await forgetCodes(database);
    expect((await showFactor(there, other.token, codeOf(secret))).status).toBe(200);
    expect((await as(other, "GET", "/admin/orders", undefined, there)).status).toBe(200);
    await query(
      "update operator_sessions set fresh_until = now() - interval '1 second' where factor_at is not null",
    );
    await eventually(async () => (await as(owner, "POST", "/admin/second-factor")).status === 403);
    await forgetCodes(database);
    await showFactor(app, owner.token, codeOf(secret));
    const fresh = await setUpFactor(app, owner.token);
    expect(fresh.secret).not.toBe(secret);
    const ended = await eventually(async () => {
      const answer = await as(other, "GET", "/admin/orders", undefined, there);
      return answer.status !== 200 && answer;
    }, SOON);
    expect([ended.status, ended.body.code]).toEqual([401, "operator_session_over"]);
    expect((await as(owner, "GET", "/admin/orders")).status).toBe(200);
    // As a traveller they stay signed in.
    expect((await as(other, "GET", "/orders/mine", undefined, there)).status).toBe(200);
  });
});

describe("every route of operators × every role, with a second factor", () => {
  const BEFORE = new Set([
    "GET /admin/me",
    "GET /admin/second-factor",
    "POST /admin/second-factor/verify",
    "POST /admin/second-factor/confirm",
  ]);
  const call = (method: string, url: string, bearer: string, at = app) =>
    at.request(method, url.replace(/:[a-z]+/g, "2000000000"), {
      bearer,
      ...(method === "GET" || method === "DELETE" ? {} : { body: "{}" }),
      ...(url.endsWith("/import") ? { headers: { "content-type": "text/csv" } } : {}),
    });
  const operators = () => routesOf(app.app.server).filter(({ access }) => access === "admin");

  it.each(ROLES)("%s: nothing opens before it is shown, and what is dangerous asks again", async (role) => {
    const email = `table.${role}@example.com`;
    const first = await member(role, email);
    const { secret } = await setUpFactor(app, first.token);
    const login = await logInAgain(email);
    const wrong: string[] = [];
    const mayCall = ({ permission }: { permission: unknown }): boolean =>
      permission !== undefined && permissionsOf(role).has(permission as never);
    for (const route of operators().filter(mayCall)) {
      const { method, url } = route;
      const answer = await call(method, url, login.token);
      const isBefore = BEFORE.has(`${method} ${url}`);
      const isAsked = answer.status === 403 && answer.body?.code === "second_factor_required";
      if (isAsked === isBefore) wrong.push(`before: ${method} ${url} ${answer.status}`);
    }
    await forgetCodes(database);
    expect((await showFactor(app, login.token, codeOf(secret))).status).toBe(200);
    await query(
      "update operator_sessions set fresh_until = now() - interval '1 second' where factor_at is not null",
    );
    await eventually(async () => (await as(login, "POST", "/admin/second-factor")).status === 403, SOON);
    for (const route of operators().filter(mayCall)) {
      const { method, url } = route;
      const answer = await call(method, url, login.token);
      const isAsked = answer.status === 403 && answer.body?.code === "step_up_required";
      const isDangerous = DANGEROUS.test(`${method} ${url}`);
      if (isAsked !== isDangerous || answer.status >= 500)
        wrong.push(`later: ${method} ${url} ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  });

  /** What moves money, gives rights, shows secrets or takes people's data along, written down a second time by hand. */
  const DANGEROUS = new RegExp(
    [
      "POST /admin/orders/:id/refund$",
      "POST /admin/refund-approvals/:id/(approve|decline)$",
      "POST /admin/refunds/:id/retry$",
      "POST /admin/webhook-events/:id/replay$",
      "POST /admin/(esims|top-ups)/:id/decision$",
      "GET /admin/esims/:id/install$",
      "(PATCH|DELETE|POST) /admin/team\\b",
      "(DELETE|POST) /admin/api-keys\\b",
      "PATCH /admin/settings$",
      "(POST|PATCH|DELETE) /admin/webhook-endpoints\\b",
      "POST /admin/second-factor(/reset)?$",
      "GET /admin/(users|users/:id|orders|esims|mails|audit-log)/export$",
      "DELETE /admin/users/:id$",
    ].join("|"),
  );

  it("the document of the API says which routes ask again", () => {
    const { paths } = app.app.server.swagger() as { paths: Record<string, Record<string, unknown>> };
    expect(Object.keys(paths).length).toBeGreaterThan(50);
    expect(factorNeedOf("POST", { permission: "refunds.create" })).toBe("fresh");
    expect(factorNeedOf("GET", { permission: "refunds.create" })).toBe("shown");
  });

  it("required: without one nothing but setting it up is open, and keys of programs go on", async () => {
    const owner = await logIn(app, "owner@example.com");
    const key = await as(owner, "POST", "/admin/api-keys", {
      name: "books",
      role: "finance",
      reason: "books",
    });
    const wrong: string[] = [];
    for (const { method, url } of operators()) {
      const answer = await call(method, url, owner.token, strict);
      const isAsked = answer.status === 403 && answer.body?.code === "second_factor_required";
      const isOpen = BEFORE.has(`${method} ${url}`) || `${method} ${url}` === "POST /admin/second-factor";
      // Offers a factor; the others refuse for what was sent.
      if (isAsked === isOpen) wrong.push(`${method} ${url} ${answer.status} ${answer.body?.code}`);
    }
    expect(wrong).toEqual([]);
    expect((await as(owner, "GET", "/admin/me", undefined, strict)).body.second_factor).toBe("missing");
    expect((await strict.request("GET", "/admin/payments", { bearer: key.body.secret })).status).toBe(200);
    await setUpFactor(strict, owner.token);
    expect((await as(owner, "GET", "/admin/orders", undefined, strict)).status).toBe(200);
    expect((await as(owner, "GET", "/admin/me", undefined, strict)).body.second_factor).toBe("shown");
  });

  it("optional: who has none works as before, dangerous acts too", async () => {
    const support = await member("support");
    expect((await as(support, "GET", "/admin/users/export")).status).toBe(200);
    expect((await as(support, "GET", "/admin/me")).body.second_factor).toBe("none");
  });
});

describe("a code", () => {
  it("counts once: shown again at this or another process it is refused, and so is an older one", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    const code = codeOf(secret);
    // It confirmed the set-up.
    for (const at of [app, there]) {
      const again = await showFactor(at, owner.token, code);
      expect([again.status, again.body.code]).toEqual([400, "invalid_code"]);
    }
    expect((await showFactor(app, owner.token, codeOf(secret, 1))).status).toBe(200);
    expect((await showFactor(app, owner.token, code)).status).toBe(400);
    expect((await acts(owner.userId)).slice(-4)).toEqual([
      "second_factor.refused",
      "second_factor.refused",
      "second_factor.shown_again",
      "second_factor.refused",
    ]);
  });

  it("shown at one process it counts at once at every other", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    const other = await logInAgain("owner@example.com");
    expect((await as(other, "GET", "/admin/orders", undefined, there)).status).toBe(403);
    await forgetCodes(database);
    expect((await showFactor(app, other.token, codeOf(secret))).status).toBe(200);
    expect((await as(other, "GET", "/admin/orders", undefined, there)).status).toBe(200);
    expect((await as(other, "GET", "/admin/users/export", undefined, there)).status).toBe(200);
  });

  it("of the step before and after counts, one further away does not", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    const status = async (steps: number): Promise<number> => {
      await forgetCodes(database);
      return (await showFactor(app, owner.token, codeOf(secret, steps))).status;
    };
    expect([await status(-1), await status(0), await status(1)]).toEqual([200, 200, 200]);
    expect([await status(-3), await status(3)]).toEqual([400, 400]);
  });

  it("is bounded: five wrong ones in a quarter of an hour, twenty a day; a right one gives back only its own", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    const guess = () => showFactor(app, owner.token, wrongCodeOf(secret));
    for (let number = 0; number < 4; number += 1) expect((await guess()).status).toBe(400);
    await forgetCodes(database);
    expect((await showFactor(app, owner.token, codeOf(secret))).status).toBe(200);
    expect((await guess()).status).toBe(400);
    const refused = await guess();
    expect([refused.status, refused.body.code]).toEqual([429, "too_many_attempts"]);
    await forgetCodes(database);
    const right = await showFactor(app, owner.token, codeOf(secret));
    expect(right.status).toBe(429);
    const seconds = Number(right.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    const pass = (wait: number) =>
      query(
        `update operator_factors set tries = array(select t - make_interval(secs => ${wait}) from unnest(tries) with ordinality o (t, n) order by n)`,
      );
    await pass(seconds);
    await forgetCodes(database);
    expect((await showFactor(app, owner.token, codeOf(secret))).status).toBe(200);
    for (let number = 0; number < 15; number += 1) {
      if (number % 5 === 0) await pass(901);
      expect((await guess()).status).toBe(400);
    }
    await pass(901);
    const daily = await guess();
    expect(daily.status).toBe(429);
    expect(Number(daily.headers.get("retry-after"))).toBeGreaterThan(3_600 * 20);
    await pass(Number(daily.headers.get("retry-after")));
    expect((await guess()).status).toBe(400);
  });

  it("that cannot be one spends no try", async () => {
    const owner = await logIn(app, "owner@example.com");
    await setUpFactor(app, owner.token);
    for (const code of ["12345", "abc", "1234567", "٣٣٣٣٣٣", "abcde-fghi", "000 00"]) {
      expect((await showFactor(app, owner.token, code)).body.code).toBe("invalid_code");
    }
    expect(await query("select tries from operator_factors")).toEqual([{ tries: [] }]);
  });
});

describe("a recovery code", () => {
  it("counts once, in any spelling, for its own person alone; the person is told by mail", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { recoveryCodes } = await setUpFactor(app, owner.token);
    const support = await member("support");
    await setUpFactor(app, support.token);
    const [first = "", second = ""] = recoveryCodes;
    expect((await showFactor(app, support.token, first)).status).toBe(400);
    expect((await showFactor(app, owner.token, first.toUpperCase())).status).toBe(200);
    expect((await showFactor(there, owner.token, first)).status).toBe(400);
    expect((await showFactor(app, owner.token, second.replace("-", ""))).status).toBe(200);
    expect((await as(owner, "GET", "/admin/second-factor")).body.recovery_codes_left).toBe(8);
    expect(await acts(owner.userId)).toContain("second_factor.recovery_code_used");
    await eventually(async () =>
      (await mailsTo(app, "owner@example.com")).some(({ text }) => text.includes("recovery code was used")),
    );
  });
});

describe("a session for operators' work", () => {
  it("is over after its idle minutes and its hours; a sign-in of yesterday opens none", async () => {
    const owner = await logIn(app, "owner@example.com");
    expect((await as(owner, "GET", "/admin/orders")).status).toBe(200);
    const over = async (): Promise<unknown[]> => {
      const answer = await eventually(async () => {
        const one = await as(owner, "GET", "/admin/orders");
        return one.status !== 200 && one;
      }, SOON);
      return [answer.status, answer.body.code];
    };
    await query("update operator_sessions set idle_until = now() - interval '1 second'");
    expect(await over()).toEqual([401, "operator_session_over"]);
    expect((await as(owner, "GET", "/auth/me")).status).toBe(200);
    const again = await logInAgain("owner@example.com");
    await query(
      "update sessions set created_at = created_at - interval '12 hours', expires_at = expires_at - interval '12 hours' where user_id = $1",
      [again.userId],
    );
    const late = await as(again, "GET", "/admin/orders");
    expect([late.status, late.body.code]).toEqual([401, "operator_session_over"]);
    const third = await logInAgain("owner@example.com");
    expect((await as(third, "GET", "/admin/orders")).status).toBe(200);
    const [times] = await query<{ idle: number; whole: number }>(
      `select round(extract(epoch from o.idle_until - o.used_at) / 60)::integer as idle,
         round(extract(epoch from o.expires_at - s.created_at) / 60)::integer as whole
       from operator_sessions o join sessions s on s.id = o.session_id order by o.opened_at desc limit 1`,
    );
    expect(times).toEqual({ idle: 30, whole: 720 });
  });

  it("use moves its idle end, and nothing its last", async () => {
    const owner = await logIn(app, "owner@example.com");
    await as(owner, "GET", "/admin/orders");
    await query(
      "update operator_sessions set used_at = used_at - interval '20 minutes', idle_until = idle_until - interval '20 minutes'",
    );
    const before = await query("select expires_at from operator_sessions order by session_id desc limit 1");
    await eventually(async () => {
      await as(owner, "GET", "/admin/orders");
      const [{ left } = { left: 0 }] = await query<{ left: number }>(
        "select extract(epoch from idle_until - now())::float8 / 60 as left from operator_sessions order by session_id desc limit 1",
      );
      return left > 29;
    });
    expect(await query("select expires_at from operator_sessions order by session_id desc limit 1")).toEqual(
      before,
    );
  });

  it.each(["role", "removal"] as const)(
    "ends within five seconds everywhere by a change of %s",
    async (how) => {
      const owner = await logIn(app, "owner@example.com");
      const support = await member("support", `${how}@example.com`);
      for (const at of [app, there])
        expect((await as(support, "GET", "/admin/orders", undefined, at)).status).toBe(200);
      const { items } = (await as(owner, "GET", "/admin/team")).body;
      const { id } = items.find((one: { user_id: number }) => one.user_id === support.userId);
      const startedAt = performance.now();
      if (how === "role") await as(owner, "PATCH", `/admin/team/${id}`, { role: "finance", reason: "moves" });
      else await as(owner, "DELETE", `/admin/team/${id}?reason=leaves`);
      for (const at of [app, there]) {
        await eventually(
          async () => (await as(support, "GET", "/admin/orders", undefined, at)).status === 401,
          SOON,
        );
        expect(performance.now() - startedAt).toBeLessThan(5_500);
      }
      expect((await as(support, "GET", "/auth/me")).status).toBe(how === "role" ? 200 : 401);
    },
  );

  it("is listed: one's own for everybody, all for owners and auditors; ended by oneself or an owner", async () => {
    const owner = await logIn(app, "owner@example.com");
    const support = await member("support");
    const finance = await member("finance");
    for (const login of [owner, support, finance]) await as(login, "GET", "/admin/orders");
    const list = async (login: Login) => (await as(login, "GET", "/admin/sessions")).body.items;
    const own = await list(support);
    expect(new Set(own.map(({ user_id: id }: { user_id: number }) => id))).toEqual(new Set([support.userId]));
    expect(own.filter(({ is_current: isCurrent }: { is_current: boolean }) => isCurrent)).toHaveLength(1);
    const [{ id: ofSupport }] = own;
    const all = await list(owner);
    expect(all.map(({ user_id: id }: { user_id: number }) => id)).toEqual(
      expect.arrayContaining([owner.userId, support.userId, finance.userId]),
    );
    expect((await as(finance, "DELETE", `/admin/sessions/${ofSupport}`)).status).toBe(404);
    expect((await as(owner, "DELETE", `/admin/sessions/${ofSupport}`)).body).toEqual({
      message: "session_ended",
    });
    expect((await as(support, "GET", "/admin/orders")).status).toBe(401);
    expect((await as(owner, "DELETE", `/admin/sessions/${ofSupport}`)).status).toBe(404);
  });
});

describe("a page that brings its own token and knows nothing of second factors", () => {
  it("works in the browser that has shown one at /console, and tells what to do before that", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret } = await setUpFactor(app, owner.token);
    // The web client signs in with cookie and token; its operator signs in at /console in the same browser.
    const client = await logInAgain("owner@example.com");
    const probe = (cookie?: string) =>
      app.request("GET", "/api/admin/countries?page=1&page_size=1", {
        bearer: client.token,
        headers: { origin: "http://localhost:3000" },
        ...(cookie === undefined ? {} : { cookie }),
      });
    const before = await probe();
    expect([before.status, before.body.code]).toEqual([403, "second_factor_required"]);
    expect(before.body.detail).toContain("/console");
    const atConsole = await logInAgain("owner@example.com");
    await forgetCodes(database);
    await showFactor(app, atConsole.token, codeOf(secret));
    expect((await probe(`tribi_token=${atConsole.token}`)).status).toBe(200);
    for (const page of [
      "orders?page=1&page_size=20&sort_by=amount&sort_order=desc&user_q=ada&order_status=paid&payment_status=succeeded",
      "payments?page=1&page_size=20&sort_order=desc&intent_q=x&provider=stripe&payment_status=succeeded",
      "esims?page=1&page_size=20&user_q=ada&esim_status=ready&order_id=1",
      "inventory?page=1&page_size=20&q=x&plan_id=1&carrier_id=1&country_id=1",
      "inventory/stats?low_stock_threshold=10",
      "plans?page=1&page_size=20",
    ]) {
      const answer = await app.request("GET", `/api/admin/${page}`, {
        bearer: client.token,
        cookie: `tribi_token=${atConsole.token}`,
        headers: { origin: "http://localhost:3000" },
      });
      expect([page, answer.status]).toEqual([page, 200]);
    }
    // Somebody else's cookie helps nobody.
    const stranger = await logIn(app, "stranger@example.com");
    expect((await probe(`tribi_token=${stranger.token}`)).status).toBe(401);
  });
});

describe("a second factor that is reset", () => {
  it("takes the member's factor and sessions, is audited, and both are told in their language", async () => {
    const owner = await logIn(app, "owner@example.com");
    const { secret: ownersSecret } = await setUpFactor(app, owner.token);
    const support = await member("support", "lost@example.com");
    const offered = await as(support, "POST", "/admin/second-factor");
    await app.request("POST", "/admin/second-factor/confirm", {
      bearer: support.token,
      body: { code: codeOf(offered.body.secret) },
      headers: { "accept-language": "es" },
    });
    const reset = (userId: number) =>
      as(owner, "POST", "/admin/second-factor/reset", { user_id: userId, reason: "lost the phone" });
    expect((await reset(owner.userId)).status).toBe(409);
    expect((await reset(2_000_000_000)).status).toBe(404);
    expect(
      (await as(support, "POST", "/admin/second-factor/reset", { user_id: owner.userId, reason: "x" })).body
        .code,
    ).toBe("permission_missing");
    await query(
      "update operator_sessions set fresh_until = now() - interval '1 second' where factor_at is not null",
    );
    await eventually(async () => (await reset(2_000_000_000)).body.code === "step_up_required");
    expect((await reset(support.userId)).body.code).toBe("step_up_required");
    await forgetCodes(database);
    await showFactor(app, owner.token, codeOf(ownersSecret));
    expect((await reset(support.userId)).body).toEqual({ message: "second_factor_reset" });
    expect((await as(support, "GET", "/auth/me")).status).toBe(401);
    expect(await acts(support.userId)).toContain("second_factor.reset");
    const told = async (email: string, words: string) =>
      eventually(async () => (await mailsTo(app, email)).some(({ text }) => text.includes(words)));
    await told("lost@example.com", "se cerraron todas tus sesiones");
    await told("owner@example.com", "You took the second factor of lost@example.com");
    const again = await logInAgain("lost@example.com");
    expect((await as(again, "GET", "/admin/me")).body.second_factor).toBe("none");
    expect((await reset(support.userId)).status).toBe(404);
  });

  it("goes with who leaves the team or deletes the account", async () => {
    const owner = await logIn(app, "owner@example.com");
    for (const how of ["leaves", "deletes"] as const) {
      const support = await member("support", `${how}@example.com`);
      await setUpFactor(app, support.token);
      if (how === "deletes") expect((await as(support, "DELETE", "/auth/me")).status).toBe(200);
      else {
        const { items } = (await as(owner, "GET", "/admin/team")).body;
        const { id } = items.find((one: { user_id: number }) => one.user_id === support.userId);
        await as(owner, "DELETE", `/admin/team/${id}?reason=leaves`);
      }
      expect(await query("select from operator_factors where user_id = $1", [support.userId])).toEqual([]);
    }
  });
});

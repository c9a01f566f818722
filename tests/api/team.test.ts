import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { permissionsOf, ROLES, type Role } from "../../src/kernel/permissions.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { type Login, logIn, mailsTo } from "../support/login.js";

let database: TestDatabase;
let app: TestApp;
let owner: Login;
const members = new Map<Role, Login>();

beforeAll(async () => {
  database = await makeTestDatabase();
  app = await startTestApp({ ADMIN_EMAILS: "owner@example.com" }, { database });
  owner = await logIn(app, "owner@example.com");
  for (const role of ROLES) {
    const member = await logIn(app, `${role}.member@example.com`);
    await database.query("insert into team_members (user_id, role, created_by) values ($1, $2, 'test')", [
      member.userId,
      role,
    ]);
    members.set(role, member);
  }
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

const as = (login: Login, method: string, path: string, body?: unknown) =>
  app.request(method, path, { bearer: login.token, ...(body === undefined ? {} : { body }) });
const invite = (email: string, role: Role, by = owner) =>
  as(by, "POST", "/admin/team/invitations", { email, role, reason: "helps us" });
const accept = (login: Login, token: string) => as(login, "POST", "/team/accept", { token });

/** The token in the newest mail to this address. */
const mailedToken = (email: string, count = 1): Promise<string> =>
  eventually(async () => {
    const mails = (await mailsTo(app, email)).filter(({ subject }) => subject.includes("invited"));
    return mails.length >= count && /#([A-Za-z0-9_-]{43})\b/.exec(mails[0]?.text ?? "")?.[1];
  });

describe("every route of operators × every role", () => {
  const operators = () => routesOf(app.app.server).filter(({ access }) => access === "admin");

  it("says which permission it needs", () => {
    const silent = operators().filter(({ permission }) => permission === undefined);
    expect(silent.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });

  it.each(ROLES)("%s: what the table refuses is 403 permission_missing, the rest is not", async (role) => {
    const login = members.get(role) ?? owner;
    const wrong: string[] = [];
    for (const { method, url, permission } of operators()) {
      const path = url.replace(/:[a-z]+/g, "2000000000");
      const answer = await app.request(method, path, {
        bearer: login.token,
        ...(method === "GET" || method === "DELETE" ? {} : { body: "{}" }),
        ...(url.endsWith("/import") ? { headers: { "content-type": "text/csv" } } : {}),
      });
      const isRefused = answer.status === 403 && answer.body.code === "permission_missing";
      const mayCall = permission !== undefined && permissionsOf(role).has(permission);
      if (isRefused === mayCall || answer.status >= 500) wrong.push(`${method} ${url} ${answer.status}`);
      if (isRefused && !answer.body.detail.includes(permission))
        wrong.push(`${url} does not name ${permission}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(ROLES)("%s: /admin/me and /auth/me say what it may", async (role) => {
    const login = members.get(role) ?? owner;
    const permissions = [...permissionsOf(role)];
    expect((await as(login, "GET", "/admin/me")).body).toMatchObject({ role, permissions });
    expect((await as(login, "GET", "/auth/me")).body).toMatchObject({
      is_admin: true,
      roles: [role],
      permissions,
    });
  });
});

describe("what a role may not open", () => {
  it("is neither found nor on the home page", async () => {
    const find = async (role: Role) =>
      (await as(members.get(role) ?? owner, "GET", "/admin/search?q=owner@example.com")).body.items;
    expect(await find("support")).toMatchObject([{ kind: "customer", id: owner.userId }]);
    for (const role of ["finance", "catalogue"] as const)
      expect([role, await find(role)]).toEqual([role, []]);
    await database.query(
      "insert into supplier_accounts (supplier, problem, problem_since) values ('test', 'gone', now())",
    );
    const [event] = await database.query<{ id: number }>(
      `insert into webhook_events (provider, event_id, source, type, kind, outcome, reason, facts, provider_created_at)
       values ('STRIPE', 'evt_home', 'webhook', 'x', 'x', 'parked', 'test', '{}', now()) returning id`,
    );
    const kinds = async (role: Role): Promise<string[]> =>
      (await as(members.get(role) ?? owner, "GET", "/admin/summary")).body.attention.map(
        ({ kind }: { kind: string }) => kind,
      );
    expect(await kinds("finance")).toEqual(["parked_events", "suppliers_in_trouble"]);
    expect(await kinds("catalogue")).toEqual(["suppliers_in_trouble"]);
    await database.query("delete from webhook_events where id = $1", [event?.id]);
    await database.query("delete from supplier_accounts where supplier = 'test'");
  });
});

describe("an invitation", () => {
  it("is used once, by the person of its address, and opens what its role may", async () => {
    const answer = await invite("ana@example.com", "finance");
    expect([answer.status, answer.body.role, answer.body.email]).toEqual([201, "finance", "ana@example.com"]);
    const token = await mailedToken("ana@example.com");
    const stored = await database.query("select * from team_invitations where id = $1", [answer.body.id]);
    expect(JSON.stringify(stored)).not.toContain(token);
    const eve = await logIn(app, "eve@example.com");
    const ana = await logIn(app, "ana@example.com");
    expect((await as(ana, "GET", "/admin/payments")).status).toBe(403);
    expect((await accept(eve, token)).body).toMatchObject({ status: 400, code: "invitation_invalid" });
    expect((await accept(ana, token)).body).toEqual({ role: "finance" });
    expect((await as(ana, "GET", "/admin/payments")).status).toBe(200);
    expect((await as(ana, "GET", "/admin/users")).body.code).toBe("permission_missing");
    for (const one of [ana, eve]) expect((await accept(one, token)).body.code).toBe("invitation_invalid");
    expect((await as(ana, "GET", "/auth/me/export")).body.team).toMatchObject([
      { kind: "member", role: "finance" },
      { kind: "invitation", role: "finance" },
      { kind: "operator_session", role: null },
    ]);
    const audit = await database.query<{ action: string; actor: string }>(
      "select action, actor from audit_log where subject in ($1, $2) and action like 'member.%' order by id",
      [`invitation:${answer.body.id}`, `user:${ana.userId}`],
    );
    expect(audit).toEqual([
      { action: "member.invited", actor: `admin:${owner.userId}` },
      { action: "member.joined", actor: `user:${ana.userId}` },
    ]);
  });

  it("is worth nothing late, revoked, replaced, or when its owner has left", async () => {
    const bob = await logIn(app, "bob@example.com");
    const refused = async (token: string) =>
      expect((await accept(bob, token)).body.code).toBe("invitation_invalid");
    const first = await invite("bob@example.com", "support");
    const token = await mailedToken("bob@example.com");
    await database.query("update team_invitations set expires_at = now() where id = $1", [first.body.id]);
    await refused(token);
    await invite("bob@example.com", "support");
    const second = await mailedToken("bob@example.com", 2);
    const third = await invite("bob@example.com", "support");
    await refused(second);
    const newest = await mailedToken("bob@example.com", 3);
    expect((await as(owner, "DELETE", `/admin/team/invitations/${third.body.id}`)).status).toBe(200);
    await refused(newest);
    const leaving = await logIn(app, "leaving@example.com");
    const [row] = await database.query<{ id: number }>(
      "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test') returning id",
      [leaving.userId],
    );
    expect((await invite("bob@example.com", "owner", leaving)).status).toBe(201);
    const last = await mailedToken("bob@example.com", 4);
    expect((await as(owner, "DELETE", `/admin/team/${row?.id}?reason=left`)).status).toBe(200);
    await refused(last);
    const going = await logIn(app, "going@example.com");
    await database.query(
      "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test')",
      [going.userId],
    );
    expect((await invite("bob@example.com", "owner", going)).status).toBe(201);
    const offered = await mailedToken("bob@example.com", 5);
    expect((await as(going, "DELETE", "/auth/me")).status).toBe(200);
    await refused(offered);
    for (const odd of ["x", "%00", "a".repeat(43)]) await refused(odd);
  });

  it("opens one membership however many requests bring it at once", async () => {
    await invite("carl@example.com", "support");
    const token = await mailedToken("carl@example.com");
    const carl = await logIn(app, "carl@example.com");
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(carl, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each([
    [{ email: "not an address", role: "support", reason: "x" }, 422],
    [{ email: "deleted-7@deleted.invalid", role: "support", reason: "x" }, 422],
    [{ email: "d@example.com", role: "king", reason: "x" }, 422],
    [{ email: "d@example.com", role: "support" }, 422],
    [{ email: "owner@example.com", role: "support", reason: "x" }, 409],
    [{ email: "support.member@example.com", role: "owner", reason: "x" }, 409],
  ])("%j: %i", async (body, status) => {
    expect((await as(owner, "POST", "/admin/team/invitations", body)).status).toBe(status);
  });
});

describe("a member", () => {
  const memberOf = async (userId: number): Promise<number> => {
    const { body } = await as(owner, "GET", "/admin/team");
    return body.items.find((one: { user_id: number }) => one.user_id === userId)?.id;
  };

  it("gets another role, or is removed with every session, at once here and within 5 s elsewhere", async () => {
    const dora = await logIn(app, "dora@example.com");
    await invite("dora@example.com", "support");
    await accept(dora, await mailedToken("dora@example.com"));
    const elsewhere = await startTestApp(
      { ADMIN_EMAILS: "owner@example.com", DATA_DIR: app.dataDir },
      { database, worker: false },
    );
    const there = () => elsewhere.request("GET", "/admin/users", { bearer: dora.token });
    expect((await there()).status).toBe(200);
    const id = await memberOf(dora.userId);
    const changed = await as(owner, "PATCH", `/admin/team/${id}`, { role: "finance", reason: "moves" });
    expect([changed.status, changed.body.role]).toEqual([200, "finance"]);
    const changedAt = Date.now();
    expect((await as(dora, "GET", "/admin/users")).body.code).toBe("permission_missing");
    await eventually(async () => (await there()).body.code === "permission_missing");
    expect(Date.now() - changedAt).toBeLessThan(5_000);
    expect((await as(owner, "DELETE", `/admin/team/${id}?reason=left`)).status).toBe(200);
    expect((await as(dora, "GET", "/admin/me")).status).toBe(401);
    await eventually(async () => (await there()).status === 401);
    await elsewhere.stop();
    expect((await as(owner, "DELETE", `/admin/team/${id}?reason=left`)).status).toBe(404);
  });

  it("who deletes the account has left the team", async () => {
    const finn = await logIn(app, "finn@example.com");
    await invite("finn@example.com", "support");
    await accept(finn, await mailedToken("finn@example.com"));
    expect((await as(finn, "DELETE", "/auth/me")).status).toBe(200);
    expect(await memberOf(finn.userId)).toBeUndefined();
  });

  it("an owner of ADMIN_EMAILS is listed, and no route changes them", async () => {
    const { body } = await as(owner, "GET", "/admin/team");
    expect(body.items[0]).toMatchObject({
      id: null,
      email: "owner@example.com",
      role: "owner",
      source: "environment",
    });
  });
});

describe("a shop without ADMIN_EMAILS", () => {
  it("keeps its last owner, also when two owners remove each other at once", async () => {
    const shop = await startTestApp({}, {});
    const { query } = shop.database;
    const ids: number[] = [];
    const logins: Login[] = [];
    for (const email of ["one@example.com", "two@example.com"]) {
      const login = await logIn(shop, email);
      logins.push(login);
      const [row] = await query<{ id: number }>(
        "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test') returning id",
        [login.userId],
      );
      ids.push(row?.id ?? 0);
    }
    const remove = (by: number, of: number) =>
      shop.request("DELETE", `/admin/team/${ids[of]}?reason=x`, { bearer: logins[by]?.token ?? "" });
    // Both have looked at the team before either has changed it, unless they take turns.
    const begun = await shop.database.db.transaction(async (tx) => {
      await tx.run({ name: "", text: "select from team_members for update" });
      const removals = [remove(0, 1), remove(1, 0)];
      await eventually(async () => {
        const waiting =
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        return (await query(waiting)).length >= 2;
      });
      return { removals };
    });
    const answers = await Promise.all(begun.removals);
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect(await query("select from team_members")).toHaveLength(1);
    const [left] = await query<{ id: number; user_id: number }>("select id, user_id from team_members");
    const last = logins.find(({ userId }) => userId === left?.user_id)?.token ?? "";
    const body = { role: "support", reason: "x" };
    const down = await shop.request("PATCH", `/admin/team/${left?.id}`, { bearer: last, body });
    expect([down.status, down.body.code]).toEqual([409, "last_owner"]);
    const out = await shop.request("DELETE", `/admin/team/${left?.id}?reason=x`, { bearer: last });
    expect([out.status, out.body.code]).toEqual([409, "last_owner"]);
    const gone = await shop.request("DELETE", "/auth/me", { bearer: last });
    expect([gone.status, gone.body.code]).toEqual([409, "last_owner"]);
    expect((await shop.request("GET", "/admin/me", { bearer: last })).body.role).toBe("owner");
    // With another owner they may, and only one of two who go at once.
    const other = logins.find(({ userId }) => userId !== left?.user_id)!;
    await query("insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test')", [
      other.userId,
    ]);
    await query("update sessions set revoked_at = null, revoked_because = null where user_id = $1", [
      other.userId,
    ]);
    const both = await Promise.all(
      [last, other.token].map((bearer) => shop.request("DELETE", "/auth/me", { bearer })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await query("select from team_members")).toHaveLength(1);
    await shop.stop();
  });
});

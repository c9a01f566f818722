import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { expectNoTrace } from "../support/checksums.js";
import { type Login, logIn } from "../support/login.js";

let app: TestApp;
let owner: Login;
let second: Login;
let secondMember: number;

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "owner@example.com" });
  owner = await logIn(app, "owner@example.com");
  second = await logIn(app, "second@example.com");
  const [row] = await app.database.query<{ id: number }>(
    "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test') returning id",
    [second.userId],
  );
  secondMember = row?.id ?? 0;
});
afterAll(() => app.stop());

const as = (bearer: string, method: string, path: string, body?: unknown) =>
  app.request(method, path, { bearer, ...(body === undefined ? {} : { body }) });
const make = (members: object, by = owner) =>
  as(by.token, "POST", "/admin/api-keys", { name: "warehouse", reason: "counts stock", ...members });

describe("an API key", () => {
  it("does what its role may and no more, and its secret is kept nowhere", async () => {
    const { status, body } = await make({ role: "catalogue" });
    expect([status, body.role, body.hint]).toEqual([201, "catalogue", body.secret.slice(-4)]);
    expect(body.secret).toMatch(/^tribi_key_[\w-]{49}$/);
    expect((await as(body.secret, "GET", "/admin/plans")).status).toBe(200);
    expect((await as(body.secret, "GET", "/admin/orders")).body.code).toBe("permission_missing");
    expect((await as(body.secret, "GET", "/admin/me")).body).toMatchObject({ role: null });
    const list = await as(owner.token, "GET", "/admin/api-keys");
    expect(list.body.items[0]).toMatchObject({ id: body.id, last_used_at: expect.any(String) });
    expect(list.text).not.toContain(body.secret);
    const rows = await app.database.query<{ row: string }>("select k::text as row from api_keys k");
    expect(JSON.stringify(rows)).not.toContain(body.secret.slice(10, 40));
    const changed = await as(body.secret, "POST", "/admin/carriers", { name: "Made by a key" });
    expect(changed.status).toBe(201);
    const [audit] = await app.database.query<{ actor: string }>(
      "select actor from audit_log where subject = $1",
      [`carrier:${changed.body.id}`],
    );
    expect(audit).toEqual({ actor: `key:${body.id}` });
  });

  it("has single permissions, and an owner's key makes no keys and no members", async () => {
    const one = (await make({ permissions: ["stock.read"] })).body.secret;
    expect((await as(one, "GET", "/admin/inventory")).status).toBe(200);
    expect((await as(one, "GET", "/admin/plans")).status).toBe(403);
    const all = (await make({ role: "owner" })).body.secret;
    expect((await as(all, "GET", "/admin/team")).status).toBe(200);
    for (const path of ["/admin/api-keys", "/admin/team/invitations"]) {
      expect((await as(all, "POST", path, {})).body.code).toBe("permission_missing");
    }
  });

  it("ends no session of the person who made it", async () => {
    const { secret } = (await make({ permissions: ["overview.read"] })).body;
    const { items } = (await as(owner.token, "GET", "/admin/sessions")).body;
    const own = items.find(({ is_current }: { is_current: boolean }) => is_current);
    const refused = await as(secret, "DELETE", `/admin/sessions/${own.id}`);
    expect([refused.status, refused.body.code]).toEqual([403, "permission_missing"]);
    expect((await as(owner.token, "GET", "/admin/me")).status).toBe(200);
  });

  it("opens no customer's route, and stands beside no cookie", async () => {
    const { secret } = (await make({ role: "owner" })).body;
    for (const { method, url } of routesOf(app.app.server).filter(({ access }) => access === "user")) {
      const answer = await app.request(method, url.replace(/:[a-z]+/g, "1"), {
        bearer: secret,
        ...(method === "GET" ? {} : { body: "{}" }),
      });
      expect([url, answer.status]).toEqual([url, 401]);
    }
    const cookie = `tribi_token=${owner.token}`;
    const both = await app.request("GET", "/admin/plans", { bearer: secret, cookie });
    expect([both.status, both.body.code]).toEqual([401, "conflicting_credentials"]);
  });

  it("is 401 with a typing mistake, over, or revoked; at once, and nothing is written", async () => {
    const { id, secret } = (await make({ role: "catalogue" })).body;
    const wrong = `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`;
    const swapped = `${secret.slice(0, 20)}${secret[21]}${secret[20]}${secret.slice(22)}`;
    await expectNoTrace(app.database, async () => {
      for (const one of [wrong, swapped === secret ? wrong : swapped, "tribi_key_", `${secret}x`]) {
        expect((await as(one, "GET", "/admin/plans")).status).toBe(401);
      }
    });
    expect((await as(secret, "GET", "/admin/plans")).status).toBe(200);
    expect((await as(owner.token, "DELETE", `/admin/api-keys/${id}?reason=leaked`)).status).toBe(200);
    expect((await as(secret, "GET", "/admin/plans")).status).toBe(401);
    expect((await as(owner.token, "DELETE", `/admin/api-keys/${id}?reason=again`)).status).toBe(404);
    const late = (await make({ role: "catalogue", expires_in_days: 1 })).body;
    await app.database.query("update api_keys set expires_at = now() where id = $1", [late.id]);
    expect((await as(late.secret, "GET", "/admin/plans")).status).toBe(401);
  });

  it("is 403 from another address than its own", async () => {
    const there = (await make({ role: "catalogue", addresses: ["192.0.2.0/24", "2001:db8::/32"] })).body;
    expect(there.addresses).toEqual(["192.0.2.0/24", "2001:db8::/32"]);
    const refused = await as(there.secret, "GET", "/admin/plans");
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    const here = (await make({ role: "catalogue", addresses: ["127.0.0.1"] })).body;
    expect((await as(here.secret, "GET", "/admin/plans")).status).toBe(200);
  });

  it("keeps each address in its one form, and an address that is none is 422", async () => {
    const mapped = (await make({ role: "catalogue", addresses: ["::ffff:127.0.0.1", "10.0.0.0/08"] })).body;
    expect(mapped.addresses).toEqual(["127.0.0.1/32", "10.0.0.0/8"]);
    expect((await as(mapped.secret, "GET", "/admin/plans")).status).toBe(200);
    for (const address of ["10.1", "1", "010.0.0.1", "0x7f.0.0.1", "1/8", "fe80::1%eth0", "::/0/0", ""]) {
      const { status, body } = await make({ role: "catalogue", addresses: ["192.0.2.1", address] });
      expect([address, status, body.errors?.[0]?.pointer]).toEqual([address, 422, "/addresses/1"]);
    }
  });

  it("is replaced by another while both work for a while", async () => {
    const old = (await make({ role: "catalogue" })).body;
    const fresh = await as(owner.token, "POST", `/admin/api-keys/${old.id}/rotate`, { overlap_hours: 1 });
    expect([fresh.status, fresh.body.role]).toEqual([201, "catalogue"]);
    for (const { secret } of [old, fresh.body])
      expect((await as(secret, "GET", "/admin/plans")).status).toBe(200);
    const again = await as(owner.token, "POST", `/admin/api-keys/${old.id}/rotate`, {});
    expect(again.status).toBe(404);
    await app.database.query(
      "update api_keys set expires_at = expires_at - interval '61 minutes' where id = $1",
      [old.id],
    );
    expect((await as(old.secret, "GET", "/admin/plans")).status).toBe(401);
    expect((await as(fresh.body.secret, "GET", "/admin/plans")).status).toBe(200);
  });

  it("loses what its maker loses", async () => {
    const { secret } = (await make({ role: "finance" }, second)).body;
    expect((await as(secret, "GET", "/admin/payments")).status).toBe(200);
    const body = { role: "catalogue", reason: "moves" };
    expect((await as(owner.token, "PATCH", `/admin/team/${secondMember}`, body)).status).toBe(200);
    expect((await as(secret, "GET", "/admin/payments")).body.code).toBe("permission_missing");
    expect((await as(secret, "GET", "/admin/plans")).status).toBe(200);
    await as(owner.token, "DELETE", `/admin/team/${secondMember}?reason=left`);
    expect((await as(secret, "GET", "/admin/plans")).status).toBe(401);
  });

  it("stays revoked when its maker, who was removed, comes back", async () => {
    const { query } = app.database;
    const third = await logIn(app, "third@example.com");
    const join = () =>
      query<{ id: number }>(
        "insert into team_members (user_id, role, created_by) values ($1, 'owner', 'test') returning id",
        [third.userId],
      );
    const [member] = await join();
    const { id, secret } = (await make({ role: "finance" }, third)).body;
    expect((await as(secret, "GET", "/admin/payments")).status).toBe(200);
    expect((await as(owner.token, "DELETE", `/admin/team/${member?.id}?reason=left`)).status).toBe(200);
    await join();
    expect((await as(secret, "GET", "/admin/payments")).status).toBe(401);
    const audit = await query(
      "select actor, after from audit_log where action = 'key.revoked' and subject = $1",
      [`key:${id}`],
    );
    expect(audit).toEqual([{ actor: `admin:${owner.userId}`, after: { reason: "its maker was removed" } }]);
  });

  it.each([
    { role: "owner", permissions: ["stock.read"] },
    {},
    { permissions: ["team.write"] },
    { permissions: ["fly"] },
    { permissions: [] },
    { role: "catalogue", addresses: ["somewhere"] },
    { role: "catalogue", expires_in_days: 0 },
    { role: "catalogue", expires_in_days: 1000 },
    { role: "catalogue", name: " " },
    { role: "catalogue", reason: "" },
  ])("422: %j", async (members) => {
    expect((await make(members)).status).toBe(422);
  });
});

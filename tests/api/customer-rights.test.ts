import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { codeOf, setUpFactor } from "../support/second-factor.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const OWNER = "owner@example.com";
let app: TestApp;
let support: { readonly token: string; readonly userId: number };

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: OWNER });
  support = await memberOf("support");
});
afterAll(() => app.stop());

/** Somebody of the team, known to the process as such. */
async function memberOf(
  role: string,
  email = `${role}@example.com`,
): Promise<{ token: string; userId: number }> {
  const login = await logIn(app, email);
  await app.database.query("insert into team_members (user_id, role, created_by) values ($1, $2, 'test')", [
    login.userId,
    role,
  ]);
  await eventually(
    async () => (await app.request("GET", "/admin/me", { bearer: login.token })).status === 200,
  );
  return login;
}
const asSupport = (method: string, path: string, body?: unknown) =>
  app.request(method, path, body === undefined ? { bearer: support.token } : { bearer: support.token, body });
const actsOn = (subject: string) =>
  app.database.query(
    "select actor, action, after from audit_log where subject = $1 and actor like 'admin:%' order by id",
    [subject],
  );
const bought = async (shopper: Shopper): Promise<number> => {
  const order = await shopper.order();
  const { body } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
  return order.id;
};

describe("GET /admin/users/:id/export", () => {
  it("200: what the person themselves would get, and who asked for it, and why, is audited", async () => {
    const shopper = await makeShopper(app, "ada@example.com");
    await asSupport("POST", `/admin/users/${shopper.userId}/notes`, { text: "Writes in Spanish" });
    const { status, body } = await asSupport(
      "GET",
      `/admin/users/${shopper.userId}/export?reason=asked%20by%20mail`,
    );
    expect(status).toBe(200);
    const own = await app.request("GET", "/auth/me/export", { bearer: shopper.token });
    expect(Object.keys(body)).toEqual(Object.keys(own.body));
    expect(body.person).toMatchObject({ email: "ada@example.com" });
    expect(body.notes).toMatchObject([{ text: "Writes in Spanish" }]);
    expect(await actsOn(`user:${shopper.userId}`)).toEqual([
      { actor: `admin:${support.userId}`, action: "note.added", after: { note: expect.any(Number) } },
      { actor: `admin:${support.userId}`, action: "user.exported", after: { reason: "asked by mail" } },
    ]);
  });

  it("422: without a reason; 404: nobody; nothing is audited", async () => {
    expect((await asSupport("GET", "/admin/users/1/export")).status).toBe(422);
    expect((await asSupport("GET", "/admin/users/999999/export?reason=x")).status).toBe(404);
    expect(await actsOn("user:999999")).toEqual([]);
  });
});

describe("DELETE /admin/users/:id", () => {
  it("200: as the person could themselves, after a preview that says what ends", async () => {
    const shopper = await makeShopper(app, "grace@example.com");
    const order = await shopper.order();
    await asSupport("POST", `/admin/orders/${order.id}/notes`, { text: "grace called about this" });
    const preview = await asSupport("GET", `/admin/users/${shopper.userId}/deletion-preview`);
    expect(preview.body).toEqual({
      email: "grace@example.com",
      sessions: 1,
      unpaid_orders: 1,
      waits_for: [],
      refusal: null,
    });
    const gone = await asSupport("DELETE", `/admin/users/${shopper.userId}?reason=asked%20by%20mail`);
    expect([gone.status, gone.body]).toEqual([200, { message: "user_deleted" }]);
    expect((await app.request("GET", "/auth/me", { bearer: shopper.token })).status).toBe(401);
    expect(await app.database.query("select email, name from users where id = $1", [shopper.userId])).toEqual(
      [{ email: `deleted-${shopper.userId}@deleted.invalid`, name: null }],
    );
    expect(await app.database.query("select status from orders where id = $1", [order.id])).toEqual([
      { status: "failed" },
    ]);
    expect(await app.database.query("select from notes where user_id = $1", [shopper.userId])).toEqual([]);
    expect(await actsOn(`user:${shopper.userId}`)).toEqual([
      { actor: `admin:${support.userId}`, action: "user.deleted", after: { reason: "asked by mail" } },
    ]);
    expect((await asSupport("DELETE", `/admin/users/${shopper.userId}?reason=x`)).status).toBe(404);
  });

  it("409: something that was paid has not reached the person; the preview says so before", async () => {
    const shopper = await makeShopper(app, "mary@example.com");
    const orderId = await bought(shopper);
    await eventually(async () => {
      const rows = await app.database.query("select from orders where id = $1 and status = 'paid'", [
        orderId,
      ]);
      return rows.length === 1;
    });
    await app.database.query(
      "update outgoing_mails set status = 'cancelled', ended_at = now() where order_id = $1 and status in ('queued', 'delayed')",
      [orderId],
    );
    await app.database.query(
      "update esim_profiles set parked_at = now(), parked_reason = 'x' where order_id = $1 and status = 'pending'",
      [orderId],
    );
    const preview = await asSupport("GET", `/admin/users/${shopper.userId}/deletion-preview`);
    const gone = await asSupport("DELETE", `/admin/users/${shopper.userId}?reason=x`);
    // A mail that was quick enough has told the person: then nothing is waited for, and both say so.
    if (preview.body.refusal === null) return expect(gone.status).toBe(200);
    expect([preview.body.refusal, gone.status, gone.body.code]).toEqual([
      "deletion_waits",
      409,
      "deletion_waits",
    ]);
    expect(await actsOn(`user:${shopper.userId}`)).toEqual([]);
  });

  it("409: neither deletes nor locks out who works for the shop, an owner least of all", async () => {
    const { userId: ownerId } = await logIn(app, OWNER);
    const { userId: financeId } = await memberOf("finance");
    for (const id of [ownerId, financeId, support.userId]) {
      const preview = await asSupport("GET", `/admin/users/${id}/deletion-preview`);
      expect(preview.body.refusal).toBe("is_operator");
      const answers = [
        await asSupport("DELETE", `/admin/users/${id}?reason=x`),
        await asSupport("POST", `/admin/users/${id}/disable`, { reason: "x" }),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [409, "conflict"],
        [409, "conflict"],
      ]);
    }
    expect(
      await app.database.query("select from users where deleted_at is not null and id = any ($1)", [
        [ownerId, financeId, support.userId],
      ]),
    ).toEqual([]);
  });

  it("403: export and deletion ask for the second factor anew, and nothing is done before", async () => {
    const { userId } = await makeShopper(app, "joan@example.com");
    const { secret } = await setUpFactor(app, support.token);
    await app.database.query(
      "update operator_sessions set fresh_until = now() - interval '1 second' where factor_at is not null",
    );
    for (const [method, path] of [
      ["DELETE", `/admin/users/${userId}?reason=x`],
      ["GET", `/admin/users/${userId}/export?reason=x`],
    ] as const) {
      await eventually(async () => {
        const answer = await asSupport(method, path);
        return answer.body.code === "step_up_required";
      });
    }
    expect(await actsOn(`user:${userId}`)).toEqual([]);
    const shown = await asSupport("POST", "/admin/second-factor/verify", { code: codeOf(secret, 1) });
    expect(shown.status).toBe(200);
    expect((await asSupport("DELETE", `/admin/users/${userId}?reason=x`)).status).toBe(200);
  });
});

describe("notes", () => {
  it("201: on the order's page and its customer's, with who wrote it; removed for good", async () => {
    const shopper = await makeShopper(app, "edith@example.com");
    const order = await shopper.order();
    const added = await asSupport("POST", `/admin/orders/${order.id}/notes`, {
      text: "Called twice.\nWants a refund.",
    });
    expect(added.status).toBe(201);
    const note = {
      id: added.body.id,
      order_id: order.id,
      author: `admin:${support.userId}`,
      author_email: "support@example.com",
      text: "Called twice.\nWants a refund.",
    };
    const pages = [`/admin/orders/${order.id}`, `/admin/users/${shopper.userId}`];
    for (const page of pages) expect((await asSupport("GET", page)).body.notes).toMatchObject([note]);
    expect((await asSupport("DELETE", `/admin/notes/${note.id}`)).status).toBe(200);
    for (const page of pages) expect((await asSupport("GET", page)).body.notes).toEqual([]);
    expect((await asSupport("DELETE", `/admin/notes/${note.id}`)).status).toBe(404);
    const [, removed] = (await actsOn(`order:${order.id}`)).filter(({ action }) =>
      String(action).startsWith("note."),
    );
    expect(removed).toMatchObject({ action: "note.removed" });
  });

  it("403: one about a customer is taken away by nobody who may not write it", async () => {
    const { userId } = await makeShopper(app, "noted@example.com");
    const { token } = await memberOf("finance", "books@example.com");
    const asFinance = (method: string, path: string, body?: unknown) =>
      app.request(method, path, { bearer: token, ...(body === undefined ? {} : { body }) });
    const path = `/admin/users/${userId}/notes`;
    const { body: note } = await asSupport("POST", path, { text: "Writes in Spanish" });
    for (const answer of [
      await asFinance("POST", path, { text: "x" }),
      await asFinance("DELETE", `/admin/notes/${note.id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, "permission_missing"]);
      expect(answer.body.detail).toContain("customers.write");
    }
    expect((await asSupport("GET", `/admin/users/${userId}`)).body.notes).toMatchObject([{ id: note.id }]);
    expect((await asSupport("DELETE", `/admin/notes/${note.id}`)).status).toBe(200);
  });

  it("404, 422: about nothing, or with nothing in it", async () => {
    expect((await asSupport("POST", "/admin/orders/999999/notes", { text: "x" })).status).toBe(404);
    expect((await asSupport("POST", "/admin/users/999999/notes", { text: "x" })).status).toBe(404);
    for (const text of ["", "  \n", "x".repeat(2_001)])
      expect((await asSupport("POST", `/admin/users/${support.userId}/notes`, { text })).status).toBe(422);
  });
});

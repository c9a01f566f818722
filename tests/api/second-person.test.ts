import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { openDatabase } from "../../src/db/database.js";
import { BOOK_RULES, checkRule } from "../../src/modules/admin/books/audit-books.js";
import { makeDecideRefund } from "../../src/modules/payments/refunds/decide-refund.js";
import { noteRefundLimit } from "../../src/modules/payments/refunds/refund-limit-store.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { type Login, logIn } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const LIMIT = 300;
const LIMITS = `USD=${LIMIT},EUR=999999`;
let app: TestApp;
let shopper: Shopper;
let owner: Login;
let finance: Login;
let support: Login;

beforeAll(async () => {
  app = await startTestApp({
    ADMIN_EMAILS: "owner@example.com",
    REFUND_NEEDS_SECOND_ABOVE: LIMITS,
  });
  await noteLimit();
  [owner, finance, support, shopper] = await Promise.all([
    logIn(app, "owner@example.com"),
    logIn(app, "finance@example.com"),
    logIn(app, "support@example.com"),
    makeShopper(app),
  ]);
  await query(
    "insert into team_members (user_id, role, created_by) values ($1, 'finance', 'test'), ($2, 'support', 'test')",
    [finance.userId, support.userId],
  );
  await Promise.all(
    [finance, support].map(({ token }) => app.request("GET", "/admin/me", { bearer: token })),
  );
});
afterAll(async () => {
  const [rule] = BOOK_RULES.filter(({ name }) => name === "large_refunds_were_approved");
  expect(rule && (await checkRule(app.database.db, rule))).toMatchObject({ violations: 0, samples: [] });
  expect(await violations(app.database, MONEY_INVARIANTS)).toEqual({});
  await app.stop();
});
/** As the job does, since long ago. */
const noteLimit = async () => {
  const above = loadConfig({ ENVIRONMENT: "test", REFUND_NEEDS_SECOND_ABOVE: LIMITS }).payments
    .secondPersonAbove;
  for (let times = 0; times < 2; times += 1) await noteRefundLimit(app.database.db, above);
  const noted = await query(
    "update refund_limits set valid_from = now() - interval '90 days' returning everywhere, by_currency",
  );
  expect(noted).toEqual([{ everywhere: 0, by_currency: { USD: LIMIT, EUR: null } }]);
};

// What a person gave back in the last 24 hours counts: each test begins without.
beforeEach(() => query("update refunds set created_at = created_at - interval '25 hours'"));

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);

async function paidOrder(currency = "USD"): Promise<number> {
  const order = await shopper.order(currency);
  const { body } = await shopper.create(order.id, "MOCK");
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
  return order.id;
}
const refund = (
  by: Pick<Login, "token">,
  orderId: number,
  amount: number | null,
  key: string | null = randomUUID(),
) =>
  app.request("POST", `/admin/orders/${orderId}/refund`, {
    bearer: by.token,
    body: { reason: "slow", ...(amount === null ? {} : { amount_minor_units: amount }) },
    headers: key === null ? {} : { "idempotency-key": key },
  });
const decide = (by: Pick<Login, "token">, id: number, verb: "approve" | "decline") =>
  app.request("POST", `/admin/refund-approvals/${id}/${verb}`, {
    bearer: by.token,
    body: { reason: `to ${verb}` },
  });
const reservedOf = async (orderId: number): Promise<number | undefined> =>
  (
    await query<{ reserved: number }>(
      "select refund_reserved_minor as reserved from payments where order_id = $1",
      [orderId],
    )
  )[0]?.reserved;

/** A refund of 400 that waits, with the key that it was asked for under. */
async function asked(
  by = support,
): Promise<{ readonly id: number; readonly orderId: number; readonly key: string }> {
  const [orderId, key] = [await paidOrder(), randomUUID()];
  const answer = await refund(by, orderId, LIMIT + 100, key);
  expect([answer.status, answer.body.code]).toEqual([409, "second_person_required"]);
  const list = await app.request("GET", `/admin/refund-approvals?order_id=${orderId}&status=waiting`, {
    bearer: by.token,
  });
  expect(list.body.items).toMatchObject([
    { order_id: orderId, amount_minor_units: LIMIT + 100, requested_by: by.userId, refund_id: null },
  ]);
  return { id: list.body.items[0].id, orderId, key };
}

describe("a refund above the limit", () => {
  it("waits for a second person, who makes it once, with both on record", async () => {
    const { id, orderId, key } = await asked();
    expect(await reservedOf(orderId)).toBe(0);
    const again = await refund(support, orderId, LIMIT + 100, key);
    expect(again.body).toMatchObject({
      code: "second_person_required",
      detail: expect.stringContaining(`${id}`),
    });
    const approved = await decide(finance, id, "approve");
    expect([200, 202]).toContain(approved.status);
    expect(approved.body.refund).toMatchObject({ amount_minor_units: LIMIT + 100, reason: "slow" });
    expect((await decide(finance, id, "approve")).body.refund.id).toBe(approved.body.refund.id);
    expect((await refund(support, orderId, LIMIT + 100, key)).body.refund.id).toBe(approved.body.refund.id);
    expect(await reservedOf(orderId)).toBe(LIMIT + 100);
    const log = await query("select actor, action from audit_log where subject = $1 order by id", [
      `refund_approval:${id}`,
    ]);
    expect(log).toEqual([
      { actor: `admin:${support.userId}`, action: "refund_approval.asked" },
      { actor: `admin:${finance.userId}`, action: "refund_approval.approved" },
    ]);
  });

  it("is approved neither by who asked, nor by a key of theirs, nor without the permission", async () => {
    const made = await app.request("POST", "/admin/api-keys", {
      bearer: owner.token,
      body: { name: "refunds", reason: "test", role: "owner" },
    });
    const key = { token: made.body.secret as string };
    const byPerson = await asked(owner);
    for (const by of [owner, key]) {
      const answer = await decide(by, byPerson.id, "approve");
      expect([answer.status, answer.body.code]).toEqual([409, "second_person_required"]);
    }
    expect((await decide(support, byPerson.id, "approve")).body.code).toBe("permission_missing");
    const orderId = await paidOrder();
    expect((await refund(key, orderId, null)).body.code).toBe("second_person_required");
    const [row] = await query<{ id: number; requested_by: number }>(
      "select id, requested_by from refund_approvals where order_id = $1",
      [orderId],
    );
    expect(row?.requested_by).toBe(owner.userId);
    expect((await decide(owner, row?.id ?? 0, "approve")).body.code).toBe("second_person_required");
    expect([await reservedOf(byPerson.orderId), await reservedOf(orderId)]).toEqual([0, 0]);
  });

  it("is not split into parts of an order, of a person's day, or at the same moment", async () => {
    const orderId = await paidOrder();
    expect((await refund(support, orderId, 200)).status).toBeLessThan(300);
    expect((await refund(finance, orderId, 101)).body.code).toBe("second_person_required");
    expect((await refund(finance, orderId, 100)).status).toBeLessThan(300);
    const other = await paidOrder();
    expect((await refund(support, other, 101)).body.code).toBe("second_person_required");
    await query("update refund_approvals set expires_at = now() where order_id = $1", [other]);
    expect((await refund(support, other, 100)).status).toBeLessThan(300);
    const many = await Promise.all([1, 2, 3, 4, 5].map(() => paidOrder()));
    const answers = await Promise.all(many.map((one) => refund(owner, one, 200)));
    expect(answers.map(({ status }) => status >= 400).sort()).toEqual([false, true, true, true, true]);
    const one = await paidOrder();
    await query("update refunds set created_at = created_at - interval '25 hours'");
    const persons = await Promise.all([owner, finance, support].map((by) => refund(by, one, 200)));
    expect(persons.map(({ status }) => status >= 400).sort()).toEqual([false, true, true]);
  });

  it("counts neither what a second person approved nor another currency without a limit", async () => {
    const { id, orderId } = await asked();
    expect((await decide(owner, id, "approve")).status).toBeLessThan(300);
    expect((await refund(support, orderId, 50)).status).toBeLessThan(300);
    expect((await refund(support, await paidOrder(), LIMIT - 50)).status).toBeLessThan(300);
    expect((await refund(support, await paidOrder("EUR"), LIMIT + 1)).status).toBeLessThan(300);
  });

  it("is made once however many approve and decline at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, orderId } = await asked();
      const answers = await Promise.all([
        ...[owner, finance, owner, finance].map((by) => decide(by, id, "approve")),
        ...[owner, finance].map((by) => decide(by, id, "decline")),
      ]);
      expect(answers.filter(({ status }) => ![200, 202, 409].includes(status))).toEqual([]);
      const [row] = await query<{ status: string; refunds: number }>(
        `select status, (select count(*) from refunds r where r.order_id = a.order_id) as refunds
         from refund_approvals a where id = $1`,
        [id],
      );
      const isApproved = row?.status === "approved";
      expect(row).toEqual({ status: isApproved ? "approved" : "declined", refunds: isApproved ? 1 : 0 });
      expect(await reservedOf(orderId)).toBe(isApproved ? LIMIT + 100 : 0);
    }
  });

  it("is made by its job when the process dies right after the approval", async () => {
    const { id, orderId } = await asked();
    const db = openDatabase({ url: app.database.url, poolMax: 1, applicationName: "dying" });
    const dying = makeDecideRefund({
      db,
      proceedRefund: () => Promise.reject(new Error("killed")),
    });
    const act = { actor: `admin:${finance.userId}`, requestId: null };
    const approval = { approvalId: id, reason: "ok", userId: finance.userId, act };
    await expect(dying.approve(approval)).rejects.toThrow("killed");
    await db.close();
    await query("update graphile_worker._private_jobs set run_at = now() where key like 'refund:%'");
    await eventually(async () => {
      const [row] = await query<{ status: string }>("select status from refunds where order_id = $1", [
        orderId,
      ]);
      return row?.status === "succeeded";
    });
    expect(await reservedOf(orderId)).toBe(LIMIT + 100);
  });
});

describe("what is decided, late, or in the way", () => {
  it("409: declined or expired it is not approved, and its key asks for nothing new", async () => {
    const declined = await asked();
    expect((await decide(finance, declined.id, "decline")).body).toEqual({ message: "refund_declined" });
    expect((await decide(owner, declined.id, "decline")).body.code).toBe("conflict");
    const late = await asked();
    await query("update refund_approvals set expires_at = now() where id = $1", [late.id]);
    for (const { id, orderId, key } of [declined, late]) {
      expect((await decide(owner, id, "approve")).body.code).toBe("conflict");
      expect((await refund(support, orderId, LIMIT + 100, key)).body.code).toBe("conflict");
      expect((await refund(support, orderId, LIMIT + 101, key)).body.code).toBe("idempotency_key_reused");
      expect(await reservedOf(orderId)).toBe(0);
    }
    expect((await refund(support, late.orderId, LIMIT + 100)).body.code).toBe("second_person_required");
    const states = await query("select status from refund_approvals where order_id = $1 order by id", [
      late.orderId,
    ]);
    expect(states).toEqual([{ status: "expired" }, { status: "waiting" }]);
    expect((await decide(owner, 999_999_999, "approve")).status).toBe(404);
  });

  it("409: of more than is left by now nothing is refunded, and it goes on waiting", async () => {
    const { id, orderId } = await asked();
    await query("update refund_approvals set amount_minor = 10000000 where id = $1", [id]);
    expect((await decide(finance, id, "approve")).body.code).toBe("refund_exceeds_payment");
    expect(await reservedOf(orderId)).toBe(0);
    expect(await query("select status from refund_approvals where id = $1", [id])).toEqual([
      { status: "waiting" },
    ]);
  });

  it("a shop without a second person says so, and who may help", async () => {
    const detail = async () => (await refund(owner, await paidOrder(), null)).body.detail;
    expect(await detail()).toContain("Ask another owner or somebody of finance");
    await query("update users set disabled_at = now() where id = $1", [finance.userId]);
    expect(await detail()).toContain("Nobody else in this shop may approve it");
    await query("update users set disabled_at = null where id = $1", [finance.userId]);
  });
});

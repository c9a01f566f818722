import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let app: TestApp;
let shopper: Shopper;
let admin: { readonly token: string; readonly userId: number };
beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
  admin = await logIn(app, "admin@example.com");
  shopper = await makeShopper(app);
});
afterAll(() => app.stop());

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);

describe("POST /admin/jobs/:id/retry", () => {
  /** A job with nothing to do, in the state that the SQL gives it. */
  const planted = async (set: string): Promise<number> => {
    const [job] = await query<{ id: number }>(
      "select id from graphile_worker.add_job('send_mail', '{}', run_at => now() + interval '1 day')",
    );
    await query(`update graphile_worker._private_jobs set ${set} where id = $1`, [job?.id]);
    return job?.id ?? 0;
  };
  const retry = (id: number) => app.request("POST", `/admin/jobs/${id}/retry`, { bearer: admin.token });
  const auditOf = (id: number) =>
    query("select actor, action, request_id from audit_log where subject = $1", [`job:${id}`]);

  it("200: a failed job runs again, with its attempts back and an audit row", async () => {
    const id = await planted("attempts = max_attempts, last_error = 'the mail server was away'");
    const answer = await retry(id);
    expect([answer.status, answer.body]).toEqual([200, { message: "job_scheduled" }]);
    expect(await auditOf(id)).toEqual([
      {
        actor: `admin:${admin.userId}`,
        action: "job.retried",
        request_id: answer.headers.get("x-request-id"),
      },
    ]);
    // Its payload names no mail, so it fails once more: it has been run.
    await eventually(async () => {
      const [job] = await query<{ last_error: string; attempts: number }>(
        "select last_error, attempts from graphile_worker._private_jobs where id = $1",
        [id],
      );
      return job?.attempts === 1 && job.last_error.includes("mail_id");
    });
  });

  it("404: one that is running, and one that is not there; nothing is on record", async () => {
    const id = await planted("locked_at = now(), locked_by = 'another process', attempts = 1");
    for (const one of [id, 999_999_999]) {
      const answer = await retry(one);
      expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
      expect(await auditOf(one)).toEqual([]);
    }
    await query("delete from graphile_worker._private_jobs where id = $1", [id]);
  });
});

describe("POST /admin/orders/:id/refund", () => {
  it("a refund's key is honoured for its life, and is new again afterwards", async () => {
    const order = await shopper.order();
    const { body } = await shopper.create(order.id, "MOCK");
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
    const headers = { "idempotency-key": `goodwill-${order.id}` };
    const refund = () =>
      app.request("POST", `/admin/orders/${order.id}/refund`, {
        bearer: admin.token,
        body: { amount_minor_units: 50, reason: "slow" },
        headers,
      });
    const forget = async () => {
      await query("select enqueue_job('forget_refund_keys', '{}', 'forget')");
      await eventually(async () => {
        const jobs = await query("select id from graphile_worker.jobs where key = 'forget'");
        return jobs.length === 0;
      });
    };
    const made = await refund();
    expect([200, 202]).toContain(made.status);
    await query("update refunds set created_at = created_at - interval '719 hours' where id = $1", [
      made.body.refund.id,
    ]);
    await forget();
    expect((await refund()).body.refund.id).toBe(made.body.refund.id);
    await query("update refunds set created_at = created_at - interval '2 hours' where id = $1", [
      made.body.refund.id,
    ]);
    await forget();
    const another = await refund();
    expect(another.body.refund.id).not.toBe(made.body.refund.id);
    const [books] = await query("select refund_reserved_minor from payments where order_id = $1", [order.id]);
    expect(books).toEqual({ refund_reserved_minor: 100 });
  });
});

describe("POST /admin/users/:id/disable and enable", () => {
  it("200: a person is locked out and let in again, each on record with its reason", async () => {
    const { userId } = await logIn(app, "locked-out@example.com");
    const act = (verb: string, reason: string) =>
      app.request("POST", `/admin/users/${userId}/${verb}`, { bearer: admin.token, body: { reason } });
    const [disabled, enabled] = [await act("disable", "charged back"), await act("enable", "a mistake")];
    expect([disabled.status, enabled.status]).toEqual([200, 200]);
    const rows = await query(
      "select actor, action, request_id, after from audit_log where subject = $1 and action ~ 'abled' order by id",
      [`user:${userId}`],
    );
    const by = { actor: `admin:${admin.userId}` };
    expect(rows).toEqual([
      {
        ...by,
        action: "user.disabled",
        request_id: disabled.headers.get("x-request-id"),
        after: { reason: "charged back" },
      },
      {
        ...by,
        action: "user.enabled",
        request_id: enabled.headers.get("x-request-id"),
        after: { reason: "a mistake" },
      },
    ]);
  });
});

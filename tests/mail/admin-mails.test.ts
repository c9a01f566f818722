import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn, mailsTo } from "../support/login.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const ADMIN = "owner@example.com";
const BUYER = "buyer@example.com";

interface MailItem {
  readonly id: number;
  readonly kind: string;
  readonly status: string;
  readonly email: string | null;
  readonly order_id: number | null;
  readonly number: number;
  readonly language: string | null;
  readonly last_error: string | null;
  readonly next_try_at: string | null;
  readonly sent_at: string | null;
}

describe("an operator sees and resends any mail", () => {
  let app: TestApp;
  let token: string;
  let shopper: Shopper;
  let orderId: number;
  beforeAll(async () => {
    app = await startTestApp({ ADMIN_EMAILS: ADMIN });
    token = (await logIn(app, ADMIN)).token;
    shopper = await makeShopper(app, BUYER);
    const ordered = await app.request("POST", "/orders", {
      bearer: shopper.token,
      headers: { "accept-language": "es" },
      body: { plan_id: shopper.planId, currency: "USD" },
    });
    orderId = ordered.body.id;
    const { intent_id } = (await shopper.create(orderId, "MOCK")).body;
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id } });
    await eventually(async () => (await list(`order_id=${orderId}&status=sent`)).length === 2);
  });
  afterAll(() => app.stop());

  const list = async (query: string): Promise<readonly MailItem[]> => {
    const { status, body } = await app.request("GET", `/admin/mails?${query}`, { bearer: token });
    expect(status).toBe(200);
    return body.items;
  };
  const resend = (id: number) => app.request("POST", `/admin/mails/${id}/resend`, { bearer: token });
  const newest = async (kind: string): Promise<MailItem> => {
    const [mail] = await list(`kind=${kind}`);
    if (mail === undefined) throw new Error(`There is no mail of the kind ${kind}`);
    return mail;
  };

  it("200: each mail of an order, to whom, in the reader's language, with what came of it and no words of it", async () => {
    const mails = await list(`order_id=${orderId}&sort_by=id&sort_order=asc`);
    expect(mails.map(({ kind, status, email, language }) => [kind, status, email, language])).toEqual([
      ["receipt", "sent", BUYER, "es"],
      ["esim_ready", "sent", BUYER, "es"],
    ]);
    const [code] = await list(`kind=login_code&q=${encodeURIComponent(BUYER)}`);
    expect(code).toMatchObject({ status: "sent", email: BUYER, order_id: null, next_try_at: null });
    const all = JSON.stringify(await list("page_size=100"));
    expect(all).not.toMatch(/LPA:|\/install\/|(?<![-\d:.])\d{6}(?![-\d:.])/);
  });

  it("200: a receipt goes out once more, as a mail of its own, with an audit row", async () => {
    const receipt = await newest("receipt");
    const answer = await resend(receipt.id);
    expect([answer.status, answer.body]).toEqual([
      200,
      { message: "mail_scheduled", mail_id: expect.any(Number) },
    ]);
    await eventually(async () => (await newest("receipt")).status === "sent");
    expect(await newest("receipt")).toMatchObject({ number: 2, order_id: orderId });
    const receipts = (await mailsTo(app, BUYER)).filter(({ subject }) => subject.startsWith("Tu recibo"));
    expect(receipts).toHaveLength(2);
    const audits = await app.database.query("select actor, after from audit_log where subject = $1", [
      `mail:${answer.body.mail_id}`,
    ]);
    expect(audits).toEqual([
      {
        actor: expect.stringMatching(/^admin:\d+$/),
        after: { kind: "receipt", number: 2, subject_id: orderId },
      },
    ]);
  });

  it("a sign-in code that was mailed is not kept, so it is not sent again: 409", async () => {
    const code = await newest("login_code");
    const answer = await resend(code.id);
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect(answer.body.detail).toMatch(/asks for a new one/);
    // One that nobody has used yet.
    await app.request("POST", "/auth/request-code", { body: { email: "unused@example.com" } });
    const kept = await eventually(async () => {
      const rows = await app.database.query<{ sealed_code: unknown }>(
        `select a.sealed_code from auth_codes a join outgoing_mails m on m.subject_id = a.id and m.kind = 'login_code'
         where m.status = 'sent' and a.used_at is null`,
      );
      return rows.length > 0 && rows;
    });
    expect(kept.map(({ sealed_code }) => sealed_code)).toEqual(kept.map(() => null));
  });

  it("404: a mail that is not there", async () => {
    expect((await resend(999_999)).status).toBe(404);
  });

  it("409: to nobody whose account was deleted, and the list names no address of theirs", async () => {
    const esim = await newest("esim_ready");
    expect((await app.request("DELETE", "/auth/me", { bearer: shopper.token })).status).toBe(200);
    const answer = await resend(esim.id);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("deleted")]);
    const mails = await list("page_size=100");
    expect(JSON.stringify(mails)).not.toContain(BUYER);
  });
});

describe("a mail that the mail server does not take", () => {
  let sink: MailSink;
  let app: TestApp;
  beforeAll(async () => {
    sink = await startMailSink();
    app = await startTestApp(sink.environment);
  });
  afterAll(async () => {
    await app.stop();
    await sink.stop();
  });

  it("waits with its next try, and the word why", async () => {
    sink.refuseForNow(true);
    await app.request("POST", "/auth/request-code", { body: { email: "waits@example.com" } });
    const mail = await eventually(async () => {
      const [row] = await app.database.query<{ last_error: string; is_later: boolean; is_sealed: boolean }>(
        `select m.last_error, m.next_try_at > m.created_at as is_later, a.sealed_code is not null as is_sealed
         from outgoing_mails m join auth_codes a on a.id = m.subject_id where m.status = 'delayed'`,
      );
      return row;
    });
    expect(mail).toEqual({ last_error: "temporary", is_later: true, is_sealed: true });
  });
});

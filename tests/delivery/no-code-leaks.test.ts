import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeLog } from "../../src/telemetry/log.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";

/** A whole life of an eSIM, with everything that was logged at the lowest level. */
describe("no code, token or secret of an eSIM leaks", () => {
  const logged: string[] = [];
  const errors: string[] = [];
  let app: TestApp;
  let admin: string;
  let buyer: string;
  let esim: { id: number; order_id: number; qr_payload: string };
  let canaries: readonly string[];

  const call = async (method: string, path: string, options: Parameters<TestApp["request"]>[2] = {}) => {
    const answer = await app.request(method, path, options);
    if (answer.status >= 400) errors.push(answer.text);
    return answer;
  };

  beforeAll(async () => {
    const sink = { write: (line: string) => void logged.push(line) };
    app = await startTestApp(
      { ADMIN_EMAILS: "admin@example.com", SHOP_SUPPORT_EMAIL: "help@shop.example" },
      { log: makeLog({ level: "trace", format: "json", sink }) },
    );
    const { planId } = await seedCatalog(app.database);
    ({ token: admin } = await logIn(app, "admin@example.com"));
    ({ token: buyer } = await logIn(app, "buyer@example.com"));
    const headers = { "accept-language": "es-ES,es;q=0.9" };
    const order = await call("POST", "/orders", { bearer: buyer, body: { plan_id: planId }, headers });
    const payment = await call("POST", "/payments/create", {
      bearer: buyer,
      body: { order_id: order.body.id, provider: "MOCK" },
    });
    await call("POST", "/payments/webhook/mock", {
      body: { intent_id: payment.body.intent_id, status: "succeeded" },
    });
    esim = await eventually(async () => {
      const answer = await call("POST", "/esims/activate", {
        bearer: buyer,
        body: { order_id: order.body.id },
      });
      return answer.status === 200 && answer.body;
    });
    canaries = await collectCanaries(esim);
    await misuse();
  }, 240_000);
  afterAll(() => app.stop());

  /** Also the secrets of the links, one asked for and one mailed. */
  const collectCanaries = async (shown: Record<string, unknown>): Promise<string[]> => {
    const link = await call("POST", `/esims/${esim.id}/install-link`, { bearer: buyer });
    const mail = await eventually(async () => {
      const { body } = await app.request("GET", "/dev/inbox.json");
      return (body as { subject: string; text: string }[]).find(({ subject }) => subject.includes("eSIM"));
    });
    expect(mail.subject).toBe("Tu eSIM para España está lista para instalar");
    const mailed = /\/install\/([\w-]{22})/.exec(mail.text)?.[1] ?? "";
    const made = String(link.body.url).split("/").at(-1) ?? "";
    for (const secret of [made, mailed]) {
      const press = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "" };
      expect((await call("GET", `/install/${secret}`)).status).toBe(200);
      expect((await call("POST", `/install/${secret}`, press)).text).toContain(esim.qr_payload);
    }
    return [shown.activation_code, shown.matching_id, shown.qr_payload, made, mailed].map(String);
  };

  /** Requests that fail while a code is at hand: in the address, in the body, in the query, in a broken database. */
  const misuse = async (): Promise<void> => {
    for (const canary of canaries) {
      const encoded = encodeURIComponent(canary);
      await call("GET", `/esims/${encoded}`, { bearer: buyer });
      await call("GET", `/esims/mine?code=${encoded}`, { bearer: buyer });
      await call("POST", "/esims/activate", { bearer: buyer, body: { order_id: canary } });
      await call("POST", "/esims/activate", { bearer: buyer, body: `{"order_id": ${canary}` });
      await call("GET", `/install/${encoded}x`);
      await call("GET", `/install/${encoded}/more`);
      await call("POST", `/install/${encoded}`, { body: { canary } });
      await call("POST", "/nowhere", { body: { canary } });
      await call("GET", `/admin/esims?sort_by=${encoded}`, { bearer: admin });
      await call("GET", `/admin/esims/${encoded}/install`, { bearer: admin });
    }
    await app.database.query("alter table esim_reveals rename to esim_reveals_away");
    const broken = await call("GET", `/admin/esims/${esim.id}/install`, { bearer: admin });
    expect([broken.status, broken.body.code, broken.body.detail]).toEqual([
      500,
      "internal_error",
      "Something went wrong here. Tell help@shop.example the request_id.",
    ]);
    await app.database.query("alter table esim_reveals_away rename to esim_reveals");
    await call("POST", `/admin/esims/${esim.id}/resend-mail`, { bearer: admin });
    await eventually(async () => {
      const { body } = await app.request("GET", "/dev/inbox.json");
      return body.filter(({ subject }: { subject: string }) => subject.includes("eSIM")).length === 2;
    });
  };

  const expectNoCanary = (text: string): void => {
    expect(text.length).toBeGreaterThan(100);
    for (const canary of canaries) {
      expect(text).not.toContain(canary);
      expect(text).not.toContain(Buffer.from(canary).toString("base64"));
    }
  };

  it("in what is logged, at any level", () => {
    expect(logged.length).toBeGreaterThan(10);
    expectNoCanary(logged.join("\n"));
  });

  it("in metrics", async () => {
    const { text } = await app.request("GET", "/metrics");
    expect(text).toContain("tribi_mail_sent_total");
    expectNoCanary(text);
  });

  it("in the bodies of errors", () => {
    // A number that cannot be read is quoted back nowhere.
    expectNoCanary(errors.join("\n"));
  });

  it("in jobs, the audit log, or any other table but the development inbox", async () => {
    const tables = await app.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('public', 'graphile_worker') and tablename <> 'dev_inbox'`,
    );
    const rows: unknown[] = [];
    for (const { name } of tables) rows.push(await app.database.query(`select t::text from ${name} t`));
    expectNoCanary(JSON.stringify(rows));
  });

  it("in the lists of operators and in the export of a person", async () => {
    for (const path of [
      "/admin/esims",
      "/admin/orders",
      `/admin/orders/${esim.order_id}`,
      "/admin/audit-log",
      "/admin/jobs",
    ]) {
      const { status, text } = await app.request("GET", path, { bearer: admin });
      expect(status).toBe(200);
      expectNoCanary(text.padEnd(101));
    }
    expectNoCanary((await app.request("GET", "/auth/me/export", { bearer: buyer })).text);
  });
});

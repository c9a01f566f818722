import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "../../src/http/server.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { jobsSettled } from "../support/checksums.js";
import { eventually } from "../support/eventually.js";
import { type Login, logIn } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

let app: TestApp;
let shopper: Shopper;
let admin: Login;
let bought: {
  orderId: number;
  reference: string;
  paymentId: number;
  intentId: string;
  esimId: number;
  iccid: string;
};

beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: "admin@example.com" });
  admin = await logIn(app, "admin@example.com");
  shopper = await makeShopper(app, "marta.lopez@example.com");
  bought = await buy();
  await jobsSettled(app.database);
});
afterAll(() => app.stop());

async function buy() {
  const order = await shopper.order();
  const payment = await shopper.create(order.id, "MOCK");
  const intentId: string = payment.body.intent_id;
  await app.request("POST", "/payments/webhook/mock", { body: { intent_id: intentId, status: "succeeded" } });
  const esim = await eventually(async () => {
    const answer = await app.request("POST", "/esims/activate", {
      bearer: shopper.token,
      body: { order_id: order.id },
    });
    return answer.status === 200 && answer.body;
  });
  const [row] = await app.database.query<{ reference: string; id: number }>(
    "select o.reference, p.id from orders o join payments p on p.order_id = o.id where o.id = $1",
    [order.id],
  );
  return {
    orderId: order.id,
    reference: row?.reference ?? "",
    paymentId: row?.id ?? 0,
    intentId,
    esimId: esim.id as number,
    iccid: esim.iccid as string,
  };
}

const get = (path: string) => app.request("GET", path, { bearer: admin.token });
const search = async (q: string) => (await get(`/admin/search?q=${encodeURIComponent(q)}`)).body.items;

describe("GET /admin/search", () => {
  it("finds by the exact name of a thing, whatever the case of its letters", async () => {
    const order = { kind: "order", id: bought.orderId, label: bought.reference };
    expect((await search(bought.reference))[0]).toMatchObject({ ...order, matched: "reference" });
    expect((await search(bought.reference.toLowerCase()))[0]).toMatchObject(order);
    expect((await search("MARTA.lopez@example.com"))[0]).toMatchObject({
      kind: "customer",
      id: shopper.userId,
      matched: "email",
    });
    expect((await search(bought.iccid))[0]).toMatchObject({
      kind: "esim",
      id: bought.esimId,
      matched: "iccid",
      order_id: bought.orderId,
    });
    expect((await search(bought.intentId))[0]).toMatchObject({
      kind: "payment",
      id: bought.paymentId,
      matched: "intent",
    });
    expect((await search("ES-5GB-30D"))[0]).toMatchObject({ kind: "plan", matched: "sku" });
  });

  it("finds people by the beginning of their address, and by an address with typing mistakes", async () => {
    const marta = expect.objectContaining({ kind: "customer", id: shopper.userId });
    expect(await search("marta.")).toContainEqual(marta);
    for (const typed of ["marta.lopes@example.com", "amrta.lopez@example.com", "marta.lopez@exmaple.com"]) {
      expect([typed, await search(typed)]).toEqual([
        typed,
        [expect.objectContaining({ id: shopper.userId, matched: "similar_email" })],
      ]);
    }
    expect(await search("peter.lopez@example.com")).toEqual([]);
  });

  it("takes wildcards, quotes and backslashes as they are, and nothing for one letter", async () => {
    for (const q of ["%%", "__", "'--", "\\\\", "m", ""]) expect([q, await search(q)]).toEqual([q, []]);
  });

  it("says on record which customers it showed to whom", async () => {
    await search("marta.lopez@example.com");
    const [row] = await app.database.query<{ actor: string; after: { found: number[] } }>(
      "select actor, after from audit_log where action = 'search.viewed' order by id desc limit 1",
    );
    expect(row).toEqual({ actor: `admin:${admin.userId}`, after: { found: [shopper.userId] } });
  });
});

describe("GET /admin/summary", () => {
  it("counts what was sold, and what waits for a person with its age", async () => {
    const quiet = (await get("/admin/summary")).body;
    expect(quiet.sales).toEqual([
      expect.objectContaining({ currency: "USD", orders: 1, cost_minor_units: null, orders_without_cost: 1 }),
    ]);
    const parked =
      "update esim_profiles set parked_at = now() - interval '3 hours', parked_reason = 'test' where id = $1";
    await app.database.query(parked, [bought.esimId]);
    const { body } = await get("/admin/summary");
    const [waiting] = body.attention.filter(({ kind }: { kind: string }) => kind === "parked_esims");
    expect(waiting).toMatchObject({ count: 1, is_capped: false });
    expect(Date.now() - Date.parse(waiting.oldest_at)).toBeGreaterThan(3_500_000 * 3);
    const idsOf = async (filter: string) =>
      (await get(`/admin/esims?is_parked=${filter}`)).body.items.map(({ id }: { id: number }) => id);
    expect(await idsOf("true")).toEqual([bought.esimId]);
    expect(await idsOf("false")).not.toContain(bought.esimId);
    expect((await get("/admin/esims?is_parked=maybe")).status).toBe(422);
    expect((await get("/admin/top-ups?is_parked=true")).body.items).toEqual([]);
    await app.database.query("update esim_profiles set parked_at = null, parked_reason = null");
  });

  it.each(["yesterday", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-02-31"])(
    "422: since=%s",
    async (since) => {
      expect((await get(`/admin/summary?since=${since}`)).status).toBe(422);
    },
  );
});

describe("one customer, eSIM, payment, order", () => {
  it("200: each with what belongs to it, no code, and the look on record", async () => {
    const customer = await get(`/admin/users/${shopper.userId}`);
    expect(customer.body).toMatchObject({
      email: "marta.lopez@example.com",
      orders: [{ id: bought.orderId }],
      esims: [{ id: bought.esimId }],
      payments: [{ id: bought.paymentId }],
      totals: [{ currency: "USD", orders: 1 }],
      sessions: [{ session_kind: "both" }],
    });
    const esim = await get(`/admin/esims/${bought.esimId}`);
    expect(esim.body).toMatchObject({
      user: { email: "marta.lopez@example.com" },
      order: { id: bought.orderId, reference: bought.reference },
      attempts: [{ status: "delivered" }],
    });
    const payment = await get(`/admin/payments/${bought.paymentId}`);
    expect(payment.body).toMatchObject({ order: { id: bought.orderId }, events: [{ outcome: "processed" }] });
    const order = await get(`/admin/orders/${bought.orderId}`);
    expect(order.body).toMatchObject({
      payments: [{ id: bought.paymentId }],
      refunds: [],
      previous_order_id: null,
    });
    for (const { text } of [customer, esim, payment, order]) expect(text).not.toMatch(/LPA:|activation_code/);
    const looks = await app.database.query<{ action: string; subject: string }>(
      "select action, subject from audit_log where action like '%.viewed' and subject not like 'search%' order by id",
    );
    expect(looks).toEqual([
      { action: "user.viewed", subject: `user:${shopper.userId}` },
      { action: "esim.viewed", subject: `esim:${bought.esimId}` },
      { action: "payment.viewed", subject: `payment:${bought.paymentId}` },
      { action: "order.viewed", subject: `order:${bought.orderId}` },
    ]);
    expect(JSON.stringify(order.body.timeline)).not.toContain("viewed");
  });

  it("404: of nobody", async () => {
    for (const kind of ["users", "esims", "payments"]) {
      expect((await get(`/admin/${kind}/2000000000`)).status).toBe(404);
    }
  });
});

describe("GET /admin/orders/:id/refund-preview", () => {
  const preview = async (query = "") =>
    (await get(`/admin/orders/${bought.orderId}/refund-preview${query}`)).body;

  it("says what becomes of eSIM and money, and changes neither", async () => {
    expect(await preview()).toMatchObject({
      payment_id: bought.paymentId,
      is_whole: true,
      refusal: null,
      needs_accept_loss: false,
      delivery: { kind: "esim", id: bought.esimId, effect: "is_taken_back" },
    });
    expect(await preview("?amount_minor_units=1")).toMatchObject({
      is_whole: false,
      needs_idempotency_key: true,
      delivery: { effect: "none" },
    });
    expect(await preview("?amount_minor_units=99999999")).toMatchObject({
      refusal: "refund_exceeds_payment",
    });
    await app.database.query("update esim_profiles set status = 'active' where id = $1", [bought.esimId]);
    expect(await preview()).toMatchObject({ needs_accept_loss: true, delivery: { effect: "stays" } });
    const unpaid = await shopper.order();
    const answer = await get(`/admin/orders/${unpaid.id}/refund-preview`);
    expect(answer.body).toMatchObject({ refusal: "order_not_paid", payment_id: null });
    expect(await app.database.query("select from refunds")).toEqual([]);
  });
});

describe("operators' lists", () => {
  it("take a range whose end is not in it, as dates or as moments", async () => {
    await app.database.query("update orders set created_at = '2026-01-31T12:00:00Z' where id = $1", [
      bought.orderId,
    ]);
    const ids = async (range: string): Promise<number[]> =>
      (await get(`/admin/orders?${range}`)).body.items.map(({ id }: { id: number }) => id);
    expect(await ids("from=2026-01-31&to=2026-02-01")).toEqual([bought.orderId]);
    expect(await ids("from=2026-01-31T12:00:00Z&to=2026-01-31T12:00:01Z")).toEqual([bought.orderId]);
    expect(await ids("from=2026-01-30&to=2026-01-31")).toEqual([]);
    expect(await ids("to=2026-01-31T13:00:00%2B01:00")).toEqual([]);
  });

  it.each([
    "from=2026-02-31",
    "from=now",
    "to=1",
    "from=2026-01-02&to=2026-01-01",
    "cursor=3&page=2",
    "cursor=0",
  ])("422: ?%s", async (query) => {
    expect((await get(`/admin/orders?${query}`)).status).toBe(422);
    if (!query.startsWith("cursor")) expect((await get(`/admin/orders/export?${query}`)).status).toBe(422);
  });

  it("go on by a cursor: every row once, none twice", async () => {
    for (let number = 0; number < 4; number += 1) await shopper.order();
    const all: number[] = (await get("/admin/orders")).body.items.map(({ id }: { id: number }) => id);
    const seen: number[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const { body } = await get(`/admin/orders?page_size=2${cursor === 0 ? "" : `&cursor=${cursor}`}`);
      expect([body.total, body.total_is_estimate]).toEqual([all.length, false]);
      seen.push(...body.items.map(({ id }: { id: number }) => id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(all);
  });

  it("422: a range that leads out of the years 1 to 9999, in lists, their exports and the books of money", async () => {
    const none = ["0000-01-01", "0001-01-01T00:30:00%2B01:00", "9999-12-31T23:30:00-01:00", "2023-02-29"];
    const lists = [
      "orders",
      "orders/export",
      "exports/journal",
      "exports/summary",
      "reconciliation",
      "reconciliation/export",
    ];
    for (const member of ["from", "to"]) {
      for (const time of none) {
        for (const list of lists) {
          const { status, body } = await get(`/admin/${list}?${member}=${time}`);
          expect([list, time, status, body.errors?.[0]?.pointer]).toEqual([
            list,
            time,
            422,
            `/query/${member}`,
          ]);
        }
      }
    }
    expect((await get("/admin/orders?from=0001-01-01&to=9999-12-31T23:59:59Z")).body.total).toBeGreaterThan(
      0,
    );
  });

  it("422: a filter that they do not have, of one without any too", async () => {
    const lists = routesOf(app.app.server).filter(
      ({ access, method, url }) => access === "admin" && method === "GET" && !url.includes(":"),
    );
    expect(lists.length).toBeGreaterThan(40);
    for (const { url } of lists) expect([url, (await get(`${url}?zone=1`)).status]).toEqual([url, 422]);
  });

  it("are exported as they are filtered, and that is on record", async () => {
    const { text } = await get(`/admin/orders/export?status=paid&user_q=marta`);
    const lines = text.trim().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(bought.reference);
    const [row] = await app.database.query<{ subject: string; after: object }>(
      "select subject, after from audit_log where action = 'list.exported' order by id desc limit 1",
    );
    // What was typed may be an address, and the log stays when its person is deleted.
    const after = { status: "paid", user_q: "5 characters", people: [shopper.userId] };
    expect(row).toEqual({ subject: "orders", after });
  });

  it("estimate how long they are beyond what is worth counting", async () => {
    await app.database.query(
      `insert into users (email) select 'crowd-' || n || '@example.com' from generate_series(1, 12000) n`,
    );
    await app.database.query("analyze users");
    const { body } = await get("/admin/users?page_size=1");
    expect(body.total_is_estimate).toBe(true);
    expect(body.total).toBeGreaterThan(10_000);
    const deep = await get("/admin/users?page=120&page_size=100&sort_by=email&sort_order=asc");
    expect(deep.body.items).toHaveLength(100);
    expect((await get("/admin/users?q=crowd-77%40example.com")).body).toMatchObject({ total: 1 });
  });
});

describe("why codes were shown", () => {
  it("goes into the audit log, and an empty reason is none", async () => {
    const shown = await get(`/admin/esims/${bought.esimId}/install?reason=lost%20the%20mail`);
    expect(shown.status).toBe(200);
    const rows = await app.database.query<{ actor: string; after: object }>(
      "select actor, after from audit_log where action = 'esim.code_shown' and subject = $1",
      [`esim:${bought.esimId}`],
    );
    expect(rows).toEqual([{ actor: `admin:${admin.userId}`, after: { reason: "lost the mail" } }]);
    expect((await get(`/admin/esims/${bought.esimId}/install?reason=`)).status).toBe(422);
  });
});

describe("findings of reconciliation", () => {
  it("take a range as every list does", async () => {
    await app.database.query(
      `with run as (
         insert into reconciliation_runs (provider, since, applies, finished_at) values ('MOCK', now(), false, now())
         returning id
       )
       insert into reconciliation_findings (provider, class, subject, action, detail, last_run_id, found_at)
       select 'MOCK', 'orphan_intent', 'range', 'reported', '{}', id, '2026-01-31T12:00:00Z' from run`,
    );
    const total = async (range: string) => (await get(`/admin/reconciliation?${range}`)).body.total;
    expect(await total("from=2026-01-31&to=2026-02-01")).toBe(1);
    expect(await total("to=2026-01-31")).toBe(0);
    expect((await get("/admin/reconciliation?from=x")).status).toBe(422);
    const rows = async (query: string) =>
      (await get(`/admin/reconciliation/export?${query}`)).text.trim().split("\r\n").length - 1;
    expect(await rows("from=2026-01-31&to=2026-02-01&class=orphan_intent&is_open=true&q=range")).toBe(1);
    for (const other of ["to=2026-01-31", "is_open=false", "q=other"]) expect(await rows(other)).toBe(0);
    expect((await get("/admin/reconciliation/export?klass=orphan_intent")).status).toBe(422);
  });
});

describe("GET /admin/previews", () => {
  const KINDS = /defineMail\(\{\s*kind: "(\w+)"/g;
  const kindsOfProgram = (): readonly string[] =>
    readdirSync("src/modules", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        [...readFileSync(`src/modules/${file}`, "utf8").matchAll(KINDS)].map(([, kind = ""]) => kind),
      )
      .sort();
  const variantsOf = (of: string, items: readonly { name: string }[]): readonly string[] =>
    items.filter(({ name }) => name.startsWith(`${of}.`)).map(({ name }) => name.slice(of.length + 1));

  it.each(["en", "es"])("shows every kind of mail that the program can write, in %s", async (language) => {
    const { status, body } = await get(`/admin/previews?language=${language}`);
    expect(status).toBe(200);
    const mails = body.items.filter(({ kind }: { kind: string }) => kind === "mail");
    const kinds = mails.map(({ name }: { name: string }) => name.split(".")[0]);
    expect([...new Set(kinds)].sort()).toEqual(kindsOfProgram());
    expect(variantsOf("care_notice", mails)).toEqual([
      "install",
      "low_data",
      "used_up",
      "days_left",
      "expired",
    ]);
    for (const { name, to, subject, text } of mails) {
      expect([name, to]).toEqual([name, "ada.lovelace@example.com"]);
      // A text that is missing is its key, and a value that is missing leaves its braces or a word of the program.
      expect(`${name} ${subject} ${text}`).not.toMatch(
        /\{\{|undefined|null|NaN|Invalid Date|\s[a-z_]+\.[a-z_]+\s/,
      );
    }
    const [receipt] = mails.filter(({ name }: { name: string }) => name === "receipt.esim");
    expect(receipt.subject).toMatch(language === "en" ? /^Your receipt/ : /recibo/);
    expect(body.shop_pages).toContain(language === "en" ? "/legal/terms" : "/es/legal/terms");
    expect(body.shop_pages.some((page: string) => page.includes("/esim/"))).toBe(true);
  });

  it("has documents in which nothing runs, with the mail's pictures in them", async () => {
    const { body } = await get("/admin/previews?language=es");
    const documents = body.items.filter(({ document }: { document: string | null }) => document !== null);
    expect(documents.map(({ name }: { name: string }) => name)).toEqual([
      "esim_ready",
      "install_page_closed",
      "install_page_open",
      "install_page_gone",
      "notice_page",
    ]);
    for (const { document } of documents) {
      const answer = await get(document);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none';.*; sandbox$/);
      expect(answer.text).toContain('<html lang="es">');
      expect(answer.text).not.toContain("cid:");
    }
    expect((await get("/admin/previews/esim_ready/document")).text).toContain("data:image/png;base64,");
    expect((await get("/admin/previews/receipt.esim/document")).status).toBe(404);
  });

  it("sends nothing, stores nothing and opens nothing", async () => {
    const count = async () =>
      (
        await app.database.query(
          "select (select count(*) from outgoing_mails) as mails, (select count(*) from install_links) as links",
        )
      )[0];
    const before = await count();
    const { body } = await get("/admin/previews");
    expect(await count()).toEqual(before);
    const [ready] = body.items.filter(({ name }: { name: string }) => name === "esim_ready");
    const [, link = ""] = /(\/install\/\S+)/.exec(ready.text) ?? [];
    expect((await get(link)).status).toBe(404);
  });
});

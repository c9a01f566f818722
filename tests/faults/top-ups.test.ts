import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import {
  FAKE_ESIM_ACCESS_CODE,
  FAKE_ESIM_ACCESS_SECRET,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import type { FakeHttp } from "@tribi/fakes/supplier/fake-http";
import type { Ledger } from "@tribi/fakes/supplier/ledger";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MOCK_LEDGER_AGREES, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { logIn } from "../support/login.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

interface Fake {
  readonly http: FakeHttp;
  readonly ledger: Ledger;
  stop(): Promise<void>;
}

const SUPPLIERS = [
  {
    id: "airalo",
    packageId: "moshi-7days-1gb",
    topUpId: "moshi-7days-1gb-topup",
    call: "^POST /v2/orders/topups$",
  },
  { id: "esim-access", packageId: "AU1GB7D", topUpId: "TOPUP_AU1GB7D", call: "open/esim/topup$" },
  {
    id: "esim-go",
    packageId: "esim_1GB_7D_NL_V2",
    topUpId: "esim_1GB_7D_NL_V2",
    call: "^POST /v2.4/orders$",
  },
] as const;

/** The real adapters against their fakes, from the order to the refund; a supplier's books are the truth. */
describe("top-ups at real suppliers", () => {
  const fakes = new Map<string, Fake>();
  const plans = new Map<string, number>();
  let app: TestApp;
  let admin: string;

  beforeAll(async () => {
    const [airalo, access, go] = [
      await startFakeAiralo(),
      await startFakeEsimAccess(),
      await startFakeEsimGo(),
    ];
    airalo.limits.isEnforced = false;
    access.limits.isEnforced = false;
    for (const [id, fake] of [
      ["airalo", airalo],
      ["esim-access", access],
      ["esim-go", go],
    ] as const)
      fakes.set(id, fake);
    app = await startTestApp({
      ADMIN_EMAILS: "admin@example.com",
      PROVISIONING_PACE_MILLIS: "10",
      SUPPLIER_TIMEOUT_SECONDS: "1",
      AIRALO_CLIENT_ID: FAKE_AIRALO_ID,
      AIRALO_CLIENT_SECRET: FAKE_AIRALO_SECRET,
      AIRALO_API_BASE: airalo.url,
      ESIM_ACCESS_CODE: FAKE_ESIM_ACCESS_CODE,
      ESIM_ACCESS_SECRET_KEY: FAKE_ESIM_ACCESS_SECRET,
      ESIM_ACCESS_API_BASE: access.url,
      ESIM_GO_API_KEY: FAKE_ESIM_GO_KEY,
      ESIM_GO_API_BASE: go.url,
    });
    admin = (await logIn(app, "admin@example.com")).token;
    await makeEsimOwner(app);
    const rows = await app.database.query<{ id: number }>(
      "select id from plans where data_gb = 1 and duration_days = 7 order by id limit 3",
    );
    for (const [index, { id, packageId, topUpId }] of SUPPLIERS.entries()) {
      const planId = rows[index]?.id ?? 0;
      plans.set(id, planId);
      await app.database.query(
        `insert into plan_suppliers (plan_id, supplier, package_id, top_up_package_id, cost_text, cost_currency)
         values ($1, $2, $3, $4, null, null)`,
        [planId, id, packageId, topUpId],
      );
    }
  });
  afterEach(() => {
    for (const { http, ledger } of fakes.values()) {
      http.clearFaults();
      ledger.balance = 10_000_000_000;
      for (const entry of ledger.packages) entry.stock = 1_000_000;
    }
  });
  afterAll(async () => {
    expect(
      await violations(app.database, { ...MONEY_INVARIANTS, ...MOCK_LEDGER_AGREES, ...ESIM_INVARIANTS }),
    ).toEqual({});
    await app.stop();
    for (const fake of fakes.values()) await fake.stop();
  });

  const enqueue = (task: string) => app.database.query("select enqueue_job($1, '{}')", [task]);
  /** A customer with an eSIM of this supplier, and with its list read. */
  const ownerAt = async (id: string): Promise<EsimOwner> => {
    const owner = await makeEsimOwner(app, plans.get(id));
    await enqueue("read_top_up_lists");
    await eventually(
      async () => (await owner.get(`/esims/${owner.esimId}/top-ups`)).body.listed_at !== null,
      {
        what: "list of top-ups",
      },
    );
    return owner;
  };
  const fakeOf = (id: string): Fake => fakes.get(id)!;
  const soldBy = (id: string) => fakeOf(id).ledger.orders.filter(({ kind }) => kind === "top_up").length;
  const orderAt = async (owner: EsimOwner, id: string): Promise<number> => {
    const { status, body, text } = await owner.topUp(plans.get(id) ?? 0);
    if (status !== 200) throw new Error(text);
    return body.id;
  };
  const attempts = (orderId: number) =>
    app.database.query<{ status: string; reason: string | null; reference: string }>(
      `select a.status, a.reason, a.reference from provisioning_attempts a join top_ups t on t.id = a.top_up_id
       where t.order_id = $1 order by a.number`,
      [orderId],
    );
  const topUpRow = async (orderId: number) => {
    const [row] = await app.database.query<{ id: number; status: string; parked_reason: string | null }>(
      "select id, status, parked_reason from top_ups where order_id = $1",
      [orderId],
    );
    return row!;
  };
  const isRefunded = (owner: EsimOwner, orderId: number) =>
    eventually(async () => (await owner.get(`/orders/${orderId}`)).body.status === "refunded", {
      what: "refund",
    });
  const mailed = (subject: string, words: string) =>
    eventually(async () => {
      const inbox = (await app.request("GET", "/dev/inbox.json")).body;
      return inbox.some(
        (mail: { subject: string; text: string }) => mail.subject === subject && mail.text.includes(words),
      );
    });

  describe.each(SUPPLIERS)("$id", ({ id, topUpId, call }) => {
    it("offers what the supplier takes for this eSIM, and buys it once, at its price", async () => {
      const owner = await ownerAt(id);
      const list = (await owner.get(`/esims/${owner.esimId}/top-ups`)).body;
      expect(list.offers.map(({ plan_id }: { plan_id: number }) => plan_id)).toEqual([plans.get(id)]);
      const before = soldBy(id);
      const balance = fakeOf(id).ledger.balance;
      const orderId = await orderAt(owner, id);
      await owner.pay(orderId);
      await owner.reaches(orderId, "done");
      expect(soldBy(id)).toBe(before + 1);
      const price = fakeOf(id).ledger.packages.find(
        (entry) => entry.id === topUpId && entry.kind === "top_up",
      )?.price;
      expect(balance - fakeOf(id).ledger.balance).toBe(price);
      expect(await attempts(orderId)).toMatchObject([{ status: "delivered" }]);
      // The supplier's own figures are asked for at once.
      await enqueue("poll_esims");
      await eventually(
        async () => {
          const { usage } = (await owner.get(`/esims/${owner.esimId}`)).body;
          return usage !== null && usage.total_bytes >= 2_000_000_000;
        },
        { what: "usage with the top-up" },
      );
    });

    it("a sale whose answer is lost is found, never bought again", async () => {
      const owner = await ownerAt(id);
      const before = soldBy(id);
      const orderId = await orderAt(owner, id);
      // eSIM Go validates the price by the same path first.
      const acts = id === "esim-go" ? [{ kind: "answer_late", millis: 0 } as const] : [];
      for (const act of [...acts, { kind: "drop_after" } as const]) fakeOf(id).http.script({ on: call, act });
      await owner.pay(orderId);
      await owner.reaches(orderId, "done");
      expect(soldBy(id)).toBe(before + 1);
      expect((await attempts(orderId)).map(({ status }) => status)).toEqual(["delivered"]);
    });

    it("a purchase that was begun by a process that died is found by its reference", async () => {
      const owner = await ownerAt(id);
      const orderId = await orderAt(owner, id);
      const { body } = await owner.get(`/orders/${orderId}`);
      const [esim] = await app.database.query<{ iccid: string }>(
        "select iccid from esim_profiles where id = $1",
        [owner.esimId],
      );
      const reference = `${body.reference}-1`;
      await app.database.query(
        `insert into provisioning_attempts (top_up_id, number, reference, supplier, package_id, is_exclusive)
         values ($1, 1, $2, $3, $4, $5)`,
        [body.top_up.id, reference, id, topUpId, id === "esim-go"],
      );
      const target = fakeOf(id).ledger.esimByIccid(esim?.iccid ?? "");
      if (target === undefined) throw new Error("no eSIM at the supplier");
      fakeOf(id).ledger.topUp({
        reference: id === "esim-go" ? "" : reference,
        packageId: topUpId,
        esim: target,
      });
      const before = soldBy(id);
      await owner.pay(orderId);
      await owner.reaches(orderId, "done");
      expect(soldBy(id)).toBe(before);
      expect((await attempts(orderId)).map(({ status }) => status)).toEqual(["delivered"]);
    });

    it("a definite no ends it: the money goes back, and the customer hears of it", async () => {
      const owner = await ownerAt(id);
      const before = soldBy(id);
      const orderId = await orderAt(owner, id);
      for (const entry of fakeOf(id).ledger.packages) if (entry.kind === "top_up") entry.stock = 0;
      await owner.pay(orderId);
      await owner.reaches(orderId, "failed");
      await isRefunded(owner, orderId);
      expect(soldBy(id)).toBe(before);
      const { reference } = (await owner.get(`/orders/${orderId}`)).body;
      await mailed("We could not top up your eSIM: your money goes back", reference);
      expect((await owner.get(`/esims/${owner.esimId}`)).body.status).toBe("ready");
    });
  });

  it("20 requests with one key and 20 deliveries of one payment are one order and one purchase", async () => {
    const owner = await ownerAt("airalo");
    const before = soldBy("airalo");
    const planId = plans.get("airalo") ?? 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.topUp(planId, { key: "race" })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1);
    const orderId = answers[0]?.body.id;
    const intents = await Promise.all(Array.from({ length: 20 }, () => owner.create(orderId, "MOCK")));
    expect(intents.map(({ status, text }) => (status === 200 ? "200" : text))).toEqual(Array(20).fill("200"));
    expect(new Set(intents.map(({ body }) => body.intent_id)).size).toBe(1);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        app.request("POST", "/payments/webhook/mock", {
          body: { intent_id: intents[0]?.body.intent_id, status: "succeeded" },
        }),
      ),
    );
    await Promise.all(
      Array.from({ length: 20 }, () =>
        app.database.query("select enqueue_job('top_up_esim', json_build_object('order_id', $1::bigint))", [
          orderId,
        ]),
      ),
    );
    await owner.reaches(orderId, "done");
    expect(soldBy("airalo")).toBe(before + 1);
    const [count] = await app.database.query<{ count: number }>(
      "select count(*) as count from orders where user_id = $1 and kind = 'top_up'",
      [owner.userId],
    );
    expect(count?.count).toBe(1);
  });

  it("two top-ups of one bundle at once at a supplier without references are two purchases, one after the other", async () => {
    const owners = [await ownerAt("esim-go"), await ownerAt("esim-go")];
    const before = soldBy("esim-go");
    fakeOf("esim-go").http.script({ on: "^POST /v2.4/orders$", act: { kind: "answer_late", millis: 0 } });
    fakeOf("esim-go").http.script({ on: "^POST /v2.4/orders$", act: { kind: "drop_after" } });
    const orders = await Promise.all(owners.map((owner) => orderAt(owner, "esim-go")));
    await Promise.all(owners.map((owner, index) => owner.pay(orders[index] ?? 0)));
    await Promise.all(owners.map((owner, index) => owner.reaches(orders[index] ?? 0, "done")));
    expect(soldBy("esim-go")).toBe(before + 2);
  });

  it("while the outcome of one is unknown at a supplier without references, no other of its bundle is bought there", async () => {
    const [first, second] = [await ownerAt("esim-go"), await ownerAt("esim-go")];
    const [unknown, waiting] = [await orderAt(first, "esim-go"), await orderAt(second, "esim-go")];
    const [attempt] = await app.database.query<{ id: number }>(
      `insert into provisioning_attempts (top_up_id, number, reference, supplier, package_id, is_exclusive, status)
       select id, 1, 'LOST-' || id, supplier, package_id, true, 'unknown' from top_ups where order_id = $1 returning id`,
      [unknown],
    );
    const before = soldBy("esim-go");
    await second.pay(waiting);
    // It has come twice and was put off both times, unless it has bought.
    await eventually(async () => {
      const [row] = await app.database.query<{ status: string; lease_token: number }>(
        "select status, lease_token from top_ups where order_id = $1",
        [waiting],
      );
      return row?.status === "done" || (row?.lease_token ?? 0) > 1;
    });
    expect(soldBy("esim-go")).toBe(before);
    await app.database.query("delete from provisioning_attempts where id = $1", [attempt?.id]);
    await second.reaches(waiting, "done");
    expect(soldBy("esim-go")).toBe(before + 1);
  });

  it("an empty account parks it; with money there again it goes on by itself", async () => {
    const owner = await ownerAt("airalo");
    const orderId = await orderAt(owner, "airalo");
    fakeOf("airalo").ledger.balance = 0;
    await owner.pay(orderId);
    await eventually(async () => (await topUpRow(orderId)).parked_reason === "no_funds", { what: "parked" });
    fakeOf("airalo").ledger.balance = 10_000_000_000;
    await enqueue("read_supplier_balances");
    await eventually(async () => {
      await enqueue("sweep_top_ups");
      return (await topUpRow(orderId)).status === "done";
    });
    expect((await attempts(orderId)).map(({ status, reason }) => [status, reason])).toEqual([
      ["refused", "no_funds"],
      ["delivered", null],
    ]);
  });

  it("an eSIM that was taken back after the order takes nothing: nothing is bought and the money goes back", async () => {
    const owner = await ownerAt("esim-access");
    const before = soldBy("esim-access");
    const orderId = await orderAt(owner, "esim-access");
    const taken = await app.request("POST", `/admin/orders/${owner.esimOrderId}/refund`, {
      bearer: admin,
      body: { reason: "does not travel" },
    });
    expect(taken.status).toBe(200);
    const late = await owner.topUp(plans.get("esim-access") ?? 0);
    expect([late.status, late.body.code]).toEqual([409, "top_up_not_possible"]);
    await owner.pay(orderId);
    await owner.reaches(orderId, "failed");
    await isRefunded(owner, orderId);
    expect(soldBy("esim-access")).toBe(before);
  });

  it("what the supplier does not say is parked with its evidence, and an operator decides", async () => {
    const owner = await ownerAt("airalo");
    const decide = async (orderId: number, body: object) => {
      const { id } = await topUpRow(orderId);
      return app.request("POST", `/admin/top-ups/${id}/decision`, { bearer: admin, body });
    };
    const parked = async () => {
      const orderId = await orderAt(owner, "airalo");
      await app.database.query(
        `with t as (update top_ups set parked_at = now(), parked_reason = 'outcome_unknown' where order_id = $1 returning id)
         insert into provisioning_attempts (top_up_id, number, reference, supplier, package_id, status, reason)
         select id, 1, 'LOST-' || id, 'airalo', 'moshi-7days-1gb-topup', 'parked', 'outcome_unknown' from t`,
        [orderId],
      );
      await owner.pay(orderId);
      return orderId;
    };
    const adopted = await parked();
    expect((await decide(adopted, { decision: "adopt", reason: "x" })).status).toBe(422);
    expect((await decide(adopted, { decision: "accept_loss", reason: "x" })).status).toBe(409);
    const adopt = { decision: "adopt", supplier_order_id: "9999999", reason: "it is in their list" };
    expect((await decide(adopted, adopt)).status).toBe(200);
    await owner.reaches(adopted, "done");
    expect((await decide(adopted, adopt)).status).toBe(409);

    const again = await parked();
    const before = soldBy("airalo");
    expect((await decide(again, { decision: "not_bought", reason: "it is not in their list" })).status).toBe(
      200,
    );
    await owner.reaches(again, "done");
    expect(soldBy("airalo")).toBe(before + 1);

    const refunded = await parked();
    expect((await decide(refunded, { decision: "refund", reason: "enough" })).status).toBe(200);
    await isRefunded(owner, refunded);
    await owner.reaches(refunded, "failed");
    const [row] = await app.database.query<{ count: number }>(
      "select count(*) as count from audit_log where action like 'top_up.%' and actor like 'admin:%' and after ? 'reason'",
    );
    expect(row?.count).toBe(3);
  });

  it.each([
    ["was bought after all, it stays as a loss", "drop_after", ["parked", "surplus_cannot"]],
    ["never arrived, nothing is lost", "drop_before", ["taken_back", "never_sold"]],
  ] as const)(
    "refunded with accept_loss while its outcome is unknown: if it %s",
    async (_what, kind, expected) => {
      const owner = await ownerAt("airalo");
      const orderId = await orderAt(owner, "airalo");
      const { http } = fakeOf("airalo");
      http.script({ on: "^POST /v2/orders/topups$", act: { kind } });
      http.script({ on: "^GET /v2/orders$", times: 1_000, act: { kind: "status_before", status: 500 } });
      await owner.pay(orderId);
      await eventually(async () => (await attempts(orderId))[0]?.status === "unknown", { what: "unknown" });
      const refund = await app.request("POST", `/admin/orders/${orderId}/refund`, {
        bearer: admin,
        body: { reason: "cannot wait", accept_loss: true },
      });
      expect([refund.status, refund.body.order.status]).toEqual([200, "refunded"]);
      await owner.reaches(orderId, "cancelled");
      http.clearFaults();
      await eventually(
        async () => {
          const [{ status, reason } = { status: "", reason: null }] = await attempts(orderId);
          return status === expected[0] && reason === expected[1];
        },
        { what: expected[1] },
      );
    },
    60_000,
  );

  it("a refund without accept_loss waits for an unknown outcome; once it is done, it stays", async () => {
    const owner = await ownerAt("airalo");
    const orderId = await orderAt(owner, "airalo");
    const { http } = fakeOf("airalo");
    http.script({ on: "^POST /v2/orders/topups$", act: { kind: "drop_after" } });
    http.script({ on: "^GET /v2/orders$", times: 1_000, act: { kind: "status_before", status: 500 } });
    await owner.pay(orderId);
    await eventually(async () => (await attempts(orderId))[0]?.status === "unknown", { what: "unknown" });
    const path = `/admin/orders/${orderId}/refund`;
    const waiting = await app.request("POST", path, { bearer: admin, body: { reason: "wants it back" } });
    expect([waiting.status, waiting.body.refund.status]).toEqual([202, "requested"]);
    http.clearFaults();
    await owner.reaches(orderId, "done");
    const refused = await app.request("POST", path, { bearer: admin, body: { reason: "wants it back" } });
    expect([refused.status, refused.body.code]).toEqual([409, "esim_not_revocable"]);
    expect((await owner.get(`/orders/${orderId}`)).body.status).toBe("paid");
  });
});

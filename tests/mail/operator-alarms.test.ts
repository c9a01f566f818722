import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROLES, rolesWith } from "../../src/kernel/permissions.js";
import { ALARM_KINDS, ALARMS } from "../../src/modules/admin/alarms/alarm-kinds.js";
import { sweepAlarms } from "../../src/modules/admin/alarms/alarm-store.js";
import { EVENT_TYPES } from "../../src/modules/webhooks/event-types.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { type Login, logIn, mailsTo } from "../support/login.js";
import { makeShopper } from "../support/shop.js";

const OWNER = "owner@example.com";
const TEAM = ["support", "finance", "catalogue", "auditor"] as const;
const emailOf = (role: string): string => `${role}@example.com`;

let app: TestApp;
const team: Partial<Record<string, Login>> = {};
beforeAll(async () => {
  app = await startTestApp({ ADMIN_EMAILS: OWNER, REFUND_NEEDS_SECOND_ABOVE: "USD=1" });
  team.owner = await logIn(app, OWNER);
  for (const role of TEAM) {
    const login = await logIn(app, emailOf(role));
    team[role] = login;
    await query("insert into team_members (user_id, role, created_by) values ($1, $2, 'test')", [
      login.userId,
      role,
    ]);
    await app.request("GET", "/admin/me", { bearer: login.token });
  }
});
afterAll(() => app.stop());
beforeEach(async () => {
  await query("delete from webhook_events where provider = 'TEST'");
  await query("delete from supplier_accounts");
  await query("delete from alarm_choices");
  await query("delete from outgoing_mails where kind = 'operator_alarm'");
  await query("delete from alarm_mails");
  await query("delete from dev_inbox");
});

const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);
const sweep = (): Promise<void> =>
  app.database.db.transaction((tx) =>
    sweepAlarms(tx, { lowStock: 2, stockIsDefault: false, lowBalanceDays: 3 }, [OWNER]),
  );
/** A supplier whose balance cannot be read: the alarm `supplier_failing`, for whoever may change suppliers. */
const supplierFails = (supplier: string, problem = "credentials_refused") =>
  query("insert into supplier_accounts (supplier, problem, problem_since) values ($1, $2, now())", [
    supplier,
    problem,
  ]);
const recovers = (supplier: string) =>
  query("update supplier_accounts set problem = null, problem_since = null where supplier = $1", [supplier]);
const laterBy = (interval: string) =>
  query("update alarm_mails set created_at = created_at - $1::interval", [interval]);

/** The subjects of the alarms that reached somebody, the oldest first, once nothing of them is on its way. */
async function alarmsTo(email: string): Promise<readonly { subject: string; text: string }[]> {
  await eventually(async () => {
    const rows = await query(
      "select from outgoing_mails where kind = 'operator_alarm' and status in ('queued', 'delayed')",
    );
    return rows.length === 0;
  });
  return (await mailsTo(app, email)).filter(({ text }) => text.includes("/console/alarms")).reverse();
}
const subjectsTo = async (email: string): Promise<readonly string[]> =>
  (await alarmsTo(email)).map(({ subject }) => subject);

describe("what waits for a decision is mailed", () => {
  it("to the roles that may decide it, and to nobody else", async () => {
    await supplierFails("airalo");
    await sweep();
    for (const role of ROLES) {
      const isTold = rolesWith(ALARMS.supplier_failing.permission).includes(role);
      const email = role === "owner" ? OWNER : emailOf(role);
      expect([role, await subjectsTo(email)]).toEqual([
        role,
        isTold ? ["Tribi: 1 thing waits for a decision"] : [],
      ]);
    }
    const [mail] = await alarmsTo(OWNER);
    expect(mail?.text).toContain("/console/suppliers");
    expect(mail?.text).not.toContain("@example.com");
  });

  it("receivers of events that were given up on, in the owner's language, without their address", async () => {
    await query("insert into alarm_choices (user_id, language) values ($1, 'es')", [team.owner?.userId]);
    await query(
      `insert into webhook_endpoints (reference, url, types, sealed_secret, paused_at, paused_reason)
       values ('r1', 'https://receiver.example.com/secret-path', '{*}', 'x', now(), 'failing'),
         ('r2', 'https://receiver.example.com/resting', '{*}', 'x', now(), 'operator')`,
    );
    await sweep();
    const [mail] = await alarmsTo(OWNER);
    expect(mail?.text).toContain("Receptores de eventos en pausa porque fallaron: 1");
    expect(mail?.text).toContain("/console/system/webhooks");
    expect(mail?.text).not.toContain("receiver.example.com");
    await query("delete from webhook_endpoints");
    await sweep();
  });

  it("and told to other systems: once when more began to wait in a look, once when nothing does any more", async () => {
    const told = EVENT_TYPES.filter((type) => type.startsWith("alarm."));
    expect(told).toEqual(ALARM_KINDS.map((kind) => `alarm.${kind}`));
    await sweep();
    const numbered = () =>
      eventually(async () => (await query("select from new_shop_events limit 1")).length === 0);
    const eventsAfter = async (after: number) => {
      await numbered();
      const { body } = await app.request("GET", `/events?after=${after}`, {
        bearer: team.owner?.token ?? "",
      });
      return body as { next: number; items: { type: string; data: { kind: string; waiting: number } }[] };
    };
    const { next: before } = await eventsAfter(0);
    const waitings = async () =>
      (await eventsAfter(before)).items
        .filter(({ type }) => type === "alarm.supplier_failing")
        .map(({ data }) => [data.kind, data.waiting]);
    await supplierFails("airalo");
    await supplierFails("esim-go");
    await sweep();
    await numbered();
    await sweep();
    expect(await waitings()).toEqual([["supplier_failing", 2]]);
    await recovers("airalo");
    await sweep();
    expect(await waitings()).toEqual([["supplier_failing", 2]]);
    await recovers("esim-go");
    await sweep();
    expect(await waitings()).toEqual([
      ["supplier_failing", 2],
      ["supplier_failing", 0],
    ]);
  });

  it("plans that went off sale by themselves, while it is news, and none that a person paused", async () => {
    const made = await query<{ id: number }>(
      `with carrier as (insert into carriers (name) values ('Off sale') returning id)
       insert into plans (sku, name, data_gb, duration_days, region, carrier_id, is_active, paused_reason, updated_at)
       select v.sku, v.sku, 1, 7, 'Europe', carrier.id, v.why is null, v.why, now() - v.ago
       from carrier, (values ('gone', 'sync: no supplier sells it any more', interval '0'), ('long-gone', 'sync: no', '3 days'),
         ('by-me', 'resting', '0'), ('no-seller', null, '0'), ('one-seller', null, '0'), ('my-seller', null, '0')) v (sku, why, ago)
       returning id`,
    );
    await query(
      `insert into plan_suppliers (plan_id, supplier, package_id, paused_at, paused_reason)
       select p.id, v.supplier, p.sku, v.at, v.why from plans p join (values
         ('no-seller', 'airalo', now(), 'price_changed'), ('no-seller', 'esim-go', now(), 'operator: no'),
         ('one-seller', 'airalo', now(), 'price_changed'), ('one-seller', 'esim-go', null, null),
         ('my-seller', 'airalo', now(), 'operator: no')) v (sku, supplier, at, why) on v.sku = p.sku`,
    );
    await sweep();
    const subjects = await query<{ sku: string }>(
      `select p.sku from operator_alarms a join plans p on p.id::text = a.subject where a.kind = 'paused_plans' order by 1`,
    );
    expect(subjects.map(({ sku }) => sku)).toEqual(["gone", "no-seller"]);
    expect((await alarmsTo(emailOf("catalogue")))[0]?.text).toContain(
      "Plans that went off sale by themselves: 2",
    );
    await query("delete from plans where id = any($1::bigint[])", [made.map(({ id }) => id)]);
    await sweep();
  });

  it("every kind is decided by somebody beside the owner, but for receivers of events; by no auditor", () => {
    for (const kind of ALARM_KINDS) {
      const roles = rolesWith(ALARMS[kind].permission);
      expect([kind, roles.length > 1]).toEqual([kind, kind !== "paused_receivers"]);
      expect(roles).not.toContain("auditor");
    }
  });

  it("the table in the docs is this one", () => {
    const page = readFileSync(new URL("../../docs/console-api.md", import.meta.url), "utf8");
    const table = page.slice(page.indexOf("<!-- alarms -->"), page.indexOf("GET /admin/me/alarms` →"));
    const rows = [...table.matchAll(/^\| `([a-z_]+)` \|.*\| ([a-z.]+) \|$/gm)].map(([, kind, permission]) => [
      kind,
      permission,
    ]);
    expect(rows).toEqual(ALARM_KINDS.map((kind) => [kind, ALARMS[kind].permission]));
  });

  it("in one mail for all that came in its period, whatever comes meanwhile", async () => {
    await query(
      `insert into supplier_accounts (supplier, problem, problem_since)
       select 'supplier' || n, 'credentials_refused', now() from generate_series(1, 40) n`,
    );
    await Promise.all([sweep(), sweep(), sweep()]);
    await supplierFails("late");
    await sweep();
    expect(await subjectsTo(emailOf("catalogue"))).toEqual(["Tribi: 40 things wait for a decision"]);
    await laterBy("31 minutes");
    await sweep();
    await sweep();
    const mails = await alarmsTo(emailOf("catalogue"));
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Tribi: 40 things wait for a decision",
      "Tribi: 41 things wait for a decision",
    ]);
    expect(mails[1]?.text).toContain("41, 1 of them new");
  });

  it("again after a day and not before, and once more when it is over", async () => {
    await supplierFails("airalo");
    await sweep();
    expect(await subjectsTo(OWNER)).toHaveLength(1);
    await laterBy("23 hours");
    await sweep();
    expect(await subjectsTo(OWNER)).toHaveLength(1);
    await laterBy("2 hours");
    await sweep();
    expect(await subjectsTo(OWNER)).toHaveLength(2);
    await recovers("airalo");
    await laterBy("31 minutes");
    await sweep();
    expect(await subjectsTo(OWNER)).toHaveLength(3);
    await laterBy("2 days");
    await sweep();
    const mails = await alarmsTo(OWNER);
    expect(mails.map(({ subject }) => subject).at(-1)).toBe("Tribi: nothing waits for you any more");
    expect(mails).toHaveLength(3);
    expect(mails[2]?.text).toContain("Over: Suppliers that do not deliver as they should");
  });

  it("what was over before anybody was told of it is not mailed", async () => {
    await supplierFails("airalo");
    await sweep();
    await supplierFails("esimgo");
    await sweep();
    await query("delete from supplier_accounts where supplier = 'esimgo'");
    await laterBy("31 minutes");
    await sweep();
    expect(await subjectsTo(OWNER)).toHaveLength(1);
  });

  it("a refund that needs a second person, to everybody who may approve it but who asked for it", async () => {
    const shopper = await makeShopper(app);
    const order = await shopper.order();
    const { body } = await shopper.create(order.id, "MOCK");
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
    const asked = await app.request("POST", `/admin/orders/${order.id}/refund`, {
      bearer: team.finance?.token ?? "",
      body: { reason: "slow", accept_loss: true },
    });
    expect(asked.body.code).toBe("second_person_required");
    await sweep();
    expect(await subjectsTo(OWNER)).toEqual(["Tribi: 1 thing waits for a decision"]);
    expect((await alarmsTo(OWNER))[0]?.text).toMatch(/has time until .*\n.*\/console\/approvals/);
    expect(await subjectsTo(emailOf("finance"))).toEqual([]);
    expect(await subjectsTo(emailOf("support"))).toEqual([]);
    await query("delete from refund_approvals");
  });
});

describe("who is told, and how, is theirs to choose", () => {
  const choose = (role: string, body: object) =>
    app.request("PATCH", "/admin/me/alarms", { bearer: team[role]?.token ?? "", body });

  it("200: a kind that is muted is mailed no more, and a language", async () => {
    const chosen = await choose("catalogue", { language: "es", kinds: { supplier_failing: true } });
    expect([chosen.status, chosen.body]).toEqual([
      200,
      {
        language: "es",
        kinds: [
          { kind: "low_stock", is_muted: false },
          { kind: "supplier_balance", is_muted: false },
          { kind: "supplier_failing", is_muted: true },
          { kind: "catalogue_syncs", is_muted: false },
          { kind: "paused_plans", is_muted: false },
        ],
      },
    ]);
    await supplierFails("airalo");
    await sweep();
    expect(await subjectsTo(emailOf("catalogue"))).toEqual([]);
    expect(await subjectsTo(OWNER)).toHaveLength(1);
    await choose("catalogue", { kinds: { supplier_failing: false } });
    await supplierFails("esimgo");
    await sweep();
    expect(await subjectsTo(emailOf("catalogue"))).toEqual(["Tribi: 2 asuntos esperan una decisión"]);
  });

  it("422: of a kind that there is none", async () => {
    expect((await choose("support", { kinds: { weather: true } })).status).toBe(422);
  });

  it("403: an auditor, who is told of nothing, and a key of a program", async () => {
    expect((await choose("auditor", { language: "es" })).body.code).toBe("permission_missing");
    const made = await app.request("POST", "/admin/api-keys", {
      bearer: team.owner?.token ?? "",
      body: { name: "program", role: "owner", reason: "test" },
    });
    const byKey = await app.request("PATCH", "/admin/me/alarms", {
      bearer: made.body.secret,
      body: { kinds: { supplier_failing: true } },
    });
    expect([byKey.status, byKey.body.code]).toEqual([403, "permission_missing"]);
    expect(await query("select from alarm_choices")).toEqual([]);
  });

  it("who is removed before the mail leaves is not mailed", async () => {
    await supplierFails("airalo");
    await app.database.db.transaction(async (tx) => {
      await sweepAlarms(tx, { lowStock: 2, stockIsDefault: false, lowBalanceDays: 3 }, [OWNER]);
      await tx.run({ name: "", text: "delete from team_members where role = 'catalogue'" });
    });
    expect(await subjectsTo(emailOf("catalogue"))).toEqual([]);
    const [mail] = await query<{ status: string; last_error: string }>(
      `select m.status, m.last_error from outgoing_mails m join alarm_mails a on a.id = m.subject_id
       where m.kind = 'operator_alarm' and a.user_id = $1`,
      [team.catalogue?.userId],
    );
    expect(mail).toEqual({ status: "cancelled", last_error: "nothing_to_say" });
  });
});

describe("what is found", () => {
  const openKinds = async (): Promise<readonly string[]> =>
    (
      await query<{ kind: string; subject: string }>(
        "select kind, subject from operator_alarms order by 1, 2",
      )
    ).map(({ kind, subject }) => `${kind} ${subject}`);

  it("a balance that lasts less than three days at the pace of the last week", async () => {
    await query(
      `insert into supplier_accounts (supplier, balance_text, balance_currency, balance_read_at)
       values ('poor', '-1', 'USD', now()), ('unread', null, null, null), ('odd', '1e9', 'USD', now())`,
    );
    await sweep();
    expect(await openKinds()).toEqual(["supplier_balance poor"]);
  });

  it("a job that has used up its attempts, until it is retried", async () => {
    await query(
      "select graphile_worker.add_job('no_such_task', max_attempts => 1, run_at => now() + interval '1 day')",
    );
    await query("update graphile_worker._private_jobs set attempts = 1 where max_attempts = 1");
    await sweep();
    expect(await openKinds()).toEqual([expect.stringMatching(/^failed_jobs \d+$/)]);
    await query("update graphile_worker._private_jobs set attempts = 0 where max_attempts = 1");
    await sweep();
    expect(await openKinds()).toEqual([]);
  });
});

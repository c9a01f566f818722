import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { statement } from "../../src/db/database.js";
import { makeSealer } from "../../src/kernel/sealing.js";
import { auditBooks, BOOK_PROMISES, makeChainHash } from "../../src/modules/admin/admin.module.js";
import { BOOK_RULES, checkRule } from "../../src/modules/admin/books/audit-books.js";
import { checkSealingKeys, openSealedRows } from "../../src/modules/admin/books/sealed-rows.js";
import type { RuleResult } from "../../src/modules/admin/rule-result.js";
import { makeInstallVault } from "../../src/modules/esims/esims.module.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { jobsSettled } from "../support/checksums.js";
import { eventually } from "../support/eventually.js";
import { startProcess } from "../support/processes.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

const LIMIT_OF_A_DOLLAR = `insert into refund_limits (valid_from, everywhere, by_currency) values (now() - interval '9 days', 0, '{"USD": 100}')`;
/** What an operator gave back, past the shop. */
const refundOf = (minor: number, hoursAgo = 1, payment = "$payment", order = "$order"): string =>
  `insert into refunds (payment_id, order_id, amount_minor, currency, origin, reason, requested_by, created_at)
   values (${payment}, ${order}, ${minor}, 'USD', 'admin', 'test', $user, now() - interval '${hoursAgo} hours')`;

/** Each rule with a fault that breaks it, and what the audit then says. `$order` and the like are ids of the shop. */
const PLANTED: readonly { rule: string; faults: readonly string[]; sample: string }[] = [
  {
    rule: "money_in_is_accounted",
    faults: ["update orders set amount_minor = amount_minor + 1 where id = $order"],
    sample: "USD",
  },
  {
    rule: "paid_orders_have_one_payment",
    faults: [
      "update payments set is_counted = false, surplus_reason = 'order_not_waiting' where order_id = $order",
    ],
    sample: "order:$order",
  },
  {
    rule: "captured_money_has_a_place",
    faults: [
      "update payments set is_counted = false, surplus_reason = 'order_not_waiting' where id = $payment",
    ],
    sample: "payment:$payment",
  },
  {
    rule: "captured_money_has_a_place",
    faults: ["update orders set status = 'failed' where id = $order"],
    sample: "payment:$payment",
  },
  {
    rule: "refunds_are_within_the_capture",
    faults: ["update payments set refund_reserved_minor = 1 where id = $payment"],
    sample: "payment:$payment",
  },
  {
    rule: "refunds_are_within_the_capture",
    faults: [
      "alter table payments drop constraint payments_refunds_within_capture",
      `insert into refunds (payment_id, order_id, amount_minor, currency, origin, reason)
       select id, order_id, captured_minor + 1, currency, 'admin', 'test' from payments where id = $payment`,
      "update payments set refund_reserved_minor = captured_minor + 1 where id = $payment",
    ],
    sample: "payment:$payment",
  },
  {
    rule: "refunds_name_the_order_of_their_payment",
    faults: [
      `insert into refunds (payment_id, order_id, amount_minor, currency, origin, reason)
       select $payment, $topUpOrder, 1, 'USD', 'admin', 'test'`,
    ],
    sample: "refund:$refund",
  },
  {
    rule: "large_refunds_were_approved",
    faults: [LIMIT_OF_A_DOLLAR, refundOf(101)],
    sample: "refund:$refund",
  },
  {
    // In parts, of one order.
    rule: "large_refunds_were_approved",
    faults: [LIMIT_OF_A_DOLLAR, refundOf(60, 3), refundOf(41, 2)],
    sample: "refund:$nextRefund",
  },
  {
    // In parts, by one person within a day.
    rule: "large_refunds_were_approved",
    faults: [LIMIT_OF_A_DOLLAR, refundOf(60, 23), refundOf(41, 0, "$otherPayment", "$otherOrder")],
    sample: "refund:$nextRefund",
  },
  {
    rule: "refunded_orders_have_all_money_back",
    faults: ["update orders set status = 'refunded', refunded_at = now() where id = $order"],
    sample: "order:$order",
  },
  {
    rule: "undelivered_orders_have_their_money_back",
    faults: [
      "update esim_profiles set status = 'failed', failure_reason = 'refused' where order_id = $order",
    ],
    sample: "order:$order",
  },
  {
    rule: "undelivered_orders_have_their_money_back",
    faults: ["update top_ups set status = 'cancelled' where order_id = $topUpOrder"],
    sample: "order:$topUpOrder",
  },
  {
    rule: "disputed_money_is_the_sum_of_disputes",
    faults: ["update payments set disputed_minor = 1 where id = $payment"],
    sample: "payment:$payment",
  },
  {
    rule: "orders_cost_what_their_plan_cost",
    faults: ["update orders set amount_minor = amount_minor - 1 where id = $order"],
    sample: "order:$order",
  },
  {
    rule: "processed_events_were_applied",
    faults: ["update webhook_events set applied_at = null where payment_id = $payment"],
    sample: "webhook_event:$event",
  },
  {
    rule: "paid_orders_have_their_goods",
    faults: ["delete from esim_profiles where order_id = $order"],
    sample: "order:$order",
  },
  {
    rule: "paid_orders_have_their_goods",
    faults: ["update top_ups set status = 'pending', due_at = null where order_id = $topUpOrder"],
    sample: "order:$topUpOrder",
  },
  {
    rule: "nothing_is_delivered_unpaid",
    faults: ["update orders set status = 'created', paid_at = null where id = $order"],
    sample: "order:$order",
  },
  {
    rule: "nothing_is_delivered_unpaid",
    faults: ["update orders set paid_at = now() + interval '1 hour' where id = $topUpOrder"],
    sample: "order:$topUpOrder",
  },
  {
    rule: "nothing_is_sold_twice",
    faults: [
      "drop index esim_profiles_one_live_per_iccid",
      "update esim_profiles set iccid = (select iccid from esim_profiles where id = $esim) where order_id = $otherOrder",
    ],
    sample: "order:$order",
  },
  {
    rule: "nothing_is_sold_twice",
    faults: [
      `update esim_profiles e set supplier_order_id = o.supplier_order_id from esim_profiles o
       where o.id = $esim and e.order_id = $otherOrder`,
    ],
    sample: "order:$order",
  },
  {
    rule: "nothing_is_sold_twice",
    faults: [
      `insert into stock_items (plan_id, sealed, code_fingerprint, batch)
       select plan_id, sealed, code_fingerprint, 'planted' from esim_profiles where id = $esim`,
    ],
    sample: "stock_item:$stockItem",
  },
  {
    rule: "delivered_goods_were_bought_once",
    faults: [
      `insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status)
       select $esim, 99, 'planted', supplier, package_id, 'delivered' from provisioning_attempts where profile_id = $esim`,
    ],
    sample: "esim:$esim",
  },
  {
    rule: "delivered_goods_were_bought_once",
    faults: ["update provisioning_attempts set status = 'refused' where top_up_id = $topUp"],
    sample: "top_up:$topUp",
  },
  {
    rule: "stock_is_where_it_belongs",
    faults: [
      `insert into stock_items (plan_id, sealed, code_fingerprint, batch, status, reference)
       select plan_id, sealed, 'planted', 'planted', 'assigned', 'of nobody' from esim_profiles where id = $esim`,
    ],
    sample: "stock_item:$stockItem",
  },
  {
    rule: "goods_belong_to_their_buyer",
    faults: ["update esim_profiles set plan_id = plan_id + 1 where id = $esim"],
    sample: "esim:$esim",
  },
  {
    rule: "audit_log_is_complete",
    faults: ["delete from audit_log where subject = 'payment:$payment'"],
    sample: "payment:$payment",
  },
  {
    rule: "audit_log_is_complete",
    faults: [
      `update audit_log set after = '{"status": "failed"}' where subject = 'order:$order' and action = 'order.paid'`,
    ],
    sample: "order:$order",
  },
  {
    rule: "audit_log_is_complete",
    faults: [
      `insert into audit_log (actor, action, subject, before, after) values
       ('x', 'order.paid', 'order:999999999', '{"status": "created"}', '{"status": "paid"}')`,
    ],
    sample: "order:999999999",
  },
  {
    rule: "new_refunds_are_in_the_audit_log",
    faults: [
      `insert into refunds (payment_id, order_id, amount_minor, currency, origin, reason)
       select $payment, $order, 1, 'USD', 'admin', 'test'`,
    ],
    sample: "refund:$refund",
  },
  {
    rule: "what_waits_has_a_job",
    faults: [
      `update esim_profiles set status = 'pending', due_at = now() where id = $esim`,
      "update orders set paid_at = now() - interval '1 hour', created_at = now() - interval '1 hour' where id = $order",
    ],
    sample: "order:$order",
  },
  {
    rule: "what_waits_has_a_job",
    faults: [
      "update esim_profiles set created_at = now() - interval '1 hour', provisioned_at = now() - interval '1 hour' where id = $esim",
      "delete from outgoing_mails where kind = 'esim_ready' and subject_id = $esim",
    ],
    sample: "esim:$esim",
  },
  {
    rule: "waiting_events_are_tried_again",
    faults: [
      `update webhook_events set outcome = 'waiting', reason = 'no_payment', next_try_at = now() - interval '2 hours'
       where id = $event`,
    ],
    sample: "webhook_event:$event",
  },
  {
    rule: "unpaid_orders_end",
    faults: ["update orders set expires_at = now() - interval '2 hours' where id = $unpaidOrder"],
    sample: "order:$unpaidOrder",
  },
  {
    rule: "events_have_no_gap",
    faults: ["delete from shop_events where sequence = 2"],
    sample: "shop_event:2",
  },
  {
    rule: "events_have_no_gap",
    faults: ["delete from shop_events where sequence >= 3", "update shop_event_stream set last_sequence = 3"],
    sample: "shop_event:3",
  },
  {
    rule: "paid_orders_were_told",
    faults: [
      "delete from shop_events where type = 'order.paid' and subject_id = $order",
      "delete from new_shop_events where type = 'order.paid' and subject_id = $order",
    ],
    sample: "order:$order",
  },
  {
    rule: "who_is_gone_has_no_access",
    faults: ["update users set disabled_at = now() where id = $user"],
    sample: "user:$user",
  },
];

const UNDONE = new Error("what was planted is taken back");

describe("tribi audit", () => {
  let app: TestApp;
  let owner: EsimOwner;
  let ids: Record<string, number>;
  const secrets = () => loadConfig({ ENVIRONMENT: "test", DATA_DIR: app.dataDir }).secrets;
  const chain = () => ({ chainHash: makeChainHash(secrets().indexKey), blocksMax: 10 });
  const sealed = (opensMax = Number.POSITIVE_INFINITY) => {
    const { encryptionKeys: keys, indexKey } = secrets();
    return { vault: makeInstallVault({ keys, indexKey }), keyIds: keys.map(({ id }) => id), opensMax };
  };

  beforeAll(async () => {
    app = await startTestApp();
    owner = await makeEsimOwner(app);
    const other = await makeEsimOwner(app);
    const topUpOrder = (await owner.topUp(owner.planId)).body.id as number;
    await owner.pay(topUpOrder);
    await owner.reaches(topUpOrder, "done");
    const unpaidOrder = (await owner.order()).id;
    await jobsSettled(app.database);
    // Numbers are given after the commit, once a second.
    await eventually(async () => (await app.database.query("select from new_shop_events")).length === 0);
    const [found] = await app.database.query<Record<string, number>>(
      `select p.id as payment, e.id as event, t.id as "topUp",
         (select coalesce(max(id), 0) + 1 from refunds) as refund,
         (select coalesce(max(id), 0) + 1 from stock_items) as "stockItem"
       from payments p join webhook_events e on e.payment_id = p.id, top_ups t
       where p.order_id = $1 and t.order_id = $2`,
      [owner.esimOrderId, topUpOrder],
    );
    const [{ id: otherPayment } = { id: 0 }] = await app.database.query<{ id: number }>(
      "select id from payments where order_id = $1",
      [other.esimOrderId],
    );
    ids = {
      ...found,
      order: owner.esimOrderId,
      otherOrder: other.esimOrderId,
      esim: owner.esimId,
      user: owner.userId,
      nextRefund: (found?.refund ?? 0) + 1,
      otherPayment,
      topUpOrder,
      unpaidOrder,
    };
  });
  afterAll(() => app.stop());

  const filled = (text: string): string => text.replace(/\$([a-zA-Z]+)/g, (_, name) => String(ids[name]));

  /** Runs `look` on a database with the fault in it, past triggers and constraints, and takes the fault back. */
  async function withFaults<Value>(
    faults: readonly string[],
    look: (tx: Parameters<Parameters<typeof app.database.db.transaction>[0]>[0]) => Promise<Value>,
  ): Promise<Value> {
    let seen: Value | undefined;
    await app.database.db
      .transaction(async (tx) => {
        await tx.run(statement("", "set local session_replication_role = replica"));
        // An identity counts on when a transaction is taken back.
        await tx.run(
          statement("", "select setval(pg_get_serial_sequence('refunds', 'id'), $1::bigint, false)"),
          [ids.refund],
        );
        await tx.run(
          statement("", "select setval(pg_get_serial_sequence('stock_items', 'id'), $1::bigint, false)"),
          [ids.stockItem],
        );
        for (const fault of faults) await tx.run(statement("", filled(fault)));
        seen = await look(tx);
        throw UNDONE;
      })
      .catch((error: unknown) => {
        if (error !== UNDONE) throw error;
      });
    return seen as Value;
  }

  it("holds for a shop that has sold, and says how much it looked at", async () => {
    const { laws, seconds } = await auditBooks({
      db: app.database.db,
      connections: 3,
      sealed: sealed(),
      chain: chain(),
    });
    expect(laws.filter(({ violations }) => violations > 0)).toEqual([]);
    expect(laws.length).toBe(BOOK_RULES.length + 3);
    expect(Object.fromEntries(laws.map(({ name, checked }) => [name, checked]))).toMatchObject({
      money_in_is_accounted: 3,
      paid_orders_have_their_goods: 3,
      orders_cost_what_their_plan_cost: 4,
      sealed_rows_open: 2,
      sealed_rows_name_our_keys: 2,
    });
    expect(seconds).toBeGreaterThan(0);
    expect(laws.map(({ name }) => BOOK_PROMISES[name]).every((promise) => promise !== undefined)).toBe(true);
  });

  it.each(PLANTED.map((one, index) => ({ ...one, index })))(
    "$index: finds what breaks $rule",
    async ({ rule, faults, sample }) => {
      const [found] = BOOK_RULES.filter(({ name }) => name === rule);
      if (found === undefined) throw new Error(`There is no rule ${rule}`);
      const result = await withFaults(faults, (tx) => checkRule(tx, found));
      expect(result).toMatchObject({ name: rule, violations: 1, samples: [filled(sample)] });
    },
  );

  const LIMIT_SINCE = (since: string, minor: number | null) =>
    `insert into refund_limits (valid_from, everywhere, by_currency) values (now() - interval '${since}', 0, '{"USD": ${minor}}')`;
  it.each([
    ["no limit was noted yet", [refundOf(101, 5), LIMIT_SINCE("1 hour", 100)]],
    [
      "the limit of its time was higher",
      [LIMIT_SINCE("9 days", 500), refundOf(101, 5), LIMIT_SINCE("1 hour", 100)],
    ],
    ["the limit was off then", [LIMIT_SINCE("9 days", null), refundOf(101, 5), LIMIT_SINCE("1 hour", 100)]],
    [
      "a higher limit was noted minutes later",
      [LIMIT_OF_A_DOLLAR, refundOf(101), LIMIT_SINCE("55 minutes", 500)],
    ],
    [
      "it came to nothing",
      [LIMIT_OF_A_DOLLAR, refundOf(101), "update refunds set status = 'failed', failure_reason = 'test'"],
    ],
    [
      "the shop made it by itself",
      [LIMIT_OF_A_DOLLAR, refundOf(101), "update refunds set origin = 'undeliverable'"],
    ],
    [
      "a second person approved it",
      [
        LIMIT_OF_A_DOLLAR,
        refundOf(101),
        `insert into refund_approvals (order_id, payment_id, currency, amount_minor, reason, accepts_loss, status, requested_by,
           expires_at, decided_by, decided_at, refund_id)
         values ($order, $payment, 'USD', 101, 'test', false, 'approved', $user, now(), $user + 1, now(), $refund)`,
      ],
    ],
    [
      "its parts are days apart",
      [LIMIT_OF_A_DOLLAR, refundOf(60, 25), refundOf(41, 0, "$otherPayment", "$otherOrder")],
    ],
  ] as const)("finds no refund too large where %s", async (_why, faults) => {
    const [rule] = BOOK_RULES.filter(({ name }) => name === "large_refunds_were_approved");
    if (rule === undefined) throw new Error("There is no such rule");
    expect(await withFaults(faults, (tx) => checkRule(tx, rule))).toMatchObject({ violations: 0 });
  });

  it("has a planted fault for every rule", () => {
    const planted = new Set(PLANTED.map(({ rule }) => rule));
    expect(BOOK_RULES.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });

  it("finds sealed rows whose key is gone, that were changed, and that belong to another row", async () => {
    const [key] = secrets().encryptionKeys;
    if (key === undefined) throw new Error("There is no key");
    const foreign = makeSealer([{ id: "gone", key: key.key }]).seal(`esim_profiles:${ids.esim}`, "{}");
    const hex = (bytes: Buffer): string => `'\\x${bytes.toString("hex")}'::bytea`;
    const cases: readonly { fault: string; keys: number; opening: number }[] = [
      { fault: `update esim_profiles set sealed = ${hex(foreign)} where id = $esim`, keys: 1, opening: 1 },
      {
        fault:
          "update esim_profiles set sealed = set_byte(sealed, length(sealed) - 1, 255 - get_byte(sealed, length(sealed) - 1)) where id = $esim",
        keys: 0,
        opening: 1,
      },
      {
        fault: `update esim_profiles e set sealed = o.sealed from esim_profiles o where o.order_id = $otherOrder and e.id = $esim`,
        keys: 0,
        opening: 1,
      },
      {
        fault: "update esim_profiles set activation_code_fingerprint = 'another' where id = $esim",
        keys: 0,
        opening: 1,
      },
      { fault: "update esim_profiles set sealed = '' where id = $esim", keys: 1, opening: 1 },
    ];
    for (const { fault, keys, opening } of cases) {
      const [named, opened]: [RuleResult, RuleResult] = await withFaults([fault], async (tx) => [
        await checkSealingKeys(tx, sealed()),
        await openSealedRows(tx, sealed()),
      ]);
      expect([fault, named.violations, opened.violations]).toEqual([fault, keys, opening]);
      expect(opened.samples).toEqual([`esim:${ids.esim}`]);
    }
    const few = await app.database.db.transaction((tx) => openSealedRows(tx, sealed(1)));
    expect([few.checked < 2, few.violations]).toEqual([true, 0]);
  });

  it("takes no lock but a reader's, and all connections see one moment", async () => {
    const probe = {
      name: "locks",
      promise: "",
      counts: `select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where a.datname = current_database() and a.application_name = 'tribi test' and l.mode = 'AccessShareLock'`,
      finds: `select l.mode as id from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where a.datname = current_database() and a.application_name = 'tribi test'
          and l.locktype not in ('virtualxid') and l.mode <> 'AccessShareLock'`,
    };
    let sold = false;
    const counting = {
      name: "orders",
      promise: "",
      counts: "select count(*) from orders",
      finds: "select null::text as id where false",
    };
    const { laws } = await auditBooks({
      db: app.database.db,
      connections: 2,
      sealed: sealed(),
      chain: chain(),
      rules: [counting, ...BOOK_RULES, probe, ...Array.from({ length: 5 }, () => counting)],
      onResult: ({ name }) => {
        if (name !== "orders" || sold) return;
        sold = true;
        // A sale in the midst of it is not seen, and waits for nothing.
        void owner.order();
      },
    });
    const found = (name: string) => laws.filter((law) => law.name === name);
    expect(found("locks")[0]?.checked).toBeGreaterThan(20);
    expect(found("locks")[0]?.samples).toEqual([]);
    expect(new Set(found("orders").map(({ checked }) => checked)).size).toBe(1);
  });

  it("writes JSON and exits 1 when a rule is violated, 0 when all hold", async () => {
    const run = async (...args: string[]) => {
      const environment = { DATABASE_URL: app.database.url, DATA_DIR: app.dataDir };
      const program = await startProcess(["audit", ...args], environment, { waitsUntilReady: false });
      return { code: await program.ended, output: program.output() };
    };
    const good = await run("--json");
    expect(good.code).toBe(0);
    expect(Object.keys(JSON.parse(good.output))).toEqual(["laws", "seconds"]);
    await app.database.query("update orders set plan_snapshot = '{}' where id = $1", [ids.order]);
    const bad = await run();
    expect(bad.code).toBe(1);
    expect(bad.output).toContain("FAIL orders_cost_what_their_plan_cost: ");
    expect(bad.output).toContain(`not so: order:${ids.order}`);
    expect(bad.output).not.toContain("@example.com");
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { mailsTo } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";
import { disagreements, type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { type EsimOwner, makeEsimOwner } from "../support/top-ups.js";

/**
 * Deletion and disabling against every state of what a person has bought: what becomes of the order, of the money, of
 * the mails and links, and of what is written about the person.
 */
let shop: StripeShop;
const query = <Row = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  shop.app.database.query<Row>(sql, values);

beforeAll(async () => {
  shop = await startStripeShop({ RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999" });
  // A job of a held task, or of a held kind of mail, waits for the test; everything else about it is as always.
  await query("create table held_tasks (task text primary key)");
  await query(`create function hold_task() returns trigger language plpgsql as $$
    begin
      if exists (select from graphile_worker._private_tasks t join held_tasks h on h.task in (t.identifier, new.payload->>'kind')
                 where t.id = new.task_id) then
        new.run_at := now() + interval '1 hour';
      end if;
      return new;
    end $$`);
  await query(`create trigger hold_task before insert or update of run_at on graphile_worker._private_jobs
    for each row execute function hold_task()`);
});
afterEach(async () => {
  shop.stripe.control.clearFaults();
  shop.stripe.control.refundsStartAs("succeeded");
  await goOn();
  await shop.settled();
  expect(await violations(shop.app.database)).toEqual({});
  expect(await disagreements(shop)).toEqual([]);
});
afterAll(() => shop.stop());

const hold = (task: string) => query("insert into held_tasks values ($1) on conflict do nothing", [task]);
async function goOn(): Promise<void> {
  await query("delete from held_tasks");
  await query(
    "update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null",
  );
  await query("select enqueue_job('expire_unpaid_orders', '{}')");
}

type Kind = "eSIM" | "top-up";

/** Somebody with one order of this kind, and what the table asks about it. */
interface Scene {
  readonly kind: Kind;
  readonly shopper: Shopper;
  readonly email: string;
  readonly orderId: number;
  readonly amount: number;
  intentId: string | null;
}

async function makeScene(kind: Kind): Promise<Scene> {
  const shopper = kind === "eSIM" ? await makeShopper(shop.app) : await makeEsimOwner(shop.app);
  const [user] = await query<{ email: string }>("select email from users where id = $1", [shopper.userId]);
  const order =
    "topUp" in shopper ? (await (shopper as EsimOwner).topUp(shopper.planId)).body : await shopper.order();
  // What was bought before is in the person's hands, so that only this order is outstanding.
  await eventually(async () => {
    const open = await query(
      `select from esim_profiles e where user_id = $1 and order_id <> $2 and not exists (
         select from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = e.id and m.status = 'sent')`,
      [shopper.userId, order.id],
    );
    return open.length === 0;
  });
  return {
    kind,
    shopper,
    email: user!.email,
    orderId: order.id,
    amount: order.amount_minor_units,
    intentId: null,
  };
}

const stateOf = async ({ orderId }: Scene) => {
  const [row] = await query<{ order: string; payment: string | null; bought: string; mailed: boolean }>(
    `select o.status as order, p.status as payment, coalesce(e.status, t.status) as bought,
       exists (select from outgoing_mails m where m.order_id = o.id
         and m.kind in ('esim_ready', 'top_up_done') and m.status = 'sent') as mailed
     from orders o
       left join payments p on p.order_id = o.id
       left join esim_profiles e on e.order_id = o.id
       left join top_ups t on t.order_id = o.id
     where o.id = $1`,
    [orderId],
  );
  return row!;
};
const becomes = (scene: Scene, wanted: Partial<Awaited<ReturnType<typeof stateOf>>>) =>
  eventually(
    async () => {
      const state: Record<string, unknown> = await stateOf(scene);
      return Object.entries(wanted).every(([name, value]) => state[name] === value);
    },
    { what: JSON.stringify(wanted) },
  );

const open = async (scene: Scene): Promise<void> => {
  scene.intentId = (await scene.shopper.create(scene.orderId, "STRIPE")).body.intent_id;
};
const pay = async (scene: Scene): Promise<void> => {
  await open(scene);
  shop.stripe.control.approve(scene.intentId!);
  await becomes(scene, { order: "paid" });
};
const profile = "update esim_profiles set";
const isDone = (scene: Scene) => (scene.kind === "eSIM" ? "ready" : "done");
const provisioning = (scene: Scene) => (scene.kind === "eSIM" ? "provision_esim" : "top_up_esim");

/** The states, by what is arranged before the person leaves. */
const STATES = {
  "unpaid, no payment begun": async () => undefined,
  "unpaid, its pay page open": open,
  "unpaid, a card declined": async (scene) => {
    await open(scene);
    shop.stripe.control.decline(scene.intentId!);
    await shop.settled();
  },
  "unpaid, the provider silent": async (scene) => {
    await open(scene);
    shop.stripe.control.fault({ operation: "cancel_intent", fault: "error_500_before", times: 1_000 });
  },
  "unpaid, its money on the way": async (scene) => {
    await open(scene);
    shop.stripe.control.process(scene.intentId!);
    await shop.settled();
  },
  "paid, not delivered yet": async (scene) => {
    await hold(provisioning(scene));
    await pay(scene);
  },
  "paid, parked for an operator": async (scene) => {
    await hold(provisioning(scene));
    await pay(scene);
    const table = scene.kind === "eSIM" ? "esim_profiles" : "top_ups";
    await query(
      `update ${table} set parked_reason = 'unusable', parked_at = now(), due_at = null where order_id = $1`,
      [scene.orderId],
    );
  },
  "delivered, neither mailed nor seen": async (scene) => {
    await hold("esim_ready");
    await pay(scene);
    await becomes(scene, { bought: isDone(scene) });
  },
  "delivered, its mail taken by nobody": async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
    await hold("esim_ready");
    // The mail was composed, which counts as a look at the code; the mail server refused the address.
    await query(
      `with sent as (delete from outgoing_mails where order_id = $1 and kind = 'esim_ready' returning *)
       insert into outgoing_mails (kind, subject_id, order_id, status, ended_at)
       select kind, subject_id, order_id, 'refused', now() from sent`,
      [scene.orderId],
    );
  },
  "delivered, shown to an operator only": async (scene) => {
    await hold("esim_ready");
    await pay(scene);
    await becomes(scene, { bought: "ready" });
    const [esim] = await query<{ id: number }>("select id from esim_profiles where order_id = $1", [
      scene.orderId,
    ]);
    const shown = await shop.app.request("GET", `/admin/esims/${esim!.id}/install`, {
      bearer: shop.adminToken,
    });
    expect(shown.status).toBe(200);
  },
  "delivered and mailed": async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
  },
  "delivered, seen in the account": async (scene) => {
    await hold("esim_ready");
    await pay(scene);
    await becomes(scene, { bought: "ready" });
    const [esim] = await query<{ id: number }>("select id from esim_profiles where order_id = $1", [
      scene.orderId,
    ]);
    await shop.app.request("GET", `/esims/${esim!.id}`, { bearer: scene.shopper.token });
  },
  "delivered, in use": async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
    await query(`${profile} status = 'active', installed_at = now() where order_id = $1`, [scene.orderId]);
  },
  "delivered, its money in dispute": async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
    shop.stripe.control.openDispute(scene.intentId!);
    await shop.settled();
  },
  "its refund under way": async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
    shop.stripe.control.refundsStartAs("pending");
    const { status } = await shop.refund(scene.orderId, { reason: "asked for", accept_loss: true });
    expect(status).toBe(202);
  },
  refunded: async (scene) => {
    await pay(scene);
    await becomes(scene, { mailed: true });
    await shop.refund(scene.orderId, { reason: "asked for", accept_loss: true });
    await becomes(scene, { order: "refunded" });
  },
  "failed, its payment ended": async (scene) => {
    await open(scene);
    shop.stripe.control.cancel(scene.intentId!);
    await becomes(scene, { order: "failed" });
  },
} satisfies Readonly<Record<string, (scene: Scene) => Promise<unknown>>>;
type State = keyof typeof STATES;

const STATES_OF_TOP_UPS: readonly State[] = [
  "unpaid, no payment begun",
  "unpaid, its pay page open",
  "unpaid, a card declined",
  "unpaid, the provider silent",
  "unpaid, its money on the way",
  "paid, not delivered yet",
  "paid, parked for an operator",
  "delivered and mailed",
  "delivered, its money in dispute",
  "failed, its payment ended",
];
const CASES: readonly (readonly [Kind, State])[] = [
  ...(Object.keys(STATES) as State[]).map((state) => ["eSIM", state] as const),
  ...STATES_OF_TOP_UPS.map((state) => ["top-up", state] as const),
];

/** Why a deletion waits; in every other state it is done at once. */
const WAITS: Partial<Record<State, RegExp>> = {
  "unpaid, the provider silent": /has not said yet whether it is paid/,
  "unpaid, its money on the way": /has not said yet whether it is paid/,
  "paid, not delivered yet": /is paid and being prepared/,
  "paid, parked for an operator": /is paid and being prepared/,
  "delivered, neither mailed nor seen": /is paid and ready/,
  "delivered, its mail taken by nobody": /is paid and ready/,
  "delivered, shown to an operator only": /is paid and ready/,
};
const IS_UNPAID = (state: State): boolean => state.startsWith("unpaid");

const paidBack = ({ intentId }: Scene): number =>
  shop.stripe
    .ledger()
    .refunds.filter((one) => one.payment_intent === intentId && one.status === "succeeded")
    .reduce((sum, one) => sum + one.amount, 0);
const intentStatus = ({ intentId }: Scene): string | undefined =>
  shop.stripe.ledger().intents.find(({ id }) => id === intentId)?.status;

/** The payer's page is still open somewhere and is paid now. False: the provider takes no money any more. */
async function payLate(scene: Scene): Promise<boolean> {
  try {
    shop.stripe.control.approve(scene.intentId!);
  } catch {
    return false;
  }
  await shop.settled();
  return true;
}

/** Every link to an eSIM that this person was given. */
async function liveLinks({ email }: { email: string }): Promise<string[]> {
  const urls = (await mailsTo(shop.app, email)).flatMap(
    ({ text }) => text.match(/\/install\/[\w-]{22}/g) ?? [],
  );
  const answers = await Promise.all(urls.map((url) => shop.app.request("GET", url)));
  return urls.filter((_, index) => answers[index]!.status === 200);
}

/** Tables that hold a text of the person, any column of them. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const tables = await query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind = 'r' and relname <> 'dev_inbox'
      and (relnamespace = 'public'::regnamespace or c.oid = to_regclass('graphile_worker._private_jobs'))`);
  const holding: string[] = [];
  for (const { name } of tables) {
    for (const text of texts) {
      const rows = await query(`select from ${name} t where position($1 in t::text) > 0 limit 1`, [text]);
      if (rows.length > 0) holding.push(`${name} ${text}`);
    }
  }
  return holding;
}

describe.each(CASES)("%s order, %s", (kind, state) => {
  it("the person deletes the account", async () => {
    const scene = await makeScene(kind);
    await (STATES[state] as (scene: Scene) => Promise<unknown>)(scene);
    const answer = await shop.app.request("DELETE", "/auth/me", { bearer: scene.shopper.token });
    const waits = WAITS[state];
    if (waits !== undefined) {
      expect([answer.status, answer.body.code]).toEqual([409, "deletion_waits"]);
      expect(answer.body.detail).toMatch(waits);
      // Nothing is lost by it: the person is there, is paid for, and gets what was bought.
      const me = await shop.app.request("GET", "/auth/me", { bearer: scene.shopper.token });
      expect(me.body.email).toBe(scene.email);
      if (IS_UNPAID(state) && state !== "unpaid, the provider silent") {
        expect(await payLate(scene)).toBe(true);
        await becomes(scene, { order: "paid" });
      }
      return;
    }
    expect([answer.status, answer.body.message]).toEqual([200, "account_deleted"]);
    expect(await tablesWith([scene.email])).toEqual([]);
    expect(await liveLinks(scene)).toEqual([]);
    const mails = (await mailsTo(shop.app, scene.email)).length;
    if (IS_UNPAID(state)) {
      expect(await stateOf(scene)).toMatchObject({ order: "failed", bought: "failed" });
      if (scene.intentId !== null) {
        expect(intentStatus(scene)).toBe("canceled");
        expect(await payLate(scene)).toBe(false);
      }
    }
    if (state === "its refund under way") {
      const sent = shop.stripe.ledger().refunds.find((one) => one.payment_intent === scene.intentId);
      shop.stripe.control.succeedRefund(sent!.id);
      await becomes(scene, { order: "refunded" });
      expect(paidBack(scene)).toBe(scene.amount);
    }
    await goOn();
    await shop.settled();
    const [busy] = await query<{ email: string }>("select email from users where id = $1", [
      scene.shopper.userId,
    ]);
    expect(busy?.email).toBe(`deleted-${scene.shopper.userId}@deleted.invalid`);
    expect((await mailsTo(shop.app, scene.email)).length).toBe(mails);
    expect(await mailsTo(shop.app, busy!.email)).toEqual([]);
  });

  it("an operator disables the person", async () => {
    const scene = await makeScene(kind);
    await (STATES[state] as (scene: Scene) => Promise<unknown>)(scene);
    const seen = (await mailsTo(shop.app, scene.email)).length;
    const answer = await shop.app.request("POST", `/admin/users/${scene.shopper.userId}/disable`, {
      bearer: shop.adminToken,
      body: { reason: "a stolen card" },
    });
    expect(answer.status).toBe(200);
    expect(await liveLinks(scene)).toEqual([]);
    const before = await stateOf(scene);
    if (state === "unpaid, the provider silent" || state === "unpaid, its money on the way") {
      // It cannot be ended yet. Money that comes is in front of an operator, and buys nothing.
      expect(await payLate(scene)).toBe(true);
      await becomes(scene, { order: "failed", payment: "succeeded", bought: "failed" });
      await eventually(async () => {
        const [refund] = await query("select status, failure_reason from refunds where order_id = $1", [
          scene.orderId,
        ]);
        return refund?.status === "parked" && refund.failure_reason === "person_disabled";
      });
      expect(paidBack(scene)).toBe(0);
    } else if (IS_UNPAID(state)) {
      await becomes(scene, { order: "failed", bought: "failed" });
      if (scene.intentId !== null) {
        expect(intentStatus(scene)).toBe("canceled");
        expect(await payLate(scene)).toBe(false);
      }
    } else {
      expect(await stateOf(scene)).toMatchObject({ order: before.order });
    }
    await goOn();
    if (state === "paid, not delivered yet") await becomes(scene, { bought: isDone(scene) });
    // Whatever still comes for them by mail opens nothing.
    await query(
      `insert into outgoing_mails (kind, subject_id, order_id, number)
       select 'esim_ready', id, order_id, 9 from esim_profiles where user_id = $1`,
      [scene.shopper.userId],
    );
    await query(
      "select enqueue_job('send_mail', json_build_object('mail_id', id, 'kind', kind)) from outgoing_mails where number = 9",
    );
    await eventually(async () => {
      const jobs = await query(
        `select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where t.identifier like 'send%' and j.run_at <= now()`,
      );
      return jobs.length === 0;
    });
    const mails = await mailsTo(shop.app, scene.email);
    for (const { text } of mails.slice(0, mails.length - seen)) {
      expect(text).not.toMatch(/LPA:|\/install\/|activation code/i);
    }
  });
});

import type { Decision } from "../../src/modules/esims/provisioning/decide-parked.js";
import { ask, pause } from "./customer.js";
import type { SimSupplier } from "./sim-supplier.js";
import { START_MICROS, virtualMicros } from "./virtual-time.js";
import type { World } from "./world.js";

interface ParkedRow {
  readonly kind: "esim" | "top_up";
  readonly id: number;
  readonly status: string;
  readonly supplier: string | null;
  readonly reference: string | null;
}

const PARKED = `
  select 'esim' as kind, p.id, p.status, a.supplier, a.reference from esim_profiles p
    left join lateral (select supplier, reference from provisioning_attempts where profile_id = p.id
      order by id desc limit 1) a on true
  where p.parked_at is not null
  union all
  select 'top_up', t.id, t.status, a.supplier, a.reference from top_ups t
    left join lateral (select supplier, reference from provisioning_attempts where top_up_id = t.id
      order by id desc limit 1) a on true
  where t.parked_at is not null order by 1, 2`;
interface ParkedRefund {
  readonly id: number;
  readonly reference: string;
  readonly intent_id: string;
  readonly amount_minor: number;
}
const PARKED_REFUNDS = `select r.id, r.reference::text, p.intent_id, r.amount_minor
  from refunds r join payments p on p.id = r.payment_id where r.status = 'parked' order by r.id`;

const SELL_AGAIN =
  "update plan_suppliers set paused_at = null, paused_reason = null where paused_at is not null";

/** What a supplier had run out of is there again. */
export async function playRestocking(world: World, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    await pause(world, 240);
    await world.scheduler().step("restocking", () => world.query({ name: "restock", text: SELL_AGAIN }));
  }
}

const DAY = 1_440;
const LOOKS = [25, 45, 75, 2 * DAY + 10, 2 * DAY + 40, 2 * DAY + 90, 9 * DAY + 20, 9 * DAY + 80];

/** The banks tell of refunds that were on their way. */
export async function playBank(world: World): Promise<void> {
  for (const [look, minutes] of LOOKS.entries()) {
    await untilMinute(world, minutes + 3);
    await world.scheduler().step("banks settle", async () => {
      for (const id of world.bank.ids())
        world.bank.settleRefunds(id, ({ state }, at) => {
          const chance = world.choices().of("bank", look, id, at);
          if (state !== "pending" || chance > 0.8) return undefined;
          return chance < 0.6 ? "succeeded" : "failed";
        });
    });
  }
}

const untilMinute = (world: World, minute: number): Promise<void> =>
  pause(world, Math.max(1, minute * 60 - (virtualMicros() - START_MICROS) / 1_000_000));

/** Looks at what is parked now and then, and decides about some of it as the suppliers' books say. */
export async function playOperator(world: World): Promise<void> {
  for (const [look, minutes] of LOOKS.entries()) {
    await untilMinute(world, minutes);
    const who = { world, name: `operator ${look}` };
    const { rows } = await world.query<ParkedRow>({ name: "parked", text: PARKED });
    for (const row of rows) {
      const chance = world.choices().of("operator", look, row.kind, row.id);
      if (chance > 0.6) continue;
      const decision = decide(world, row, chance);
      await ask(who, `decides ${row.kind} ${row.id}`, (shop) =>
        (row.kind === "esim" ? shop.decideEsim : shop.decideTopUp)({
          id: row.id,
          decision,
          reason: "simulated",
          act: { actor: `user:${world.operatorId}`, requestId: "simulate" },
          idempotent: null,
        }),
      );
    }
    const refunds = await world.query<ParkedRefund>({ name: "parked_refunds", text: PARKED_REFUNDS });
    for (const { id, reference, intent_id: intentId, amount_minor: amountMinor } of refunds.rows) {
      const chance = world.choices().of("operator refund", look, id);
      const state = (["pending", "succeeded", "failed"] as const)[Math.floor(chance * 10)];
      // By hand at the provider, under our own name for it; or by the shop, once more.
      if (state !== undefined)
        await world
          .scheduler()
          .step("refund under our name", async () =>
            world.bank.refundAs(intentId, reference, amountMinor, state),
          );
      else if (chance < 0.8)
        await ask(who, `retries refund ${id}`, (shop) => shop.payments.retryRefund(id, world.operatorId));
    }
  }
}

function decide(world: World, row: ParkedRow, chance: number): Decision {
  if (row.status !== "pending") return { decision: "accept_loss" };
  if (chance < 0.2) return { decision: "ask_again" };
  if (chance < 0.35) return { decision: "refund" };
  const supplier = world.suppliers.find(({ id }) => id === row.supplier);
  const bought = supplier === undefined ? undefined : boughtUnder(supplier, row);
  // One in twelve does not look carefully.
  return bought === undefined || chance > 0.58
    ? { decision: "not_bought" }
    : { decision: "adopt", supplierOrderId: bought };
}

function boughtUnder(supplier: SimSupplier, { kind, reference }: ParkedRow): string | undefined {
  if (kind === "top_up") return supplier.toppedUp.find((one) => one.reference === reference)?.id;
  const one = supplier.sold.find((each) => each.reference === reference);
  return one === undefined ? undefined : `${supplier.id}-order-${one.number}`;
}

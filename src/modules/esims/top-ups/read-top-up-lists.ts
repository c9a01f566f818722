import { assertNoOpenTransaction, type Db, statement } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import { inCall } from "../../../telemetry/spans.js";

export interface ReadListsDeps {
  readonly db: Db;
  /** Those that say per eSIM what they take. */
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
}

const LISTS_PER_RUN = 100;
/** Suppliers change what they sell rarely, and a purchase that came too late is refused and refunded. */
const HOURS_BETWEEN = 12;

interface DueEsim {
  readonly profile_id: number;
  readonly supplier: string;
  readonly supplier_reference: string;
  readonly supplier_order_id: string;
  readonly iccid: string | null;
}

/** Living eSIMs of suppliers that are asked have a next poll; that index holds just them. */
const TAKE_DUE = statement(
  "top_ups.take_due_lists",
  `with due as (
     select p.id from esim_profiles p left join esim_top_up_lists l on l.profile_id = p.id
     where p.poll_at is not null and p.status in ('ready', 'active') and p.ended_at is null and p.supplier = any($1::text[])
       and (l.profile_id is null or l.due_at < now())
     order by l.due_at nulls first limit $2
   ), taken as (
     insert into esim_top_up_lists (profile_id, due_at)
     select id, now() + interval '10 minutes' from due
     on conflict (profile_id) do update set due_at = excluded.due_at
     returning profile_id
   )
   select p.id as profile_id, p.supplier, p.supplier_reference, p.supplier_order_id, p.iccid
   from taken t join esim_profiles p on p.id = t.profile_id`,
);

const STORE = statement(
  "top_ups.store_list",
  `update esim_top_up_lists set packages = $2::jsonb, listed_at = now(), problem = null,
     due_at = now() + $3 * interval '1 hour'
   where profile_id = $1`,
);

const STORE_PROBLEM = statement(
  "top_ups.store_list_problem",
  `update esim_top_up_lists set problem = $2,
     due_at = case when $3::boolean then due_at else now() + $4 * interval '1 hour' end
   where profile_id = $1`,
);

/** Asks suppliers what each living eSIM can be topped up with. One that does not answer does not hold up others. */
export function makeReadTopUpLists({ db, suppliers }: ReadListsDeps) {
  return async (): Promise<void> => {
    const { rows } = await db.run<DueEsim>(TAKE_DUE, [[...suppliers.keys()], LISTS_PER_RUN]);
    for (const esim of rows) {
      const supplier = suppliers.get(esim.supplier);
      if (supplier !== undefined) await readList(db, supplier, esim);
    }
  };
}

async function readList(db: Db, supplier: EsimSupplier, esim: DueEsim): Promise<void> {
  assertNoOpenTransaction(supplier.id);
  const asked = {
    supplierReference: esim.supplier_reference,
    supplierOrderId: esim.supplier_order_id,
    iccid: esim.iccid,
  };
  const answer = await inCall(supplier.id, "list top-ups", () => supplier.listTopUps(asked));
  if (answer.kind === "refused") {
    const isWorthAsking = answer.reason === "retryable" || answer.reason === "auth";
    await db.run(STORE_PROBLEM, [esim.profile_id, answer.reason, isWorthAsking, HOURS_BETWEEN]);
    return;
  }
  const packages = answer.value.map(({ packageId, cost }) => ({
    package_id: packageId,
    cost_text: cost.amountText,
    cost_currency: cost.currency,
    cost_minor: cost.amountMinor,
  }));
  await db.run(STORE, [esim.profile_id, JSON.stringify(packages), HOURS_BETWEEN]);
}

const RELIST = statement(
  "top_ups.relist_soon",
  `update esim_top_up_lists l set due_at = now() from top_ups t
   where t.id = $1 and l.profile_id = t.profile_id and l.due_at > now()`,
);

/** What the supplier refused it may not take any more, or for another price. */
export async function relistSoon(db: Db, topUpId: number): Promise<void> {
  await db.run(RELIST, [topUpId]);
}

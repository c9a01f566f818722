import { type Queryable, statement } from "../../db/database.js";
import { readRowsOf, type ScreenRow } from "./list-screen-read.js";
import { esimsScreen, topUpsScreen } from "./screens/operation-screens.js";

const AROUND = statement(
  "admin.around_esim",
  `select json_build_object('id', o.id, 'reference', o.reference, 'status', o.status, 'kind', o.kind) as order,
     json_build_object('id', p.id, 'sku', p.sku, 'name', p.name) as plan,
     e.usage_total_bytes, e.usage_remaining_bytes, e.usage_as_of, e.installed_at, e.ended_at, e.plan_expires_at
   from esim_profiles e join orders o on o.id = e.order_id join plans p on p.id = e.plan_id where e.id = $1`,
);
const ATTEMPTS = statement(
  "admin.attempts_of_esim",
  `select id, number, reference, supplier, package_id, status, supplier_order_id, reason, detail, lookups, cost_text,
     cost_currency, call_millis, created_at, decided_at, decided_by
   from provisioning_attempts where profile_id = $1 order by number`,
);
const LINKS = statement(
  "admin.install_links_of_esim",
  `select id, created_at, expires_at, revoked_at from install_links where profile_id = $1 order by id desc limit 20`,
);
const REVEALS = statement(
  "admin.reveals_of_esim",
  `select actor, channel, at from esim_reveals where profile_id = $1 order by at desc limit 50`,
);

interface AroundRow {
  readonly order: object;
  readonly plan: object;
  readonly usage_total_bytes: number | null;
  readonly usage_remaining_bytes: number | null;
  readonly usage_as_of: string | null;
  readonly installed_at: string | null;
  readonly ended_at: string | null;
  readonly plan_expires_at: string | null;
}

/** An eSIM with what was bought, added, linked and shown for it; its codes are read elsewhere, and audited. */
export async function readEsimPage(db: Queryable, esimId: number) {
  const [esim] = await readRowsOf(db, esimsScreen, "e.id = %", esimId);
  const [around] = (await db.run<AroundRow>(AROUND, [esimId])).rows;
  if (esim === undefined || around === undefined) return undefined;
  const { usage_total_bytes, usage_remaining_bytes, usage_as_of, ...rest } = around;
  return {
    ...esim,
    ...rest,
    usage: { total_bytes: usage_total_bytes, remaining_bytes: usage_remaining_bytes, as_of: usage_as_of },
    attempts: [...(await db.run<ScreenRow>(ATTEMPTS, [esimId])).rows],
    top_ups: [...(await readRowsOf(db, topUpsScreen, "t.profile_id = %", esimId))],
    install_links: [...(await db.run<ScreenRow>(LINKS, [esimId])).rows],
    reveals: [...(await db.run<ScreenRow>(REVEALS, [esimId])).rows],
  };
}

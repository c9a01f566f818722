import { randomBytes } from "node:crypto";
import type { World } from "./world.js";

export interface CampaignPlan {
  readonly id: number;
  readonly sku: string;
  readonly isFromStock: boolean;
}

const AIRALO = ["airalo", "moshi-7days-1gb", 350] as const;
const ACCESS = ["esim-access", "AU1GB7D", 180] as const;
const GO = ["esim-go", "esim_1GB_7D_NL_V2", 115] as const;
/** Its package is the plan itself. */
const STOCK = ["stock", null, 0] as const;
const LOCAL = ["local", "1", 0] as const;

/** Every supplier alone, and chains of them; the costs are the suppliers' own, and the cheapest is asked first. */
const SOURCES = [
  [ACCESS, AIRALO],
  [GO, ACCESS, AIRALO],
  [AIRALO],
  [ACCESS],
  [GO],
  [LOCAL],
  [STOCK],
  [STOCK, GO],
] as const;

export async function addPlans(query: World["query"]): Promise<CampaignPlan[]> {
  const plans: CampaignPlan[] = [];
  for (const [index, suppliers] of SOURCES.entries()) {
    const sku = `campaign-${index}`;
    const [plan] = await query<{ id: number }>(
      `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
       select $1, $1, 1, 7, (select min(id) from countries), (select min(id) from carriers) returning id`,
      [sku],
    );
    const id = plan?.id ?? 0;
    await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [id]);
    for (const [supplier, packageId, cost] of suppliers)
      await query(
        `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
         values ($1, $2, $3, $4, $5, 'USD')`,
        [id, supplier, packageId ?? String(id), cost, (cost / 100).toFixed(2)],
      );
    plans.push({ id, sku, isFromStock: suppliers.some(([supplier]) => supplier === "stock") });
  }
  return plans;
}

/** A file of codes that the shop has never seen. */
export function stockFile(sku: string, count: number): string {
  const rows = Array.from(
    { length: count },
    () => `${sku},LPA:1$smdp.stock.example$${randomBytes(8).toString("hex").toUpperCase()}`,
  );
  return ["sku,activation_code", ...rows].join("\n");
}

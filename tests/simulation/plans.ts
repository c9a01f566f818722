import { randomBytes } from "node:crypto";
import type { World } from "./world.js";

export interface CampaignPlan {
  readonly id: number;
  readonly sku: string;
  readonly isFromStock: boolean;
}

interface Source {
  readonly supplier: string;
  /** Null: the plan itself. */
  readonly packageId: string | null;
  readonly topUpPackageId: string | null;
  readonly costMinor: number;
}

const AIRALO: Source = {
  supplier: "airalo",
  packageId: "moshi-7days-1gb",
  topUpPackageId: "moshi-7days-1gb-topup",
  costMinor: 350,
};
const ACCESS: Source = {
  supplier: "esim-access",
  packageId: "AU1GB7D",
  topUpPackageId: "TOPUP_AU1GB7D",
  costMinor: 180,
};
const GO: Source = {
  supplier: "esim-go",
  packageId: "esim_1GB_7D_NL_V2",
  topUpPackageId: "esim_1GB_7D_NL_V2",
  costMinor: 115,
};
const STOCK: Source = { supplier: "stock", packageId: null, topUpPackageId: null, costMinor: 0 };
const LOCAL: Source = { supplier: "local", packageId: "1", topUpPackageId: null, costMinor: 0 };

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
    for (const { supplier, packageId, topUpPackageId, costMinor } of suppliers)
      await query(
        `insert into plan_suppliers
           (plan_id, supplier, package_id, top_up_package_id, cost_minor, cost_text, cost_currency)
         values ($1, $2, $3, $4, $5, $6, 'USD')`,
        [id, supplier, packageId ?? String(id), topUpPackageId, costMinor, (costMinor / 100).toFixed(2)],
      );
    plans.push({ id, sku, isFromStock: suppliers.some(({ supplier }) => supplier === "stock") });
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

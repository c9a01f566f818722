import { seedDemoCatalog } from "../../src/modules/catalog/catalog.module.js";
import type { TestDatabase } from "./database.js";

/** Fills the test's database with the demo shop; answers the id of one of its plans in Spain. */
export async function seedCatalog({ db, query }: TestDatabase): Promise<{ planId: number }> {
  await seedDemoCatalog(db);
  const [plan] = await query<{ id: number }>("select id from plans where sku = 'ES-5GB-30D'");
  return { planId: plan?.id ?? 0 };
}

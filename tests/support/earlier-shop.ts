import { LEGACY_TABLES, type LegacyTable } from "../../src/modules/admin/admin.module.js";

export type EarlierRows = Record<LegacyTable, Record<string, string | null>[]>;

const TIME = "2025-03-01 10:00:00";

/**
 * The tables of an earlier shop with as many customers and codes: each customer has a paid order with its eSIM, every
 * third address stands in two rows whose case differs, and enums are spelt by name and by value.
 */
export function earlierShop({ customers, codes }: { customers: number; codes: number }): EarlierRows {
  const numbers = Array.from({ length: customers }, (_, index) => index + 1);
  const id = (number: number): string => String(number);
  const spelt = (word: string, number: number): string => (number % 2 === 0 ? word.toUpperCase() : word);
  return {
    countries: [{ id: "1", iso2: "ES", name: "Spain" }],
    carriers: [{ id: "1", name: "Earlier Carrier" }],
    plans: [
      {
        id: "1",
        country_id: "1",
        carrier_id: "1",
        name: "Spain 5 GB",
        data_gb: "5.00",
        duration_days: "30",
        price_usd: "12.50",
        description: null,
        is_unlimited: "0",
      },
    ],
    users: numbers.map((number) => ({
      id: id(number),
      email: number % 3 === 0 ? `Earlier${number - 1}@Example.com` : `earlier${number}@example.com`,
      name: null,
      created_at: TIME,
      last_login: null,
    })),
    orders: numbers.map((number) => ({
      id: id(number),
      user_id: id(number),
      plan_id: "1",
      status: spelt("paid", number),
      currency: "USD",
      amount_minor_units: "1250",
      provider_ref: null,
      idempotency_key: null,
      created_at: TIME,
      plan_snapshot: null,
    })),
    payments: numbers.map((number) => ({
      id: id(number),
      order_id: id(number),
      provider: "STRIPE",
      status: spelt("succeeded", number),
      intent_id: `pi_${number}`,
      created_at: TIME,
    })),
    esim_profiles: numbers.map((number) => ({
      id: id(number),
      user_id: id(number),
      order_id: id(number),
      plan_id: "1",
      inventory_item_id: null,
      activation_code: null,
      iccid: null,
      status: spelt("assigned", number + 1),
      provisioned_at: TIME,
      created_at: TIME,
      qr_payload: `LPA:1$smdp.example.com$SOLD-${number}`,
    })),
    // The first of them is a code that an order has.
    esim_inventory: Array.from({ length: codes }, (_, index) => ({
      id: id(index + 1),
      plan_id: "1",
      activation_code: `LPA:1$smdp.example.com$${index === 0 ? "SOLD-1" : `STOCK-${index}`}`,
      iccid: null,
      qr_payload: null,
      status: spelt("available", index),
    })),
  };
}

/** As mysqldump writes it. */
export function dumpOf(rows: EarlierRows): string {
  const quoted = (cell: string | null | undefined): string =>
    cell === null || cell === undefined
      ? "NULL"
      : `'${cell.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return LEGACY_TABLES.map((table) => {
    const columns = Object.keys(rows[table][0] ?? { id: "" });
    const lines = columns.map((column) => `  \`${column}\` text`);
    const values = rows[table].map((row) => `(${columns.map((column) => quoted(row[column])).join(",")})`);
    return `CREATE TABLE \`${table}\` (\n${lines.join(",\n")}\n);\nINSERT INTO \`${table}\` VALUES ${values.join(",")};\n`;
  }).join("");
}

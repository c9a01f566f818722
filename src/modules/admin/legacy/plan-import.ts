import { readEmailAddress } from "../../../kernel/email-address.js";
import { isCurrencyCode, minorFromMajor } from "../../../kernel/money.js";
import { type ProfileDraft, profileOf } from "./legacy-profile.js";
import { byId, type LegacyRows, objectOf, timeOf, wordOf } from "./legacy-rows.js";
import type { DumpRow } from "./read-dump.js";

/** A row that is not as it should be, by table and id; never with a code or an address. */
export interface Finding {
  readonly row: string;
  readonly problem: string;
  /** What becomes of it. */
  readonly outcome: "left_out" | "imported";
}

export interface UserDraft {
  readonly legacyId: number;
  readonly email: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

export interface PlanDraft {
  readonly legacyId: number;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly dataGb: string | null;
  readonly durationDays: number;
  readonly priceMinor: number;
  readonly iso2: string;
  readonly country: string;
  readonly carrier: string;
}

export interface PaymentEvidence {
  readonly provider: string;
  readonly intentId: string | null;
  readonly status: string;
  readonly createdAt: string | null;
}

export interface OrderDraft {
  readonly legacyId: number;
  readonly legacyUserId: number;
  readonly legacyPlanId: number;
  readonly status: "paid" | "failed" | "refunded";
  readonly currency: string;
  readonly amountMinor: number;
  readonly createdAt: string;
  readonly paidAt: string | null;
  /** What it was sold as; ids are the new ones, which the store fills in. */
  readonly snapshot: Readonly<Record<string, unknown>>;
  readonly payments: readonly PaymentEvidence[];
  readonly profile: ProfileDraft;
}

export interface StockDraft {
  readonly legacyId: number;
  readonly sku: string;
  readonly code: string;
  readonly iccid: string | null;
}

export interface ImportPlan {
  readonly users: readonly UserDraft[];
  readonly plans: readonly PlanDraft[];
  readonly orders: readonly OrderDraft[];
  readonly stock: readonly StockDraft[];
  readonly findings: readonly Finding[];
}

export const skuOf = (legacyPlanId: number): string => `LEGACY-${legacyPlanId}`;
const EPOCH = "2000-01-01T00:00:00.000Z";

/** What an import would do with these rows; writes nothing and asks nobody, so a dry run is this alone. */
export function planImport(rows: LegacyRows): ImportPlan {
  const findings: Finding[] = [];
  const note = (row: string, problem: string, outcome: Finding["outcome"] = "left_out"): undefined => {
    findings.push({ row, problem, outcome });
    return undefined;
  };
  const users = rows.users.flatMap((row) => userOf(row, note) ?? []);
  noteDoubles(users, note);
  const places = { countries: byId(rows.countries), carriers: byId(rows.carriers) };
  const plans = rows.plans.flatMap((row) => planOf(row, places, note) ?? []);
  const orders = ordersOf(rows, { users, plans }, note);
  return { users, plans, orders, stock: stockOf(rows, plans, note), findings };
}

type Note = (row: string, problem: string, outcome?: Finding["outcome"]) => undefined;

function userOf(row: DumpRow, note: Note): UserDraft | undefined {
  const email = readEmailAddress(row.email ?? "");
  if (email === undefined) return note(`users:${row.id}`, "its address is no e-mail address");
  const name = row.name?.trim().slice(0, 200) || null;
  const createdAt = timeOf(row.created_at) ?? EPOCH;
  return { legacyId: Number(row.id), email, name, createdAt, lastLoginAt: timeOf(row.last_login) };
}

function noteDoubles(users: readonly UserDraft[], note: Note): void {
  const seen = new Set<string>();
  for (const { legacyId, email } of users) {
    if (seen.has(email))
      note(`users:${legacyId}`, "another row has the same address: they become one person", "imported");
    seen.add(email);
  }
}

function planOf(
  row: DumpRow,
  places: Readonly<Record<"countries" | "carriers", ReadonlyMap<string, DumpRow>>>,
  note: Note,
): PlanDraft | undefined {
  const at = `plans:${row.id}`;
  const country = places.countries.get(row.country_id ?? "");
  const carrier = places.carriers.get(row.carrier_id ?? "");
  const iso2 = (country?.iso2 ?? "").toUpperCase();
  if (!/^[A-Z]{2}$/.test(iso2)) return note(at, "its country is not there");
  if (!carrier?.name) return note(at, "its carrier is not there");
  const price = minorFromMajor(row.price_usd ?? "", "USD");
  if (!price.ok || price.minor === 0) return note(at, "its price is no amount in US dollars");
  const durationDays = Number(row.duration_days);
  if (!(durationDays >= 1 && durationDays <= 3_650)) return note(at, "its days are not 1 to 3650");
  const isUnlimited = row.is_unlimited === "1" || Number(row.data_gb) === 0;
  return {
    legacyId: Number(row.id),
    sku: skuOf(Number(row.id)),
    name: (row.name ?? "").trim().slice(0, 200) || skuOf(Number(row.id)),
    description: (row.description ?? "").slice(0, 2_000),
    dataGb: isUnlimited ? null : (row.data_gb ?? null),
    durationDays,
    priceMinor: price.minor,
    iso2,
    country: (country?.name ?? iso2).slice(0, 100),
    carrier: carrier.name.slice(0, 100),
  };
}

function ordersOf(
  rows: LegacyRows,
  { users, plans }: { users: readonly UserDraft[]; plans: readonly PlanDraft[] },
  note: Note,
): OrderDraft[] {
  const knownUsers = new Set(users.map(({ legacyId }) => legacyId));
  const planById = new Map(plans.map((plan) => [plan.legacyId, plan]));
  const orderIds = byId(rows.orders);
  for (const { id, order_id: orderId } of rows.payments)
    if (!orderIds.has(orderId ?? "")) note(`payments:${id}`, "its order is not there");
  const profiles = new Map<string, DumpRow>();
  for (const row of rows.esim_profiles) {
    const orderId = row.order_id ?? "";
    if (!orderIds.has(orderId)) note(`esim_profiles:${row.id}`, "its order is not there");
    else if (profiles.has(orderId)) note(`esim_profiles:${row.id}`, "its order has another eSIM already");
    else profiles.set(orderId, row);
  }
  const taken = new Set<string>();
  return rows.orders.flatMap((row) => {
    const at = `orders:${row.id}`;
    const plan = planById.get(Number(row.plan_id));
    if (!knownUsers.has(Number(row.user_id))) return note(at, "its customer is not there") ?? [];
    if (plan === undefined) return note(at, "its plan is not there") ?? [];
    const currency = (row.currency ?? "").toUpperCase();
    const amountMinor = Number(row.amount_minor_units);
    if (!isCurrencyCode(currency) || !Number.isSafeInteger(amountMinor) || amountMinor < 1)
      return note(at, "its amount is no amount of money") ?? [];
    const payments = rows.payments.filter(({ order_id }) => order_id === row.id).map(evidenceOf);
    const status = statusOf(row, payments, note);
    if (status === undefined) return [];
    const createdAt = timeOf(row.created_at) ?? EPOCH;
    const paid = payments.find((one) => one.status === "succeeded")?.createdAt ?? createdAt;
    const profile = profileOf(profiles.get(row.id ?? ""), status, rows.esim_inventory, taken, (problem) =>
      note(at, problem, "imported"),
    );
    return {
      legacyId: Number(row.id),
      legacyUserId: Number(row.user_id),
      legacyPlanId: plan.legacyId,
      status,
      currency,
      amountMinor,
      createdAt,
      paidAt: status === "failed" ? null : later(createdAt, paid),
      snapshot: snapshotOf(objectOf(row.plan_snapshot), plan, { currency, amountMinor }),
      payments,
      profile,
    };
  });
}

/** ISO 8601 in UTC is in order as text. */
const later = (a: string, b: string): string => [a, b].sort()[1] ?? a;

const evidenceOf = (row: DumpRow): PaymentEvidence => ({
  provider: (row.provider ?? "").toUpperCase(),
  intentId: row.intent_id ?? null,
  status: wordOf(row.status),
  createdAt: timeOf(row.created_at),
});

/** An order that waits for money waits for ever: nobody can pay it any more. */
function statusOf(
  row: DumpRow,
  payments: readonly PaymentEvidence[],
  note: Note,
): OrderDraft["status"] | undefined {
  const at = `orders:${row.id}`;
  const hasMoney = payments.some(({ status }) => status === "succeeded");
  switch (wordOf(row.status)) {
    case "paid":
      if (!hasMoney) note(at, "it is paid and has no payment that succeeded", "imported");
      return "paid";
    case "refunded":
      return "refunded";
    case "created":
    case "failed":
      if (hasMoney)
        note(at, "a payment for it succeeded, and it was never honoured: give the money back", "imported");
      return "failed";
    default:
      return note(at, "its status is not known");
  }
}

function snapshotOf(
  sold: Readonly<Record<string, unknown>>,
  plan: PlanDraft,
  { currency, amountMinor }: { currency: string; amountMinor: number },
): Readonly<Record<string, unknown>> {
  const text = (name: string, otherwise: string): string => {
    const value = sold[name];
    return typeof value === "string" && value !== "" ? value : otherwise;
  };
  const dataGb = Number(sold.data_gb ?? plan.dataGb ?? 0);
  const days = Number(sold.duration_days ?? plan.durationDays);
  return {
    name: text("name", plan.name),
    description: text("description", plan.description),
    country_name: text("country_name", plan.country),
    country_iso2: text("country_iso2", plan.iso2),
    carrier_name: text("carrier_name", plan.carrier),
    data_gb: Number.isFinite(dataGb) ? dataGb : 0,
    is_unlimited: plan.dataGb === null,
    duration_days: Number.isInteger(days) ? days : plan.durationDays,
    price_minor_units: amountMinor,
    currency,
  };
}

/** Only what is for sale: what was reserved may be somebody's, and what was assigned is. */
function stockOf(
  { esim_inventory: items }: LegacyRows,
  plans: readonly PlanDraft[],
  note: Note,
): StockDraft[] {
  const known = new Set(plans.map(({ legacyId }) => legacyId));
  return items.flatMap((row) => {
    const at = `esim_inventory:${row.id}`;
    const status = wordOf(row.status);
    if (status === "reserved") return note(at, "it is reserved: enter it by hand if nobody has it") ?? [];
    if (status !== "available") return [];
    if (!known.has(Number(row.plan_id))) return note(at, "its plan is not there") ?? [];
    const code = row.qr_payload?.includes("$") ? row.qr_payload : row.activation_code;
    if (!code) return note(at, "it has no code") ?? [];
    return { legacyId: Number(row.id), sku: skuOf(Number(row.plan_id)), code, iccid: row.iccid || null };
  });
}

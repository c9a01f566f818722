import type { FakeReply } from "../fakes/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage, Ledger } from "../fakes/ledger.js";

/** Airalo's wire shapes, put together from the field lists of suppliers.md section 3. */

export const META = { message: "success" };

export const ok = (data: unknown, meta: object = META): FakeReply => ({ status: 200, body: { data, meta } });

export const coded = (code: number, reason: string, status = 422): FakeReply => ({
  status,
  body: { code, reason },
});

export const fieldFault = (field: string, text: string): FakeReply => ({
  status: 422,
  body: { data: { [field]: text }, meta: { message: "the parameter is invalid" } },
});

/** `2027-03-01 08:30:15`, UTC without saying so. */
export const airaloTime = (millis: number): string =>
  new Date(millis).toISOString().slice(0, 19).replace("T", " ");

const dollars = (tenThousandths: number): number => tenThousandths / 10_000;

export function simBody(esim: FakeEsim): object {
  const code = `LPA:1$${esim.host}$${esim.matchingId}`;
  const apn = { apn_type: "automatic", apn_value: null };
  return {
    id: 11_000 + esim.id,
    created_at: "2027-03-01 08:30:15",
    iccid: esim.iccid,
    lpa: esim.host,
    imsis: null,
    matching_id: esim.matchingId,
    qrcode: code,
    qrcode_url: `https://qr.example.com/q?expires=1830000000&id=${esim.id}&signature=00`,
    direct_apple_installation_url: `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${code}`,
    airalo_code: null,
    ...apn,
    is_roaming: true,
    confirmation_code: esim.confirmationCode,
    apn: { ios: apn, android: apn },
    msisdn: null,
  };
}

/** `quantity` is text in one of the vendor's samples and a number in another: the fake takes turns. */
export function orderBody(order: FakeOrder, sims: readonly FakeEsim[] | null): Record<string, unknown> {
  return {
    id: 9_000 + order.number,
    code: `20270301-${String(9_000 + order.number).padStart(6, "0")}`,
    currency: "USD",
    package_id: order.packageId,
    quantity: order.number % 2 === 0 ? 1 : "1",
    type: order.kind === "top_up" ? "topup" : "sim",
    description: order.reference,
    esim_type: "Prepaid",
    validity: 7,
    package: order.packageId,
    data: "1 GB",
    price: dollars(order.price) + 1,
    pricing_model: "net_pricing",
    net_price: dollars(order.price),
    text: null,
    voice: null,
    created_at: airaloTime(order.createdAtMillis),
    manual_installation: "<p>…</p>",
    qrcode_installation: "<p>…</p>",
    installation_guides: { en: "https://sharing.example.com" },
    brand_settings_name: null,
    ...(sims ? { sims: sims.map(simBody) } : {}),
  };
}

export function packageBody(entry: FakePackage): object {
  return {
    id: entry.id,
    type: entry.kind === "top_up" ? "topup" : "sim",
    price: dollars(entry.price) + 1,
    net_price: dollars(entry.price),
    amount: entry.gigabytes === null ? 0 : entry.gigabytes * 1024,
    day: entry.days,
    is_unlimited: entry.gigabytes === null,
    title: `${entry.gigabytes ?? "Unlimited"} GB - ${entry.days} Days`,
    data: entry.gigabytes === null ? "Unlimited" : `${entry.gigabytes} GB`,
    voice: null,
    text: null,
    prices: {
      net_price: { USD: dollars(entry.price) },
      recommended_retail_price: { USD: dollars(entry.price) + 1 },
    },
  };
}

/** One country or region with one operator; from page 2 on `data` is an object keyed by index. */
export function cataloguePage(ledger: Ledger, page: number, limit: number): FakeReply {
  const lastPage = Math.max(1, Math.ceil(ledger.packages.length / limit));
  const first = (page - 1) * limit;
  const entries = ledger.packages.slice(first, first + limit).map((entry) => ({
    slug: entry.countries.join("-").toLowerCase(),
    country_code: entry.countries.length === 1 ? entry.countries[0] : null,
    title: entry.countries.join(", "),
    operators: [
      {
        id: 123,
        title: "Moshi",
        type: entry.countries.length === 1 ? "local" : "global",
        plan_type: "data",
        rechargeability: true,
        activation_policy: "first-usage",
        is_kyc_verify: false,
        coverages: entry.countries.map((name) => ({ name, networks: [] })),
        countries: entry.countries.map((code) => ({ country_code: code, title: code })),
        packages: [packageBody(entry)],
      },
    ],
  }));
  const keyed = Object.fromEntries(entries.map((entry, index) => [String(first + index), entry]));
  const meta = {
    ...META,
    current_page: page,
    last_page: lastPage,
    per_page: String(limit),
    total: ledger.packages.length,
  };
  return {
    status: 200,
    body: {
      pricing: { model: "net_pricing", discount_percentage: 0 },
      data: page > 1 ? keyed : entries,
      links: {},
      meta,
    },
  };
}

export function usageBody(esim: FakeEsim, isUnlimited: boolean, nowMillis: number): object {
  const megabytes = (bytes: number) => Math.floor(bytes / 1024 ** 2);
  const status = { new: "NOT_ACTIVE", active: "ACTIVE", depleted: "FINISHED", expired: "EXPIRED" }[
    esim.plan as "new"
  ];
  return {
    remaining: isUnlimited ? 0 : megabytes(esim.totalBytes - esim.usedBytes),
    total: isUnlimited ? 0 : megabytes(esim.totalBytes),
    expired_at: esim.plan === "new" ? null : airaloTime(nowMillis + 7 * 86_400_000),
    is_unlimited: isUnlimited,
    status: status ?? "UNKNOWN",
    remaining_voice: 0,
    remaining_text: 0,
    total_voice: 0,
    total_text: 0,
  };
}

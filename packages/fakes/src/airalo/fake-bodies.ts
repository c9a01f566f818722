import type { FakeReply } from "../supplier/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage, Ledger } from "../supplier/ledger.js";
import type { FakeAiraloShapes } from "./fake-shapes.js";

/** Airalo's wire shapes, as its published samples have them. */

export const META = { message: "success" };

export const ok = (data: unknown, meta: object = META): FakeReply => ({ status: 200, body: { data, meta } });

export const coded = (code: number, reason: string, status = 422): FakeReply => ({
  status,
  body: { code, reason },
});

/** A fault with a code in the form of the notes that users keep of it. */
export function withWords(reply: FakeReply, { codedBody }: FakeAiraloShapes): FakeReply {
  const { code, reason } = reply.body as { code?: unknown; reason?: unknown };
  if (codedBody === "reason" || typeof code !== "number") return reply;
  return { ...reply, body: { meta: "failed", message: reason, code } };
}

export const fieldFault = (field: string, text: string, shapes: FakeAiraloShapes): FakeReply => ({
  status: shapes.faultStatus,
  body: {
    data: { [field]: shapes.faults === "list" ? [text] : text },
    meta: { message: "the parameter is invalid" },
  },
});

/** `2027-03-01 08:30:15`, UTC without saying so. */
export const airaloTime = (millis: number): string =>
  new Date(millis).toISOString().slice(0, 19).replace("T", " ");

const dollars = (tenThousandths: number): number => tenThousandths / 10_000;

/** Ids and ICCIDs as numbers or as texts, in the text of a whole answer: an ICCID is no JavaScript number. */
export function withNumbers(reply: FakeReply, { numbers }: FakeAiraloShapes): FakeReply {
  if (numbers === "as_sampled") return reply;
  const text = JSON.stringify(reply.body);
  const written =
    numbers === "text"
      ? text.replace(/"(id|net_price|price|amount|day|quantity|validity)":(-?[0-9.]+)/g, '"$1":"$2"')
      : text.replace(/"(iccid|id)":"([0-9]+)"/g, '"$1":$2');
  return { ...reply, body: written };
}

export function simBody(esim: FakeEsim, shapes: FakeAiraloShapes, hasCode = true): object {
  const code = `LPA:1$${esim.host}$${esim.matchingId}`;
  const linked = shapes.appleLink === "same" ? code : "LPA:1$other.example.com$Y7MRQ886FCDJD4RH";
  const apn = { apn_type: "automatic", apn_value: null };
  return {
    id: 11_000 + esim.id,
    created_at: "2027-03-01 08:30:15",
    iccid: esim.iccid,
    lpa: hasCode ? esim.host : null,
    imsis: null,
    matching_id: hasCode ? esim.matchingId : null,
    qrcode: hasCode ? code : null,
    qrcode_url: `https://qr.example.com/q?expires=1830000000&id=${esim.id}&signature=00`,
    ...(hasCode
      ? {
          direct_apple_installation_url: `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${linked}`,
        }
      : {}),
    airalo_code: null,
    ...apn,
    is_roaming: true,
    confirmation_code: esim.confirmationCode,
    apn: { ios: apn, android: apn },
    msisdn: null,
  };
}

/** What an order says of its eSIM: it is there, it is not there yet, or nothing is said of eSIMs (a top-up). */
export type SimsOf = { readonly esim: FakeEsim; readonly isThere: boolean } | null;

function simsBody(sims: SimsOf, shapes: FakeAiraloShapes): object {
  if (sims?.isThere) return { sims: [simBody(sims.esim, shapes)] };
  switch (shapes.emptySims) {
    case "list":
      return { sims: [] };
    case "null":
      return { sims: null };
    case "absent":
      return {};
    case "without_code":
      return { sims: sims === null ? [] : [simBody(sims.esim, shapes, false)] };
  }
}

/** The answer to an order, and the webhook of an asynchronous one. */
export function orderBody(order: FakeOrder, sims: SimsOf, shapes: FakeAiraloShapes): Record<string, unknown> {
  const cost = dollars(order.price);
  return {
    ...basicsOf(order),
    // Text in one of the vendor's samples and a number in another: the fake takes turns.
    quantity: order.number % 2 === 0 ? 1 : "1",
    validity: 7,
    price: cost + 1,
    ...(shapes.pricing === "net"
      ? { pricing_model: "net_pricing", net_price: cost }
      : {
          pricing_model: "discount_pricing",
          discount_percentage: 10,
          discount_amount: 1,
          unit_paid_price: cost,
          total_amount_paid: cost,
        }),
    text: null,
    voice: null,
    brand_settings_name: null,
    ...(order.kind === "top_up" && shapes.emptySims === "list" ? {} : simsBody(sims, shapes)),
  };
}

/** An entry of `GET /orders`: prices are texts and the cost is not among them. */
export function listedOrder(order: FakeOrder, sims: SimsOf, shapes: FakeAiraloShapes): object {
  const status = { accepted: "Completed", failed: "Failed", cancelled: "Refunded" }[order.state];
  return {
    ...basicsOf(order),
    quantity: 1,
    validity: "7",
    price: (dollars(order.price) + 1).toFixed(2),
    ...simsBody(sims, shapes),
    user: { id: 120, created_at: "2027-02-20 08:41:57", name: "User Name", email: "user@example.com" },
    status: { name: status, slug: status.toLowerCase() },
  };
}

function basicsOf(order: FakeOrder): Record<string, unknown> {
  return {
    id: 9_000 + order.number,
    created_at: airaloTime(order.createdAtMillis),
    code: `20270301-${String(9_000 + order.number).padStart(6, "0")}`,
    description: order.reference === "" ? null : order.reference,
    type: order.kind === "top_up" ? "topup" : "sim",
    package_id: order.packageId,
    package: order.packageId,
    esim_type: "Prepaid",
    data: "1 GB",
    currency: "USD",
    manual_installation: "<p>…</p>",
    qrcode_installation: "<p>…</p>",
    installation_guides: { en: "https://sharing.example.com" },
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
export function cataloguePage(
  ledger: Ledger,
  { page, limit }: { page: number; limit: number },
  shapes: FakeAiraloShapes,
): FakeReply {
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
        coverages: entry.countries.map((name) => ({
          name,
          networks: [{ name: "Moshi", types: ["4G", "5G"] }],
        })),
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
      data: page > 1 && shapes.laterPages === "object" ? keyed : entries,
      links: {},
      meta,
    },
  };
}

export function usageBody(esim: FakeEsim, isUnlimited: boolean, nowMillis: number): object {
  const megabytes = (bytes: number) => Math.floor(bytes / 1024 ** 2);
  const states: Readonly<Record<FakeEsim["plan"], string>> = {
    new: "NOT_ACTIVE",
    active: "ACTIVE",
    depleted: "FINISHED",
    expired: "EXPIRED",
    cancelled: "UNKNOWN",
    revoked: "RECYCLED",
  };
  return {
    remaining: isUnlimited ? 0 : megabytes(esim.totalBytes - esim.usedBytes),
    total: isUnlimited ? 0 : megabytes(esim.totalBytes),
    expired_at: esim.plan === "new" ? null : airaloTime(nowMillis + 7 * 86_400_000),
    is_unlimited: isUnlimited,
    status: states[esim.plan],
    remaining_voice: 0,
    remaining_text: 0,
    total_voice: 0,
    total_text: 0,
  };
}

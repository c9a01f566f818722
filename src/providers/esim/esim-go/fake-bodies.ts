import type { FakeReply } from "../fakes/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage, Ledger } from "../fakes/ledger.js";

/** eSIM Go's wire shapes (suppliers.md section 4) with the quirks that were seen in its documents. */
export interface FakeEsimGoQuirks {
  /** `smdpAddress` as a URL. */
  hasScheme: boolean;
  assignmentShape: "object" | "array" | "wrapped";
  /** ICCIDs as JSON numbers. */
  isIccidNumber: boolean;
  areStatesCapitalised: boolean;
}

export const message = (status: number, text: string): FakeReply => ({ status, body: { message: text } });

export function json(body: unknown, quirks: FakeEsimGoQuirks): FakeReply {
  const text = JSON.stringify(body);
  const written = quirks.isIccidNumber ? text.replace(/"iccid":"([0-9]+)"/g, '"iccid":$1') : text;
  return { status: 200, body: written };
}

export const esimGoTime = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`;

const dollars = (tenThousandths: number): number => tenThousandths / 10_000;

export function installFields(esim: FakeEsim, quirks: FakeEsimGoQuirks): object {
  const smdpAddress = quirks.hasScheme ? `http://${esim.host}` : esim.host;
  return { iccid: esim.iccid, matchingId: esim.matchingId, smdpAddress };
}

export function bundleBody(entry: FakePackage): object {
  return {
    name: entry.id,
    description: `${entry.gigabytes}GB, ${entry.days} days`,
    groups: ["Standard Fixed"],
    countries: entry.countries.map((iso) => ({ name: iso, region: "Europe", iso })),
    dataAmount: entry.gigabytes === null ? -1 : entry.gigabytes * 1000,
    duration: entry.days,
    speed: ["4G"],
    autostart: true,
    unlimited: entry.gigabytes === null,
    roamingEnabled: [],
    price: dollars(entry.price),
    billingType: "FixedCost",
  };
}

export function orderBody(
  ledger: Ledger,
  order: FakeOrder,
  esims: readonly FakeEsim[],
  quirks: FakeEsimGoQuirks,
): object {
  const price = dollars(order.price);
  const item = {
    type: "bundle",
    item: order.packageId,
    quantity: 1,
    subTotal: price,
    pricePerUnit: price,
    ...(esims.length > 0
      ? { esims: esims.map((esim) => installFields(esim, quirks)), iccids: esims.map((esim) => esim.iccid) }
      : {}),
  };
  return {
    order: [item],
    total: price,
    currency: "USD",
    createdDate: esimGoTime(order.createdAtMillis),
    assigned: esims.length > 0,
    status: esims.length > 0 ? "completed" : "processing",
    statusMessage: `Order completed: ${esims.length} eSIMs assigned`,
    orderReference: order.id,
    runningBalance: dollars(ledger.balance),
  };
}

export function profileStatusOf(esim: FakeEsim): string {
  return esim.profile.charAt(0).toUpperCase() + esim.profile.slice(1);
}

/** The eSIM's own bundle and every top-up, each with its order's reference and a running number. */
export function bundlesBody(ledger: Ledger, esim: FakeEsim, quirks: FakeEsimGoQuirks): object {
  const states = {
    new: "queued",
    active: "active",
    depleted: "depleted",
    expired: "lapsed",
    cancelled: "revoked",
    revoked: "revoked",
  };
  const orders = ledger.orders.filter((order) => order.esimId === esim.id);
  const bundles = orders.map((order) => {
    const isOwn = order.id === esim.orderId;
    const state = isOwn ? states[esim.plan] : "queued";
    const bytes = isOwn
      ? esim.totalBytes
      : (ledger.packages.find((entry) => entry.id === order.packageId)?.gigabytes ?? 0) * 1e9;
    return {
      name: order.packageId,
      description: "",
      assignments: [
        {
          id: String(order.number),
          assignmentReference: `${order.id}-0`,
          callTypeGroup: "data",
          initialQuantity: bytes,
          remainingQuantity: isOwn ? esim.totalBytes - esim.usedBytes : bytes,
          assignmentDateTime: esimGoTime(order.createdAtMillis),
          bundleState: quirks.areStatesCapitalised ? state.charAt(0).toUpperCase() + state.slice(1) : state,
          unlimited: false,
        },
      ],
    };
  });
  return { bundles };
}

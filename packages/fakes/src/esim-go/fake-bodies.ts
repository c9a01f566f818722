import type { FakeReply } from "../supplier/fake-http.js";
import type { FakeEsim, FakeOrder, FakePackage, Ledger } from "../supplier/ledger.js";
import type { FakeEsimGoShapes } from "./fake-shapes.js";

/** eSIM Go's wire shapes, as its published samples have them. */

export const message = (status: number, text: string): FakeReply => ({ status, body: { message: text } });

export function json(body: unknown, shapes: FakeEsimGoShapes): FakeReply {
  let text = JSON.stringify(body);
  if (shapes.isIccidNumber)
    text = text
      .replace(/"iccid":"([0-9]+)"/g, '"iccid":$1')
      .replace(/"iccids":\["([0-9]+)"\]/g, '"iccids":[$1]');
  if (shapes.areAmountsText)
    text = text.replace(
      /"(total|subTotal|pricePerUnit|price|balance|quantity|initialQuantity|remainingQuantity|duration|dataAmount)":(-?[0-9.]+)/g,
      '"$1":"$2"',
    );
  return { status: 200, body: text };
}

export function esimGoTime(millis: number, { dates }: Pick<FakeEsimGoShapes, "dates">): string | number {
  const seconds = `${new Date(millis).toISOString().slice(0, 19)}`;
  switch (dates) {
    case "iso":
      return `${seconds}Z`;
    case "nanoseconds":
      return `${seconds}.123456789Z`;
    case "epoch_seconds":
      return Math.floor(millis / 1000);
    case "epoch_millis":
      return millis;
    case "rfc1123":
      return new Date(millis).toUTCString();
  }
}

const dollars = (tenThousandths: number): number => tenThousandths / 10_000;

export function installFields(esim: FakeEsim, shapes: FakeEsimGoShapes): object {
  const smdpAddress = shapes.hasScheme ? `http://${esim.host}` : esim.host;
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

/** `esim` is null while the order is processed. */
export function orderBody(
  ledger: Ledger,
  order: FakeOrder,
  { esim, isThere }: { esim: FakeEsim; isThere: boolean },
  shapes: FakeEsimGoShapes,
  hasEsims = true,
): object {
  const price = dollars(order.price);
  const item = {
    type: "bundle",
    item: order.packageId,
    quantity: 1,
    subTotal: price,
    pricePerUnit: price,
    AllowReassign: false,
    ...(hasEsims ? esimsOf(order, esim, isThere, shapes) : {}),
  };
  const hasFailed = order.state === "failed";
  return {
    order: [item],
    total: price,
    currency: "USD",
    ...dated(order.createdAtMillis, shapes),
    assigned: isThere,
    status: hasFailed ? "failed" : isThere ? "completed" : "processing",
    statusMessage: hasFailed ? "Order processing failed" : "Order completed: 1 eSIMs assigned",
    orderReference: order.id,
    runningBalance: dollars(ledger.balance),
  };
}

/** A bundle that was given back is an order of its own in the list. */
export function refundBody(ledger: Ledger, order: FakeOrder, shapes: FakeEsimGoShapes): object {
  const price = dollars(order.price);
  const item = { type: "bundleRefund", item: order.packageId, quantity: 1, subTotal: price };
  return {
    order: [{ ...item, pricePerUnit: price, AllowReassign: false }],
    total: 0,
    currency: "USD",
    ...dated(order.refundedAtMillis ?? 0, shapes),
    status: "completed",
    statusMessage: "Refund completed",
    orderReference: order.id.replace(/^1/, "2"),
    runningBalance: dollars(ledger.balance),
  };
}

const dated = (millis: number, shapes: FakeEsimGoShapes): object => ({
  [shapes.dateName]: esimGoTime(millis, shapes),
});

function esimsOf(order: FakeOrder, esim: FakeEsim, isThere: boolean, shapes: FakeEsimGoShapes): object {
  const iccids = { iccids: [esim.iccid] };
  if (isThere) return { esims: [installFields(esim, shapes)], ...iccids };
  // The eSIM that a top-up is for is known before anything is processed.
  if (order.kind === "top_up") return iccids;
  switch (shapes.whileProcessing) {
    case "absent":
      return {};
    case "null":
      return { esims: null, iccids: null };
    case "null_matching_id":
      return { esims: [{ ...installFields(esim, shapes), matchingId: null }], ...iccids };
    case "empty_matching_id":
      return { esims: [{ ...installFields(esim, shapes), matchingId: "", smdpAddress: "" }], ...iccids };
  }
}

export function profileStatusOf(esim: FakeEsim): string {
  return esim.profile.charAt(0).toUpperCase() + esim.profile.slice(1);
}

/** The eSIM's own bundle and every top-up, each with its order's reference and a running number. */
export function bundlesBody(ledger: Ledger, esim: FakeEsim, shapes: FakeEsimGoShapes): object {
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
          assignmentDateTime: esimGoTime(order.createdAtMillis, shapes),
          bundleState: shapes.areStatesCapitalised ? state.charAt(0).toUpperCase() + state.slice(1) : state,
          unlimited: false,
        },
      ],
    };
  });
  return { bundles };
}

import { esimById } from "../supplier/common-control.js";
import type { FakeReply, FakeRequest } from "../supplier/fake-http.js";
import type { FakeEsim, FakeOrder, Ledger } from "../supplier/ledger.js";
import { installFields, json, message, orderBody, profileStatusOf, refundBody } from "./fake-bodies.js";
import type { FakeEsimGoShapes } from "./fake-shapes.js";

/** The order side of the fake: purchases, the list of orders, install data. */
export interface FakeEsimGoSettings extends FakeEsimGoShapes {
  callbackUrl: string | null;
  areRefundsEnabled: boolean;
  isListSorted: boolean;
  /** The list begins anew on every page. */
  ignoresPages: boolean;
  /** An order is in the list so long after it was taken. */
  listedAfterMillis: number;
}

export interface World {
  readonly ledger: Ledger;
  readonly settings: FakeEsimGoSettings;
  /** eSIMs that went back to the supplier: no longer the account's. */
  readonly removed: Set<number>;
}

export function pageOf<Entry>(all: readonly Entry[], page: number, size: number) {
  const list = all.slice((page - 1) * size, page * size);
  return { list, pageCount: Math.max(1, Math.ceil(all.length / size)) };
}

/** The reference documents an `order` array, the quick start a flat body: both are taken. */
export function placeOrder(world: World, body: Record<string, unknown>): FakeReply {
  const { ledger, settings } = world;
  const item = ((body.order as Record<string, unknown>[] | undefined)?.[0] ?? body) as {
    item?: string;
    quantity?: number;
    iccids?: string[];
  };
  const packageId = item.item ?? "";
  const iccid = item.iccids?.[0];
  const target = iccid === undefined ? undefined : ownEsim(world, iccid);
  if (iccid !== undefined && !target) return message(403, "not your eSIM");
  const kind = target ? "top_up" : "esim";
  const entry = ledger.packages.find((candidate) => candidate.id === packageId && candidate.kind === kind);
  if (!entry) return message(400, `bundle ${packageId} not found`);
  if (body.type === "validate") {
    const price = entry.price / 10_000;
    return json(
      {
        order: [{ item: packageId, quantity: 1, subTotal: price }],
        total: price,
        currency: "USD",
        valid: true,
      },
      settings,
    );
  }
  const sale = target
    ? ledger.topUp({ reference: "", packageId, esim: target })
    : ledger.sell({ reference: "", packageId });
  if (!sale.sold) {
    return sale.why === "no_funds"
      ? message(400, "insufficient balance")
      : message(400, "no eSIMs available");
  }
  return json(orderBody(ledger, sale.order, seen(world, sale.order), settings), settings);
}

/** The newest one with this number; suppliers recycle them. */
export function ownEsim({ ledger, removed }: World, iccid: string): FakeEsim | undefined {
  const esim = ledger.esimByIccid(iccid);
  return esim && !removed.has(esim.id) ? esim : undefined;
}

function seen({ ledger }: World, order: FakeOrder): { esim: FakeEsim; isThere: boolean } {
  const esim = esimById(ledger, order.esimId);
  return { esim, isThere: order.state !== "failed" && esim.pollsLeft === 0 && ledger.isDeliverable(esim) };
}

/** An entry of the list; its eSIMs may be left out. */
function listedBody(world: World, order: FakeOrder, query: URLSearchParams): object {
  const { ledger, settings } = world;
  const isWhole =
    settings.listedEsims === "always" ||
    (settings.listedEsims === "asked_for" && query.get("includeIccids") === "true");
  return orderBody(ledger, order, seen(world, order), settings, isWhole);
}

/** Newest first, which no page promises; a bundle that was given back is an entry of its own. */
export function listOrders(world: World, query: URLSearchParams): FakeReply {
  const { ledger, settings } = world;
  const size = Math.min(Number(query.get("limit") ?? 10), settings.pageMax);
  const listedUntil = ledger.nowMillis() - settings.listedAfterMillis;
  const listed = ledger.orders.filter(({ createdAtMillis }) => createdAtMillis <= listedUntil);
  const entries = listed.flatMap((order) => [
    { at: order.createdAtMillis, body: () => listedBody(world, order, query) },
    ...(order.refundedAtMillis === null
      ? []
      : [{ at: order.refundedAtMillis, body: () => refundBody(ledger, order, settings) }]),
  ]);
  const inOrder = settings.isListSorted
    ? entries.reverse().sort((left, right) => right.at - left.at)
    : entries;
  const page = settings.ignoresPages ? 1 : Number(query.get("page") ?? 1);
  const { list, pageCount } = pageOf(inOrder, page, size);
  const orders = list.map(({ body }) => body());
  const counted = settings.orderList === "wrapped" ? { pageCount, pageSize: size } : {};
  return json(settings.orderList === "array" ? orders : { orders, ...counted }, settings);
}

export function oneOrder(world: World, reference: string): FakeReply {
  const order = world.ledger.orders.find((entry) => entry.id === reference);
  if (!order) return message(400, "no such order");
  return json(orderBody(world.ledger, order, seen(world, order), world.settings), world.settings);
}

export function assignments({ ledger, settings }: World, request: FakeRequest): FakeReply {
  const order = ledger.orders.find((entry) => entry.id === request.query.get("reference"));
  if (!order) return message(400, "no such reference");
  const esim = esimById(ledger, order.esimId);
  const isEarly = settings.whileProcessing !== "absent" && order.state !== "failed";
  if (!ledger.isDeliverable(esim)) {
    if (!isEarly) return { ...message(503, "processing"), headers: { "retry-after": "3" } };
    const matchingId = settings.whileProcessing === "empty_matching_id" ? "" : null;
    return json({ ...installFields(esim, settings), matchingId, profileStatus: "Unavailable" }, settings);
  }
  const fields = installFields(esim, settings);
  if (!(request.headers.accept ?? "").includes("json")) {
    const row = Object.values(fields).join(",");
    return {
      status: 200,
      headers: { "content-type": "text/csv" },
      body: `ICCID,Matching ID,SMDP Address\n${row}\n`,
    };
  }
  const code = `LPA:1$${esim.host}$${esim.matchingId}`;
  const appleInstallUrl = `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${encodeURIComponent(code)}`;
  const one = {
    ...fields,
    profileStatus: profileStatusOf(esim),
    pin: "0000",
    puk: "00000000",
    firstInstalledDateTime: null,
    appleInstallUrl,
  };
  const shapes = { object: one, array: [one], wrapped: { esims: [one] } };
  return json(shapes[settings.assignments], settings);
}

import { checkDigit } from "./signing.js";

/**
 * A fake supplier's own books: what it sold, to which reference, for how much. Tests compare them with the shop's
 * tables. Money is integer ten-thousandths of a dollar.
 */
export interface FakePackage {
  readonly id: string;
  readonly kind: "esim" | "top_up";
  readonly countries: readonly string[];
  /** null: unlimited. */
  readonly gigabytes: number | null;
  readonly days: number;
  price: number;
  stock: number;
}

export interface FakeOrder {
  readonly id: string;
  readonly number: number;
  readonly reference: string;
  readonly packageId: string;
  readonly kind: "esim" | "top_up";
  readonly createdAtMillis: number;
  readonly price: number;
  /** The eSIM sold, or the one topped up. */
  readonly esimId: number;
  state: "accepted" | "failed" | "cancelled";
  /** When the price went back; null: it did not. */
  refundedAtMillis: number | null;
}

export interface FakeEsim {
  readonly id: number;
  readonly orderId: string;
  readonly packageId: string;
  iccid: string;
  readonly host: string;
  matchingId: string;
  confirmationCode: string | null;
  /** Not deliverable before; null: stuck in allocation. */
  readyAtMillis: number | null;
  /** Not deliverable before it was asked for so many times. */
  pollsLeft: number;
  profile: "released" | "downloaded" | "installed" | "enabled" | "disabled" | "deleted";
  plan: "new" | "active" | "depleted" | "expired" | "cancelled" | "revoked";
  totalBytes: number;
  usedBytes: number;
}

/** "duplicate" is for one sale: the ICCID of the one before. */
export type IccidStyle =
  | "standard"
  | "twenty"
  | "eighteen"
  | "bad_luhn"
  | "padded"
  | "duplicate"
  | "shapeless";

export interface LedgerSettings {
  iccidStyle: IccidStyle;
  readyAfterMillis: number;
  readyAfterPolls: number;
  isStuck: boolean;
  confirmationCode: string | null;
}

export type Sale =
  | { readonly sold: true; readonly order: FakeOrder; readonly esim: FakeEsim }
  | { readonly sold: false; readonly why: "unknown_package" | "out_of_stock" | "no_funds" };

export interface Ledger {
  readonly settings: LedgerSettings;
  readonly packages: FakePackage[];
  readonly orders: FakeOrder[];
  readonly esims: FakeEsim[];
  balance: number;
  /** Every webhook sent: address, status of the answer or what went wrong. */
  readonly deliveries: { readonly url: string; readonly body: string; readonly result: string }[];
  nowMillis(): number;
  advanceClock(millis: number): void;
  /** Time stands still, but for advanceClock. */
  freezeClock(): void;
  sell(request: { readonly reference: string; readonly packageId: string }): Sale;
  topUp(request: { readonly reference: string; readonly packageId: string; readonly esim: FakeEsim }): Sale;
  /** Gives the money back and ends the eSIM. */
  takeBack(esim: FakeEsim): void;
  /** Whether the eSIM can be handed out now; counts as one poll. */
  isDeliverable(esim: FakeEsim): boolean;
  orderOf(esim: FakeEsim): FakeOrder;
  esimByIccid(iccid: string): FakeEsim | undefined;
}

const GIGABYTE = 1_000_000_000;

export function makeLedger(seed: {
  readonly packages: readonly FakePackage[];
  readonly gigabyteBytes?: number;
  /** 2 to 9, another for each supplier: two suppliers never have the same ICCID. */
  readonly iccidSeries: number;
  /** Orders and eSIMs are numbered from here on; so a fake that starts again does not repeat numbers. */
  readonly numbersAfter?: number;
  readonly orderId: (number: number) => string;
  readonly matchingId: (number: number) => string;
}): Ledger {
  const clock = makeFakeClock();
  const numbersAfter = seed.numbersAfter ?? 0;
  const orders: FakeOrder[] = [];
  const ordersById = new Map<string, FakeOrder>();
  const esims: FakeEsim[] = [];
  const packages = seed.packages.map((entry) => ({ ...entry }));
  const settings: LedgerSettings = {
    iccidStyle: "standard",
    readyAfterMillis: 0,
    readyAfterPolls: 0,
    isStuck: false,
    confirmationCode: null,
  };

  function book(reference: string, entry: FakePackage, esimId: number): FakeOrder {
    const number = numbersAfter + orders.length + 1;
    const order: FakeOrder = {
      id: seed.orderId(number),
      number,
      reference,
      packageId: entry.id,
      kind: entry.kind,
      createdAtMillis: ledger.nowMillis(),
      price: entry.price,
      esimId,
      state: "accepted",
      refundedAtMillis: null,
    };
    entry.stock -= 1;
    ledger.balance -= entry.price;
    orders.push(order);
    ordersById.set(order.id, order);
    return order;
  }

  const ledger: Ledger = {
    settings,
    packages,
    orders,
    esims,
    balance: 10_000_000_000,
    deliveries: [],
    ...clock,
    sell({ reference, packageId }) {
      const entry = buyable(ledger, packageId, "esim");
      if ("sold" in entry) return entry;
      const id = numbersAfter + esims.length + 1;
      const order = book(reference, entry, id);
      const esim = newEsim({
        order,
        gigabytes: entry.gigabytes ?? 0,
        gigabyteBytes: seed.gigabyteBytes ?? GIGABYTE,
        matchingId: seed.matchingId(id),
        settings,
        nowMillis: ledger.nowMillis(),
        earlier: esims,
        iccidSeries: seed.iccidSeries,
      });
      esims.push(esim);
      return { sold: true, order, esim };
    },
    topUp({ reference, packageId, esim }) {
      const entry = buyable(ledger, packageId, "top_up");
      return "sold" in entry ? entry : { sold: true, order: book(reference, entry, esim.id), esim };
    },
    takeBack(esim) {
      const order = ledger.orderOf(esim);
      esim.plan = "cancelled";
      order.state = "cancelled";
      order.refundedAtMillis = ledger.nowMillis();
      ledger.balance += order.price;
    },
    isDeliverable: (esim) => poll(esim, ledger.nowMillis()),
    orderOf(esim) {
      const order = ordersById.get(esim.orderId);
      if (!order) throw new Error(`no order ${esim.orderId}`);
      return order;
    },
    // The newest one: suppliers recycle ICCIDs.
    esimByIccid: (iccid) => esims.findLast((entry) => entry.iccid === iccid),
  };
  return ledger;
}

function poll(esim: FakeEsim, nowMillis: number): boolean {
  if (esim.pollsLeft > 0) {
    esim.pollsLeft -= 1;
    return false;
  }
  return esim.readyAtMillis !== null && esim.readyAtMillis <= nowMillis;
}

function buyable(
  ledger: Ledger,
  packageId: string,
  kind: FakePackage["kind"],
): FakePackage | (Sale & { sold: false }) {
  const entry = ledger.packages.find((candidate) => candidate.id === packageId && candidate.kind === kind);
  if (!entry) return { sold: false, why: "unknown_package" };
  if (entry.stock < 1) return { sold: false, why: "out_of_stock" };
  return ledger.balance < entry.price ? { sold: false, why: "no_funds" } : entry;
}

function makeFakeClock(): Pick<Ledger, "nowMillis" | "advanceClock" | "freezeClock"> {
  let offset = 0;
  let frozenAt: number | null = null;
  return {
    nowMillis: () => (frozenAt ?? Date.now()) + offset,
    advanceClock(millis) {
      offset += millis;
    },
    freezeClock() {
      frozenAt = Date.now();
    },
  };
}

function newEsim(sale: {
  readonly order: FakeOrder;
  readonly gigabytes: number;
  readonly gigabyteBytes: number;
  readonly matchingId: string;
  readonly settings: LedgerSettings;
  readonly nowMillis: number;
  readonly earlier: readonly FakeEsim[];
  readonly iccidSeries: number;
}): FakeEsim {
  const { order, settings } = sale;
  const iccid = iccidOf(sale.iccidSeries * 10_000_000_000 + order.esimId, settings.iccidStyle, sale.earlier);
  if (settings.iccidStyle === "duplicate") settings.iccidStyle = "standard";
  return {
    id: order.esimId,
    orderId: order.id,
    packageId: order.packageId,
    iccid,
    host: "rsp.example.com",
    matchingId: sale.matchingId,
    confirmationCode: settings.confirmationCode,
    readyAtMillis: settings.isStuck ? null : sale.nowMillis + settings.readyAfterMillis,
    pollsLeft: settings.readyAfterPolls,
    profile: "released",
    plan: "new",
    totalBytes: sale.gigabytes * sale.gigabyteBytes,
    usedBytes: 0,
  };
}

/** Made-up numbers with prefix 8999999; each style is one that real suppliers were seen to send. */
function iccidOf(serial: number, style: IccidStyle, earlier: readonly FakeEsim[]): string {
  const payload = `8999999${serial}`;
  const standard = payload + checkDigit(payload);
  switch (style) {
    case "twenty":
      return `${payload}0${checkDigit(`${payload}0`)}`;
    case "eighteen":
      return payload;
    case "bad_luhn":
      return payload + String((Number(checkDigit(payload)) + 1) % 10);
    case "padded":
      return `${standard}F`;
    case "duplicate":
      return earlier.at(-1)?.iccid ?? standard;
    case "shapeless":
      return `SIM-${serial % 10_000_000_000}`;
    case "standard":
      return standard;
  }
}

import type { FaultAct } from "@tribi/fakes/supplier/fake-http";
import type {
  EsimSupplier,
  OrderLookup,
  SupplierOrder,
  SupplierOutcome,
} from "../../src/providers/esim/port.js";

/** What the conformance suite needs of an adapter under test, and the tools its parts share. */
export interface SupplierHarness {
  readonly supplier: EsimSupplier;
  readonly packageId: string;
  readonly topUpPackageId: string | null;
  /** Purchases (orders and top-ups) in the supplier's own books; null for a supplier without books. */
  purchases(): number | null;
  /** The same adapter against an address where nobody listens, or with credentials that are refused. */
  readonly unreachable: EsimSupplier | null;
  readonly unauthorised: EsimSupplier | null;
  /** The next call of this kind meets the fault; null for a supplier without a network. */
  readonly fault: ((on: "order" | "question" | "topUp", act: FaultAct) => void) | null;
  setStock(stock: number): void;
  /** null: the supplier is not prepaid. */
  readonly setBalanceEmpty: ((isEmpty: boolean) => void) | null;
  /** The customer has installed the eSIM and used `percent` of it; null where nobody is told. */
  readonly use: ((esim: { supplierReference: string }, percent: number) => void) | null;
  /** The next eSIM gets the ICCID of the one before. */
  readonly repeatIccid: (() => void) | null;
  stop(): Promise<void>;
}

export interface Bench {
  readonly harness: () => SupplierHarness;
  readonly known: string[];
  readonly newLookup: () => OrderLookup;
  readonly orderWith: (lookup: OrderLookup) => Promise<SupplierOutcome<SupplierOrder>>;
  readonly deliver: (lookup: OrderLookup) => Promise<SupplierOrder>;
}

export function doneValue<Value>(outcome: SupplierOutcome<Value>): Value {
  if (outcome.kind !== "done") throw new Error(`expected done, got ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

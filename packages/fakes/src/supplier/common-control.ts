import type { ControlTable } from "./fake-http.js";
import type { FakeEsim, FakePackage, Ledger, LedgerSettings } from "./ledger.js";
import type { FakeLimits } from "./limits.js";

export interface FakeOptions {
  /** 0 or nothing: a free one. */
  readonly port?: number;
  readonly numbersAfter?: number;
}

/** The control functions that every fake supplier has, whatever its wire looks like. */
export function commonControl(ledger: Ledger, limits: FakeLimits): ControlTable {
  return {
    ledger: () => ({
      balance: ledger.balance,
      packages: ledger.packages,
      orders: ledger.orders,
      esims: ledger.esims,
      deliveries: ledger.deliveries,
    }),
    clock: ({ advanceMillis }: { advanceMillis: number }) => ledger.advanceClock(advanceMillis),
    ledger_settings: (change: Partial<LedgerSettings>) => Object.assign(ledger.settings, change),
    balance: ({ balance }: { balance: number }) => {
      ledger.balance = balance;
    },
    package: ({ id, ...change }: { id: string; price?: number; stock?: number }) =>
      Object.assign(packageById(ledger, id), change),
    esim: ({ id, ...change }: { id: number } & Partial<FakeEsim>) =>
      Object.assign(esimById(ledger, id), change),
    limits: ({ isEnforced }: { isEnforced: boolean }) => {
      limits.isEnforced = isEnforced;
    },
  };
}

export function esimById(ledger: Ledger, id: number): FakeEsim {
  const esim = ledger.esims.find((entry) => entry.id === id);
  if (!esim) throw new Error(`no eSIM ${id}`);
  return esim;
}

function packageById(ledger: Ledger, id: string): FakePackage {
  const entry = ledger.packages.find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`no package ${id}`);
  return entry;
}

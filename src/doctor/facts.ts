/** What could be found out, or why it could not. */
export type Known<Value> =
  | { readonly isKnown: true; readonly value: Value }
  | { readonly isKnown: false; readonly why: string };

export const known = <Value>(value: Value): Known<Value> => ({ isKnown: true, value });
export const unknown = (why: string): Known<never> => ({ isKnown: false, why });

/** Of the configuration; never a secret, only whether one is there and of which mode it is. */
export interface SettingsFacts {
  /** Names of variables and what is wrong with each. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly isProduction: boolean;
  readonly publicUrl: string;
  readonly isCookieEnabled: boolean;
  readonly isCookieSecure: boolean;
  readonly cookieWarnings: readonly string[];
  readonly operators: number;
  readonly hasMetricsToken: boolean;
  /** Of operators. */
  readonly needsSecondFactor: boolean;
  readonly hasSupportAddress: boolean;
  readonly paymentProvider: string;
  readonly stripeMode: "test" | "live" | null;
  /** How often the books are compared, of each payment provider that is configured. */
  readonly comparedEveryMinutes: Readonly<Record<string, number>>;
  /** All connections that one process may open. */
  readonly connectionsPerProcess: number;
}

export interface DatabaseFacts {
  readonly versionNumber: number;
  readonly encoding: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  readonly synchronousCommit: string;
  readonly connectionsMax: number;
  readonly connectionsUsed: number;
  readonly synchronousStandbysWanted: string;
  readonly synchronousStandbys: number;
  readonly standbys: number;
  readonly replicationLagSeconds: number;
  readonly hasAutovacuum: boolean;
  readonly transactionAge: number;
  readonly neglectedTables: readonly string[];
  readonly oldestTransactionSeconds: number;
  readonly clockOffsetSeconds: number;
  readonly archiving: { readonly lastSeconds: number | null; readonly isFailing: boolean } | null;
}

export interface WorkFacts {
  /** Since a scheduled job last ran; null: never. */
  readonly secondsSinceSchedule: number | null;
  readonly oldestDueSeconds: number;
  readonly failedJobs: number;
  readonly overdueDeliveries: number;
  readonly parkedGoods: number;
  readonly unseenEsims: number;
  readonly waitingMails: number;
  readonly refusedMails: number;
  readonly parkedMoney: number;
  readonly openFindings: number;
  /** By payment provider; null where it never went through. */
  readonly secondsSinceReconciliation: Readonly<Record<string, number | null>>;
  /** Those of payments, refunds and disputes that have not ended. */
  readonly openPaymentProviders: readonly string[];
  /** Rows of the audit log that wait to be chained for ten minutes and more. */
  readonly unchainedRows: number;
  readonly pausedPlans: number;
  readonly emptyStockPlans: readonly string[];
  readonly activePlans: number;
}

export interface SupplierFacts {
  readonly supplier: string;
  readonly problem: string | null;
  readonly catalogueProblem: string | null;
  readonly balanceMinor: number | null;
  readonly balanceText: string | null;
  /** The dearest package that a plan is bought as, in the balance's currency. */
  readonly dearestMinor: number | null;
  readonly secondsSinceBalance: number | null;
}

export interface StoreFacts {
  readonly status: number;
  readonly isReady: boolean;
  /** Of the machine that answered, in seconds ahead of ours; null without a Date header. */
  readonly clockOffsetSeconds: number | null;
  /** What the store says to operators about its proxies; null when it does not take us for one. */
  readonly forwardingDoubts: readonly string[] | null;
}

export interface CertificateFacts {
  readonly problem: string | null;
  readonly daysLeft: number;
}

export interface MailServerFacts {
  /** A code such as `EAUTH 535`; null when the server took us. */
  readonly problem: string | null;
  readonly usesTls: boolean;
  readonly isOnThisMachine: boolean;
}

export interface SenderFacts {
  readonly domain: string;
  readonly hasSpf: boolean;
  readonly hasDmarc: boolean;
}

export interface StripeFacts {
  /** `authentication`, `permission` or another word for what Stripe said; null when it took the key. */
  readonly problem: string | null;
  readonly endpoints: readonly {
    readonly url: string;
    readonly isEnabled: boolean;
    readonly events: readonly string[];
  }[];
  readonly eventsNeeded: readonly string[];
  readonly clockOffsetSeconds: number | null;
}

export interface AdyenFacts {
  /** Of the API key, or of the merchant account; null when both were taken. */
  readonly problem: "key" | "account" | null;
  readonly isLive: boolean;
  readonly hasReports: boolean;
}

export interface Facts {
  readonly settings: Known<SettingsFacts>;
  readonly database: Known<DatabaseFacts>;
  readonly migrations: Known<Readonly<Record<"pending" | "newer" | "older" | "changed", readonly string[]>>>;
  readonly secrets: Known<{ readonly foreign: readonly string[] }>;
  readonly disk: Known<{ readonly freeBytes: number; readonly freeShare: number }>;
  readonly work: Known<WorkFacts>;
  readonly suppliers: Known<readonly SupplierFacts[]>;
  readonly store: Known<StoreFacts>;
  readonly certificate: Known<CertificateFacts>;
  readonly mailServer: Known<MailServerFacts>;
  readonly sender: Known<SenderFacts>;
  readonly stripe: Known<StripeFacts>;
  readonly adyen: Known<AdyenFacts>;
  /** What our own address said to an event that was signed with our secret. */
  readonly signedEvent: Known<{ readonly code: string | null; readonly status: number }>;
  /** The same of Adyen's key. */
  readonly signedItem: Known<{ readonly code: string | null; readonly status: number }>;
}

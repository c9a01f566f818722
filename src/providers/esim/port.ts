/**
 * The supplier port: what the shop asks of whoever sells it eSIMs, in the shop's own words. One adapter per supplier
 * translates; modules know this file only. docs/write-a-supplier.md walks through writing one, conformance.ts is the
 * suite that every adapter passes.
 *
 * Promise of every adapter: no call throws for anything the outside world does, no call repeats a purchase by
 * itself, a question (list, find, get, status, balance) is never `unknown`, and no `detail` or `cause` contains an
 * activation code, a confirmation code or a credential.
 */
import type { Done, Unknown } from "../../kernel/outcome.js";
import type {
  DataVolume,
  ExactMoney,
  PackagePage,
  SupplierPackage,
  UnitBase,
  ValidityStarts,
} from "./package-port.js";
import type { RefusalReason } from "./refusal-port.js";
import type { WebhookReading, WebhookRequest } from "./webhook-port.js";

export interface SupplierRefused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** For the operator and the log: status, code and the supplier's words. */
  readonly detail: string;
  /** Only with `retryable`: the supplier's Retry-After, or null when it named none. */
  readonly retryAfterSeconds: number | null;
}

/** Assignable to `Outcome<Value, RefusalReason>`. `unknown` comes only from order, topUp and cancel. */
export type SupplierOutcome<Value> = Done<Value> | SupplierRefused | Unknown;
/** What a question is answered with. */
export type SupplierAnswer<Value> = Done<Value> | SupplierRefused;

export interface OrderRequest {
  /** From `purchaseReference()` in formats/purchase-reference.ts: at most 50 of A-Z a-z 0-9 and "-". */
  readonly reference: string;
  readonly packageId: string;
  /** The cost that the shop reckons with; a supplier that checks it answers `price_changed`. null = any. */
  readonly expectedCost: ExactMoney | null;
}

/** Enough for every adapter to find an order again, also one whose answer never came. */
export interface OrderLookup {
  readonly reference: string;
  readonly packageId: string;
  /** When the attempt row was committed, before the call. Milliseconds since the epoch. */
  readonly sentAfterMillis: number;
  /**
   * Supplier order ids that other attempts own, top-ups included: a top-up may be an order of the same package. Needed
   * where `lookup` is "by_match", harmless elsewhere.
   */
  readonly knownSupplierOrderIds: readonly string[];
}

export type OrderSearch =
  | { readonly found: "one"; readonly order: SupplierOrder }
  /**
   * `isConclusive` is the supplier's side of it. A request may still be under way: "none" decides only when
   * `capabilities.lookupSettlesAfterSeconds` have passed since the call was sent. Where it is never conclusive and
   * idempotency is native, the conclusive question is the same request once more.
   */
  | { readonly found: "none"; readonly isConclusive: boolean }
  /** Several orders could be ours: a person decides. */
  | { readonly found: "several"; readonly supplierOrderIds: readonly string[] };

export interface SupplierOrder {
  readonly supplierOrderId: string;
  /** Our reference as the supplier shows it; null where it keeps none. */
  readonly reference: string | null;
  /**
   * pending: accepted and paid for, ask again with `getOrder`. ready: `esims` are installable. failed: the supplier
   * gave up and keeps no money. unusable: delivered, but no phone could install it; park it, `problem` says why.
   */
  readonly state: "pending" | "ready" | "failed" | "unusable";
  readonly problem: string | null;
  readonly esims: readonly InstallData[];
  readonly cost: ExactMoney | null;
  /** When pending: not sooner than this, if the supplier says. */
  readonly askAgainSeconds: number | null;
}

/** Everything a phone needs. Secret: encrypted at rest, never logged. */
export interface InstallData {
  /** The supplier's own key of this eSIM; unique per supplier for ever, which an ICCID is not. */
  readonly supplierReference: string;
  readonly smdpAddress: string;
  /** As the supplier wrote it, case included; "" is legal. */
  readonly matchingId: string;
  /** Exactly as given; null when there is none. */
  readonly confirmationCode: string | null;
  readonly isConfirmationCodeRequired: boolean;
  /** The supplier's full LPA string, unchanged but for surrounding white space; made from the parts if it gave none. */
  readonly activationCodeText: string;
  /** Canonical `LPA:1$…` for the QR symbol. */
  readonly qrPayload: string;
  /** Cleaned ICCID text; null when what came has not the shape of one (then `iccidAsGiven` and a warning). */
  readonly iccid: string | null;
  readonly iccidAsGiven: string;
  /** Names such as "luhn_failed". Never a reason to refuse. */
  readonly warnings: readonly string[];
  /** The supplier's own links, passed through; null: write them with formats/install-links.ts. */
  readonly installLinks: { readonly apple: string | null; readonly android: string | null } | null;
  /** null: automatic. */
  readonly apn: { readonly ios: string | null; readonly android: string | null } | null;
  /** Lower-case UUID v4, local supplier only: the store's activation code is made by the supplier itself. */
  readonly activationCode: string | null;
  /** ISO 8601 UTC with Z: unused until then it lapses, by the supplier's word; null where it does not say. */
  readonly useBy: string | null;
  /** What this eSIM's own answer says; "unknown" leaves it to the catalogue's entry of its package. */
  readonly validityStarts: ValidityStarts;
}

export const PROFILE_STATES = [
  "unknown",
  "released",
  "downloaded",
  "installed",
  "enabled",
  "disabled",
  "deleted",
  "error",
  "recycled",
] as const;
export type ProfileState = (typeof PROFILE_STATES)[number];

export const PLAN_STATES = [
  "unknown",
  "pending",
  "queued",
  "active",
  "depleted",
  "expired",
  "cancelled",
  "suspended",
  "revoked",
] as const;
export type PlanState = (typeof PLAN_STATES)[number];

const ENDED_PROFILES: ReadonlySet<ProfileState> = new Set(["deleted", "recycled"]);
const ENDED_PLANS: ReadonlySet<PlanState> = new Set(["expired", "cancelled", "revoked"]);

/** By the supplier's word nobody can use this eSIM any more, and its ICCID may come again with another one. */
export const hasEnded = ({
  profileState,
  planState,
}: Pick<EsimStatus, "profileState" | "planState">): boolean =>
  ENDED_PROFILES.has(profileState) || ENDED_PLANS.has(planState);

/** Names one delivered eSIM to its supplier; all three come from the row that was stored at delivery. */
export interface EsimRef {
  readonly supplierReference: string;
  readonly supplierOrderId: string;
  readonly iccid: string | null;
}

export interface EsimStatus {
  readonly profileState: ProfileState;
  readonly planState: PlanState;
  readonly usage: EsimUsage | null;
  /** ISO 8601 UTC with Z; end of the plan, or null. */
  readonly expiresAt: string | null;
  /** ISO 8601 UTC with Z; unused until then it lapses, or null. */
  readonly useBy: string | null;
}

export interface EsimUsage {
  readonly total: DataVolume;
  readonly remaining: DataVolume;
  /** True: total and remaining mean nothing. False is not proof: Airalo's sandbox says false for unlimited plans. */
  readonly isUnlimited: boolean;
  /** ISO 8601 UTC with Z: the supplier's own time of the figures, or null: "as of" the time of asking. */
  readonly asOf: string | null;
}

export interface TopUpRequest {
  readonly reference: string;
  readonly esim: EsimRef;
  readonly packageId: string;
  readonly expectedCost: ExactMoney | null;
}

export interface TopUpLookup extends TopUpRequest {
  readonly sentAfterMillis: number;
  /** Like `knownSupplierOrderIds` of an order. */
  readonly knownSupplierTopUpIds: readonly string[];
}

export interface SupplierTopUp {
  readonly supplierTopUpId: string;
  readonly state: "done" | "queued";
  readonly cost: ExactMoney | null;
  readonly expiresAt: string | null;
}

export type TopUpSearch =
  | { readonly found: "one"; readonly topUp: SupplierTopUp }
  | { readonly found: "none"; readonly isConclusive: boolean }
  | { readonly found: "several"; readonly supplierTopUpIds: readonly string[] };

/**
 * refunded: the supplier's answer says that the value is back with us. revoked: the eSIM is gone and works for nobody
 * any more, and whether the value came back is not known. requested: a person at the supplier decides. impossible: a
 * definite no.
 */
export type CancelResult =
  | { readonly result: "refunded" }
  | { readonly result: "revoked"; readonly why: string }
  | { readonly result: "requested"; readonly supplierCaseId: string }
  | { readonly result: "impossible"; readonly why: string };

export interface SupplierCapabilities {
  /** native: sending the same reference again is the same order. lookup: it buys again; search instead. */
  readonly idempotency: "native" | "lookup";
  /**
   * by_reference: the supplier keeps our reference. by_match: only package, time and "not known to us" tell, so
   * one order per supplier and package may be under way at a time.
   */
  readonly lookup: "by_reference" | "by_match";
  /**
   * Only this long after the call was sent is a search that finds nothing conclusive, or may the same request be sent
   * again. What is found counts at any time.
   */
  readonly lookupSettlesAfterSeconds: number;
  /** immediate: the answer of `order` has the eSIM. deferred: it is pending first. */
  readonly delivery: "immediate" | "deferred";
  /** Until when `cancel` can give the money back. */
  readonly cancellable: "never" | "manual_review" | "until_installed" | "until_used";
  readonly webhookAuth: "native" | "unsigned" | "none";
  readonly dataUnitBase: UnitBase;
  readonly hasTopUps: boolean;
  /** True: a balance has to be watched. */
  readonly isPrepaid: boolean;
}

export interface EsimSupplier {
  /** Stable name in our tables: "local", "stock", "airalo", "esim-access", "esim-go". */
  readonly id: string;
  readonly capabilities: SupplierCapabilities;
  listPackages(cursor: string | null): Promise<SupplierAnswer<PackagePage>>;
  /** Buys one eSIM. Never repeated inside. */
  order(request: OrderRequest): Promise<SupplierOutcome<SupplierOrder>>;
  /** Looks for an order by our reference; buys nothing. */
  findOrder(lookup: OrderLookup): Promise<SupplierAnswer<OrderSearch>>;
  /** The order as it is now, with install data; any number of times. */
  getOrder(order: OrderLookup & { readonly supplierOrderId: string }): Promise<SupplierAnswer<SupplierOrder>>;
  getStatus(esim: EsimRef): Promise<SupplierAnswer<EsimStatus>>;
  /** What this very eSIM can be topped up with; empty when nothing. */
  listTopUps(esim: EsimRef): Promise<SupplierAnswer<readonly SupplierPackage[]>>;
  topUp(request: TopUpRequest): Promise<SupplierOutcome<SupplierTopUp>>;
  findTopUp(lookup: TopUpLookup): Promise<SupplierAnswer<TopUpSearch>>;
  /** Safe to repeat: an eSIM that is gone already is `refunded` where the supplier says so, else `revoked`. */
  cancel(esim: EsimRef): Promise<SupplierOutcome<CancelResult>>;
  balance(): Promise<SupplierAnswer<ExactMoney>>;
  /** Pure: verifies and translates, changes nothing. Where webhookAuth is "none" everything is `forged`. */
  readWebhook(request: WebhookRequest): WebhookReading;
}

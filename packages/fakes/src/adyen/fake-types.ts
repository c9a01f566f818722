/** In Adyen's integers: ISK and CLP have two decimals, IDR and CVE none. */
export interface FakeAmount {
  readonly value: number;
  readonly currency: string;
}

export interface FakeSession {
  readonly id: string;
  readonly merchantReference: string;
  readonly amount: FakeAmount;
  readonly expiresAt: number;
  readonly returnUrl: string;
  readonly mode: "embedded" | "hosted";
  readonly metadata: Readonly<Record<string, string>>;
  readonly captureDelayHours: number | null;
  status: "active" | "completed";
}

/** One try to pay. */
export interface FakePayment {
  readonly pspReference: string;
  readonly sessionId: string;
  readonly merchantReference: string;
  readonly amount: FakeAmount;
  readonly status: "authorised" | "refused";
  readonly createdAt: number;
  isCaptured: boolean;
}

export interface FakeRefund {
  readonly pspReference: string;
  readonly paymentPspReference: string;
  readonly reference: string;
  readonly amount: FakeAmount;
  readonly createdAt: number;
  /** received: nothing is decided yet. reversed: the money went and came back. */
  status: "received" | "succeeded" | "failed" | "reversed";
}

export interface FakeDispute {
  readonly pspReference: string;
  readonly paymentPspReference: string;
  readonly amount: FakeAmount;
  /** warned: no money has moved. */
  status: "warned" | "charged_back" | "reversed" | "second_chargeback";
}

/** A NotificationRequestItem, unsigned. */
export interface FakeItem {
  readonly eventCode: string;
  readonly success: "true" | "false";
  readonly eventDate: string;
  readonly merchantAccountCode: string;
  readonly merchantReference: string;
  readonly originalReference?: string;
  readonly pspReference: string;
  readonly amount: FakeAmount;
  readonly reason: string;
  readonly paymentMethod?: string;
  readonly operations?: readonly string[];
  readonly additionalData?: Readonly<Record<string, string>>;
}

/** A line of the accounting report. */
export interface FakeEntry {
  readonly type: string;
  readonly pspReference: string;
  readonly merchantReference: string;
  readonly modification: string;
  readonly modificationReference: string;
  readonly amount: FakeAmount;
  readonly at: number;
  readonly costs: FakeCosts;
}

/** In the settlement currency's integers: one commission, or the parts of interchange++. */
export interface FakeCosts {
  readonly commission?: number;
  readonly markup?: number;
  readonly scheme?: number;
  readonly interchange?: number;
  /** Invoiced once a month, for each try, in the currency of the contract. */
  readonly processing?: FakeAmount;
}

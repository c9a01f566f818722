import { randomBytes } from "node:crypto";
import { FakeAdyenError } from "./fake-error.js";
import { type FakeAdyenShapes, firstShapes } from "./fake-shapes.js";
import type { FakeDispute, FakeEntry, FakeItem, FakePayment, FakeRefund, FakeSession } from "./fake-types.js";

/** What the fake holds; its control and its API change it. */
export interface FakeBooks {
  readonly merchantAccount: string;
  readonly shapes: FakeAdyenShapes;
  readonly sessions: Map<string, FakeSession>;
  readonly payments: Map<string, FakePayment>;
  readonly refunds: Map<string, FakeRefund>;
  readonly disputes: Map<string, FakeDispute>;
  readonly entries: FakeEntry[];
  readonly items: FakeItem[];
  /** Reports that are made, by their file's name. */
  readonly reports: Map<string, string>;
  settings: { refundsEnd: "succeed" | "fail" | "hold" };
  onItem: (item: FakeItem) => void;
  /** Milliseconds, as the fake sees them. */
  now(): number;
  setClockOffset(seconds: number): void;
  newReference(): string;
}

export function makeFakeBooks(merchantAccount: string): FakeBooks {
  let offset = 0;
  return {
    merchantAccount,
    shapes: firstShapes(),
    sessions: new Map(),
    payments: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    entries: [],
    items: [],
    reports: new Map(),
    settings: { refundsEnd: "succeed" },
    onItem: () => {},
    now: () => Date.now() + offset,
    setClockOffset: (seconds) => {
      offset = seconds * 1000;
    },
    newReference: () =>
      randomBytes(10).toString("base64url").replaceAll(/[-_]/g, "X").toUpperCase().slice(0, 16),
  };
}

/** 16 characters stand for the whole of a thing at Adyen; who names one that is not there hears so. */
export function need<Thing>(things: ReadonlyMap<string, Thing>, id: string): Thing {
  const thing = things.get(id);
  if (thing === undefined)
    throw new FakeAdyenError(422, "167", "Original pspReference required for this operation");
  return thing;
}

type ItemFacts = Pick<FakeItem, "eventCode" | "pspReference" | "merchantReference" | "amount"> &
  Partial<FakeItem>;

/** Tells of something: written down, and sent. */
export function tell(books: FakeBooks, facts: ItemFacts): void {
  const { shapes } = books;
  const item: FakeItem = {
    success: "true",
    reason: shapes.reasonNull ? "null" : "",
    ...facts,
    eventDate: new Date(books.now()).toISOString().replace(/\.\d+Z$/, "+00:00"),
    merchantAccountCode: books.merchantAccount,
    ...(shapes.bare ? {} : { paymentMethod: "visa", ...facts }),
  };
  const { operations, paymentMethod, additionalData, ...signed } = item;
  const sent = shapes.bare ? (signed as FakeItem) : item;
  books.items.push(sent);
  books.onItem(sent);
}

type EntryFacts = Pick<FakeEntry, "type" | "pspReference" | "merchantReference" | "amount"> &
  Partial<FakeEntry>;

export function book(books: FakeBooks, facts: EntryFacts): void {
  books.entries.push({ modification: "", modificationReference: "", costs: {}, ...facts, at: books.now() });
}

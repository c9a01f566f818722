import { type FakeBooks, tell } from "./fake-books.js";
import type { FakeCosts, FakeEntry } from "./fake-types.js";

/** Adyen's own decimals, and those of ISO 4217, in which the report writes its amounts. */
const DECIMALS: Readonly<Record<string, readonly [theirs: number, iso: number]>> = {
  ISK: [2, 0],
  CLP: [2, 0],
  IDR: [0, 2],
  CVE: [0, 2],
  JPY: [0, 0],
  KRW: [0, 0],
  KWD: [3, 3],
  BHD: [3, 3],
};

function majorOf(value: number, currency: string): string {
  const [theirs, iso] = DECIMALS[currency] ?? [2, 2];
  return (value / 10 ** theirs).toFixed(iso);
}

/**
 * Makes the accounting reports of every day that has entries, up to now, and tells that each is available. What is
 * booked later stands in none until somebody makes them again.
 */
export function makeReports(books: FakeBooks): string[] {
  const days = new Map<string, FakeEntry[]>();
  for (const entry of books.entries) {
    const day = new Date(entry.at).toISOString().slice(0, 10).replaceAll("-", "_");
    const name = `payments_accounting_report_${day}.csv`;
    days.set(name, [...(days.get(name) ?? []), entry]);
  }
  for (const [name, entries] of days) {
    books.reports.set(name, csvOf(books, entries));
    tell(books, {
      eventCode: "REPORT_AVAILABLE",
      pspReference: name,
      merchantReference: "",
      amount: { value: 0, currency: "EUR" },
      reason: `https://ca-test.adyen.com/reports/download/MerchantAccount/${books.merchantAccount}/${name}`,
    });
  }
  return [...days.keys()];
}

function csvOf(books: FakeBooks, entries: readonly FakeEntry[]): string {
  const header = [
    "Company Account",
    "Merchant Account",
    "Psp Reference",
    "Merchant Reference",
    "Payment Method",
    "Booking Date",
    "TimeZone",
    "Main Currency",
    "Main Amount",
    "Record Type",
    "Settlement Currency",
    "Commission (SC)",
    "Markup (SC)",
    "Scheme Fees (SC)",
    "Interchange (SC)",
    "Processing Fee Currency",
    "Processing Fee (FC)",
    books.shapes.modificationColumn,
    "Modification Merchant Reference",
  ];
  const rows = entries.map((entry) => {
    const { currency, value } = entry.amount;
    return [
      "FakeCompany",
      books.merchantAccount,
      entry.pspReference,
      entry.merchantReference,
      "visa",
      new Date(entry.at).toISOString().slice(0, 19).replace("T", " "),
      "UTC",
      currency,
      majorOf(value, currency),
      entry.type,
      currency,
      ...costCells(entry.costs, currency),
      entry.modification,
      entry.modificationReference,
    ];
  });
  return `${[header, ...rows].map((cells) => cells.map(cellOf).join(",")).join("\r\n")}\r\n`;
}

function costCells(costs: FakeCosts, currency: string): string[] {
  const { commission, markup, scheme, interchange, processing } = costs;
  const cells = [commission, markup, scheme, interchange].map((cost) =>
    cost === undefined ? "" : majorOf(cost, currency),
  );
  const { value, currency: invoiced } = processing ?? { value: 0, currency: "" };
  return [...cells, invoiced, processing === undefined ? "" : majorOf(-value, invoiced)];
}

const cellOf = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

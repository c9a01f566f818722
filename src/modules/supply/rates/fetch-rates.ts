import { assertNoOpenTransaction } from "../../../db/database.js";
import type { ReadAddress } from "../../../providers/receiver/port.js";
import type { Events } from "../../../telemetry/events.js";
import type { Logger } from "../../../telemetry/log.js";
import { inCall } from "../../../telemetry/spans.js";
import { defineScheduledJob } from "../../jobs/jobs.module.js";
import type { ImportRates } from "./import-rates.js";

/** Six times a day: central banks publish once, at an hour of their own. */
export const FETCH_RATES = defineScheduledJob("fetch_rates", "23 */4 * * *");

const ACT = { actor: "system:fetch-rates", requestId: null };

export interface FetchRatesDeps {
  readonly url: string;
  readonly read: ReadAddress;
  readonly importRates: ImportRates;
  readonly events: Pick<Events, "ratesNotTaken">;
  readonly log: Logger;
}

/** A person's file and this one pass the same checks; a jump is taken by a person only. */
export function makeFetchRates({ url, read, importRates, events, log }: FetchRatesDeps): () => Promise<void> {
  const refuse = (why: string, detail: object): void => {
    events.ratesNotTaken({ why });
    log.warn({ why, ...detail }, "the exchange rates of RATES_URL were not taken");
  };
  return async () => {
    assertNoOpenTransaction("RATES_URL");
    const answer = await inCall("rates", "read", () => read(url));
    if (answer.kind === "unread") return refuse(answer.why, {});
    const report = await importRates({ bytes: csvOf(answer.bytes), acceptsJump: false, act: ACT });
    if (report.kind === "refused_file") refuse("file", { reason: report.reason });
    if (report.kind === "refused_rows") refuse("rows", { refused: report.refused.slice(0, 10) });
  };
}

const DAY = /<Cube\s+time=['"](\d{4}-\d{2}-\d{2})['"]/;
const RATE = /<Cube\s+currency=['"]([A-Z]{3})['"]\s+rate=['"]([0-9.]{1,24})['"]/g;

/** The European Central Bank's own XML of a day as rows; everything else is read as the file of `tribi rates import`. */
export function csvOf(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.trimStart().startsWith("<")) return bytes;
  const day = DAY.exec(text)?.[1] ?? "";
  const rows = [...text.matchAll(RATE)].map(([, currency, rate]) => `EUR,${currency},${rate},${day}`);
  return Buffer.from(["base,currency,rate,date", ...rows].join("\n"));
}

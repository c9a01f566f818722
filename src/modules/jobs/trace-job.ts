import { randomUUID } from "node:crypto";
import { beginTrace, errorName, type SpanFacts } from "../../telemetry/spans.js";
import type { JobRun } from "./job.js";

/** The ids of a payload by which a job is found beside the others of its order. */
const TOLD_IDS = ["order_id", "profile_id", "payment_id", "refund_id"] as const;

/** A job is a trace of its own. */
export async function traceJob(
  task: string,
  payload: Readonly<Record<string, unknown>>,
  { attempt }: JobRun,
  work: () => Promise<void>,
): Promise<void> {
  const begun = beginTrace({ name: task, kind: "consumer" }, () => randomUUID().replaceAll("-", ""));
  if (begun === undefined) return work();
  const facts: SpanFacts = { "tribi.task": task, "tribi.attempt": attempt, ...idsOf(payload) };
  try {
    await begun.within(work);
    begun.end(facts);
  } catch (error) {
    begun.end(facts, errorName(error));
    throw error;
  }
}

function idsOf(payload: Readonly<Record<string, unknown>>): SpanFacts {
  const ids = TOLD_IDS.flatMap((name) => {
    const id = payload[name];
    return typeof id === "number" ? [[`tribi.${name}`, id] as const] : [];
  });
  return Object.fromEntries(ids);
}

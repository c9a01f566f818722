import type { Answer } from "./fake-api.js";
import type { AdyenControl } from "./fake-control.js";
import { invalid } from "./fake-error.js";
import type { AdyenFault } from "./fake-faults.js";
import type { AdyenTarget } from "./fake-webhooks.js";

type Body = Readonly<Record<string, unknown>>;
type Handler = (control: AdyenControl, body: Body) => unknown;

/**
 * The control over HTTP, for tests whose fake is another process. Bodies are JSON:
 *
 * | POST /__control/… | body |
 * |---|---|
 * | approve, approve_again, decline | `{session, reason?}` |
 * | fail_capture, refund | `{payment, value?}` |
 * | decide_refund, return_refund | `{refund, how}` |
 * | refunds_end | `{how}` |
 * | dispute | `{payment, step, dispute?}` |
 * | make_reports, clear_faults, webhooks_settled, redeliver_all | |
 * | shapes | members of FakeAdyenShapes |
 * | fault | `{operation, fault, times?, delayMillis?}` |
 * | webhooks | members of AdyenWebhookMode |
 * | webhook_target | `{url, hmacKey}` |
 * | mute | `{session, except?}` |
 * | release | `{order?}` |
 * | clock_offset | `{seconds}` |
 *
 * `GET /__control/ledger` answers with the whole ledger.
 */
const HANDLERS: Readonly<Record<string, Handler>> = {
  ledger: (control) => control.ledger(),
  approve: (control, body) => control.approve(text(body, "session")),
  approve_again: (control, body) => control.approveAgain(text(body, "session")),
  decline: (control, body) => control.decline(text(body, "session"), optional(body, "reason")),
  fail_capture: (control, body) => control.failCapture(text(body, "payment")),
  refund: (control, body) =>
    control.refund(text(body, "payment"), typeof body.value === "number" ? body.value : undefined),
  decide_refund: (control, body) =>
    control.decideRefund(text(body, "refund"), body.how === "fail" ? "fail" : "succeed"),
  return_refund: (control, body) =>
    control.returnRefund(text(body, "refund"), body.how === "REFUNDED_REVERSED" ? body.how : "REFUND_FAILED"),
  refunds_end: (control, body) =>
    control.refundsEnd(body.how === "fail" || body.how === "hold" ? body.how : "succeed"),
  dispute: (control, body) =>
    control.dispute(text(body, "payment"), text(body, "step"), optional(body, "dispute")),
  make_reports: (control) => control.makeReports(),
  shapes: (control, body) => control.shapes(body),
  fault: (control, body) => control.fault(body as unknown as AdyenFault),
  clear_faults: (control) => control.clearFaults(),
  webhooks: (control, body) => control.webhooks(body),
  webhook_target: (control, body) => control.webhookTarget(body as unknown as AdyenTarget),
  mute: (control, body) =>
    control.mute(text(body, "session"), Array.isArray(body.except) ? body.except.map(String) : []),
  release: (control, body) => control.release(body.order === "reverse" ? "reverse" : "as_is"),
  redeliver_all: (control) => control.redeliverAll(),
  webhooks_settled: (control) => control.webhooksSettled(),
  clock_offset: (control, body) => control.clockOffset(Number(body.seconds)),
};

export async function handleAdyenControl(
  control: AdyenControl,
  action: string,
  raw: string,
): Promise<Answer> {
  const handler = Object.hasOwn(HANDLERS, action) ? HANDLERS[action] : undefined;
  if (handler === undefined)
    throw invalid("0", `No such control: ${action}. There are ${Object.keys(HANDLERS).join(", ")}.`);
  const body = (raw === "" ? {} : JSON.parse(raw)) as Body;
  const result = await handler(control, body);
  return { status: 200, body: typeof result === "object" && result !== null ? result : { ok: true } };
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw invalid("0", `Missing ${name}.`);
  return value;
}

function optional(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

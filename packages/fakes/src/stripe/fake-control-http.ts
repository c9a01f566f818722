import type { FakeControl } from "./fake-control.js";
import { invalidRequest } from "./fake-error.js";
import { FAULTS, type Fault, OPERATIONS } from "./fake-faults.js";
import type { Answer } from "./fake-idempotency.js";
import type { ReleaseOrder, WebhookMode, WebhookTarget } from "./fake-webhooks.js";

type Body = Readonly<Record<string, unknown>>;
type Handler = (control: FakeControl, body: Body) => object | Promise<object>;

const OK = { ok: true };

/**
 * The control over HTTP, for tests whose fake is another process, and for its page. Bodies are JSON:
 *
 * | POST /__control/… | body |
 * |---|---|
 * | approve, decline, process, require_action, cancel | `{intent, code?}` |
 * | refund | `{intent, amount?, status?}` |
 * | pay_on_page, expire_page | `{session, card?}` |
 * | succeed_refund, fail_refund | `{refund, reason?}` |
 * | refunds_start_as | `{status}` |
 * | open_dispute, answer_dispute, close_dispute | `{intent, inquiry?, amount?}`, `{dispute}`, `{dispute, status}` |
 * | fault, clear_faults | `{operation, fault, times?, delayMillis?}` |
 * | webhooks | members of WebhookMode |
 * | mute | `{intent, except?}` |
 * | webhook_target | `{url, secrets}` |
 * | release, redeliver, webhooks_settled | `{order?}`, `{event}` |
 * | search_lag, clock_offset | `{seconds}` |
 * | settles_in | `{currency?, rate?}` |
 * | wallets | `{has}` |
 *
 * `GET /__control/ledger` answers with the whole ledger.
 */
const HANDLERS: Readonly<Record<string, Handler>> = {
  ledger: (control) => control.ledger(),
  approve: (control, body) => control.approve(text(body, "intent")),
  decline: (control, body) => control.decline(text(body, "intent"), optionalText(body, "code")),
  process: (control, body) => control.process(text(body, "intent")),
  require_action: (control, body) => control.requireAction(text(body, "intent")),
  cancel: (control, body) => control.cancel(text(body, "intent")),
  refund: (control, body) =>
    control.refund(
      text(body, "intent"),
      typeof body.amount === "number" ? body.amount : undefined,
      body.status === "pending" ? "pending" : "succeeded",
    ),
  pay_on_page: (control, body) => control.payOnPage(text(body, "session"), optionalText(body, "card")),
  expire_page: (control, body) => control.expirePage(text(body, "session")),
  succeed_refund: (control, body) => control.succeedRefund(text(body, "refund")),
  fail_refund: (control, body) => control.failRefund(text(body, "refund"), optionalText(body, "reason")),
  refunds_start_as: (control, body) => {
    control.refundsStartAs(text(body, "status") === "pending" ? "pending" : "succeeded");
    return OK;
  },
  open_dispute: (control, body) =>
    control.openDispute(
      text(body, "intent"),
      body.inquiry === true,
      typeof body.amount === "number" ? body.amount : undefined,
    ),
  answer_dispute: (control, body) => control.answerDispute(text(body, "dispute")),
  close_dispute: (control, body) =>
    control.closeDispute(text(body, "dispute"), text(body, "status") === "won" ? "won" : "lost"),
  reopen_dispute: (control, body) => control.reopenDispute(text(body, "dispute")),
  appeal_dispute: (control, body) => control.appealDispute(text(body, "dispute")),
  prevent_dispute: (control, body) =>
    control.preventDispute(text(body, "intent"), text(body, "how") === "block" ? "block" : "resolution"),
  fault: (control, body) => {
    control.fault(readFault(body));
    return OK;
  },
  clear_faults: (control) => {
    control.clearFaults();
    return OK;
  },
  webhooks: (control, body) => {
    control.webhooks(body as Partial<WebhookMode>);
    return OK;
  },
  mute: (control, body) => {
    control.mute(text(body, "intent"), Array.isArray(body.except) ? body.except.map(String) : []);
    return OK;
  },
  webhook_target: (control, body) => {
    const secrets = Array.isArray(body.secrets) ? body.secrets.map(String) : [];
    const target: WebhookTarget = { url: text(body, "url"), secrets };
    control.webhookTarget(target);
    return OK;
  },
  release: async (control, body) => {
    await control.release((body.order ?? "as_is") as ReleaseOrder);
    return OK;
  },
  redeliver: async (control, body) => {
    await control.redeliver(text(body, "event"));
    return OK;
  },
  webhooks_settled: async (control) => {
    await control.webhooksSettled();
    return OK;
  },
  search_lag: (control, body) => {
    control.searchLag(Number(body.seconds));
    return OK;
  },
  settles_in: (control, body) => {
    control.settlesIn(optionalText(body, "currency") ?? null, typeof body.rate === "number" ? body.rate : 1);
    return OK;
  },
  wallets: (control, body) => {
    control.wallets(body.has === true);
    return OK;
  },
  clock_offset: (control, body) => {
    control.clockOffset(Number(body.seconds));
    return OK;
  },
};

export async function handleControlRequest(
  control: FakeControl,
  action: string,
  text: string,
): Promise<Answer> {
  const handler = Object.hasOwn(HANDLERS, action) ? HANDLERS[action] : undefined;
  if (!handler)
    throw invalidRequest(`No such control: ${action}. There are ${Object.keys(HANDLERS).join(", ")}.`);
  return { status: 200, body: await handler(control, readBody(text)) };
}

function readBody(text: string): Body {
  if (text === "") return {};
  try {
    return JSON.parse(text) as Body;
  } catch {
    throw invalidRequest("The control takes JSON.");
  }
}

function readFault(body: Body): Fault {
  const operation = [...OPERATIONS, "*" as const].find((name) => name === body.operation);
  const fault = FAULTS.find((name) => name === body.fault);
  if (!operation || !fault) {
    throw invalidRequest(
      `Name an operation (*, ${OPERATIONS.join(", ")}) and a fault (${FAULTS.join(", ")}).`,
    );
  }
  return {
    operation,
    fault,
    ...(typeof body.times === "number" ? { times: body.times } : {}),
    ...(typeof body.delayMillis === "number" ? { delayMillis: body.delayMillis } : {}),
  };
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw invalidRequest(`Missing ${name}.`, { param: name });
  return value;
}

function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What a span says: names that this program gives, ids of rows, numbers. No header, address, code or text of a person
 * has a name here, so none can be told.
 */
export interface SpanFacts {
  readonly "http.request.method"?: string;
  readonly "http.route"?: string;
  readonly "http.response.status_code"?: number;
  readonly "db.query.summary"?: string;
  /** The payment provider, supplier or mail server that is asked, and for what. */
  readonly "tribi.callee"?: string;
  readonly "tribi.call"?: string;
  readonly "tribi.template"?: string;
  readonly "tribi.task"?: string;
  readonly "tribi.attempt"?: number;
  readonly "tribi.order_id"?: number;
  readonly "tribi.profile_id"?: number;
  readonly "tribi.payment_id"?: number;
  readonly "tribi.refund_id"?: number;
  readonly "error.type"?: string;
}

export type SpanKind = "server" | "client" | "consumer" | "internal";

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly facts?: SpanFacts;
  /** 32 hexadecimal digits, for the first span of a trace; a new one without it. */
  readonly traceId?: string;
  readonly parent?: Span;
  /** By Date.now(); now without it. */
  readonly startedMillis?: number;
}

export interface Span {
  /** `error` is the name of what went wrong, not its words: these may quote anything. */
  end(facts?: SpanFacts, error?: string): void;
}

/** What writes spans down and sends them away. */
export interface Tracer {
  /** Of what begins here: whether all of its parts are told. By the trace's id, so that processes agree. */
  isSampled(traceId: string): boolean;
  start(span: SpanStart): Span;
}

/** Of what is not sampled, only what failed or took so long is told, and of it only the whole. */
const SLOW_MILLIS = 1_000;

const current = new AsyncLocalStorage<Span>();
let tracer: Tracer | undefined;
/** How many sampled beginnings run now. */
let open = 0;

/** From now on this process tells its spans to this one; undefined: to nobody. */
export function traceWith(next: Tracer | undefined): void {
  tracer = next;
}

/** Whether anything of now is told: asked before what a span would say is put together. */
export const isTraced = (): boolean => open > 0 && current.getStore() !== undefined;

/** Runs `work` as a part of what is traced now; just runs it when nothing is. */
export async function inSpan<Value>(
  span: Omit<SpanStart, "parent" | "traceId">,
  work: () => Promise<Value>,
): Promise<Value> {
  const parent = open > 0 ? current.getStore() : undefined;
  if (parent === undefined || tracer === undefined) return work();
  const part = tracer.start({ ...span, parent });
  try {
    const value = await current.run(part, work);
    part.end();
    return value;
  } catch (error) {
    part.end({}, errorName(error));
    throw error;
  }
}

/** Runs a call of something outside as a part of what is traced now. */
export const inCall = <Value>(callee: string, call: string, work: () => Promise<Value>): Promise<Value> =>
  isTraced()
    ? inSpan(
        { name: `${callee} ${call}`, kind: "client", facts: { "tribi.callee": callee, "tribi.call": call } },
        work,
      )
    : work();

export interface Beginning {
  /** Runs what follows in its context; of one that is not sampled, just runs it. */
  within<Value>(work: () => Value): Value;
  end(facts: SpanFacts, error?: string): void;
}

/** The first span of a trace: a request or a job. Undefined when nobody traces. */
export function beginTrace(
  begun: Omit<SpanStart, "traceId" | "parent">,
  traceIdOf: () => string,
): Beginning | undefined {
  const teller = tracer;
  if (teller === undefined) return undefined;
  const span = { ...begun, traceId: traceIdOf() };
  if (!teller.isSampled(span.traceId)) {
    const startedMillis = Date.now();
    return {
      within: (work) => work(),
      end(facts, error) {
        if (error === undefined && Date.now() - startedMillis < SLOW_MILLIS) return;
        teller.start({ ...span, startedMillis }).end(facts, error);
      },
    };
  }
  const whole = teller.start(span);
  open += 1;
  let isOpen = true;
  return {
    within: (work) => current.run(whole, work),
    end(facts, error) {
      if (!isOpen) return;
      isOpen = false;
      open -= 1;
      // Before Node 24, following a context costs every promise of the process; so it is followed while one is sampled.
      if (open === 0) current.disable();
      whole.end(facts, error);
    },
  };
}

/** A code of ours, of PostgreSQL or of Node, or the class; never the message. */
export function errorName(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === "string" && /^\w{1,40}$/.test(code)) return code;
  return error instanceof Error ? error.constructor.name : typeof error;
}

import { type EventReceiver, makeEventReceiver } from "./event-receiver.js";

export interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, string | number>>;
  }[];
}

/** A collector of OpenTelemetry: takes OTLP as JSON over HTTP. */
export interface TraceReceiver {
  readonly endpoint: string;
  readonly receiver: EventReceiver;
  spans(): readonly ToldSpan[];
  /** Everything that came, as it came. */
  text(): string;
  close(): Promise<void>;
}

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const receiver = await makeEventReceiver();
  receiver.answer = 200;
  return {
    endpoint: new URL(receiver.url).origin,
    receiver,
    text: () => receiver.sent.map(({ body }) => body).join("\n"),
    spans: () =>
      receiver.sent.flatMap(({ body }) =>
        (
          JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: ToldSpan[] }[] }[] }
        ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    close: () => receiver.close(),
  };
}

/** What a span says by a name. */
export const factOf = ({ attributes }: ToldSpan, key: string): string | number | undefined => {
  const value = attributes.find((one) => one.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
};

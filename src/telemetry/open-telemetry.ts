/** Spans as OpenTelemetry has them. Read only when an endpoint is configured (compose/foundation.ts). */
import { type Span as OtelSpan, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  RandomIdGenerator,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Span, SpanStart, Tracer } from "./spans.js";

export interface OpenTelemetryOptions {
  /** Where traces are posted, e.g. http://127.0.0.1:4318/v1/traces. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly version: string;
  readonly samplePercent: number;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** A collector that is slow or away costs nothing but its spans: the queue is bounded, and what does not fit is dropped. */
const QUEUE_MAX = 4_096;
const EXPORT_MILLIS_MAX = 5_000;
const SEND_EVERY_MILLIS = 1_000;

export interface OpenTelemetry {
  readonly tracer: Tracer;
  /** Sends what is left. */
  stop(): Promise<void>;
}

export function startOpenTelemetry(options: OpenTelemetryOptions): OpenTelemetry {
  const ids = new RandomIdGenerator();
  let nextTraceId: string | undefined;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": options.serviceName,
      "service.version": options.version,
    }),
    // What is told is decided where a trace begins.
    sampler: new AlwaysOnSampler(),
    idGenerator: {
      generateTraceId: () => nextTraceId ?? ids.generateTraceId(),
      generateSpanId: () => ids.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: options.url,
          headers: { ...options.headers },
          timeoutMillis: EXPORT_MILLIS_MAX,
        }),
        maxQueueSize: QUEUE_MAX,
        scheduledDelayMillis: SEND_EVERY_MILLIS,
        exportTimeoutMillis: EXPORT_MILLIS_MAX,
      }),
    ],
  });
  const otel = provider.getTracer("tribi", options.version);
  const spans = new WeakMap<Span, OtelSpan>();

  const start = ({ name, kind, facts, traceId, parent, startedMillis }: SpanStart): Span => {
    const above = parent === undefined ? undefined : spans.get(parent);
    nextTraceId = traceId;
    const span = otel.startSpan(
      name,
      {
        kind: KINDS[kind],
        attributes: { ...facts },
        ...(startedMillis === undefined ? {} : { startTime: startedMillis }),
      },
      above === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, above),
    );
    nextTraceId = undefined;
    const one: Span = {
      end(more, error) {
        if (more !== undefined) span.setAttributes({ ...more });
        if (error !== undefined) {
          span.setAttribute("error.type", error);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
    spans.set(one, span);
    return one;
  };
  return {
    tracer: { start, isSampled: (traceId) => shareOf(traceId) < options.samplePercent / 100 },
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

/** 0 to 1, by the last 32 bits of the id. */
const shareOf = (traceId: string): number => Number.parseInt(traceId.slice(-8), 16) / 2 ** 32;

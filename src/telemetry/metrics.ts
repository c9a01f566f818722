import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  observeAnswer(answer: { method: string; route: string; status: number; seconds: number }): void;
  /** A value read when the metrics are scraped. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
}

export function makeMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tribi_" });
  const answers = new Histogram({
    name: "tribi_http_request_seconds",
    help: "Time from the first byte of a request to the last of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10],
    registers: [registry],
  });
  return {
    registry,
    observeAnswer: ({ method, route, status, seconds }) =>
      answers.observe({ method, route, status }, seconds),
    gauge(name, help, read) {
      new Gauge({
        name: `tribi_${name}`,
        help,
        registers: [registry],
        async collect() {
          // A scrape must answer while the database does not: one unknown value is not worth all the others.
          this.set(
            await Promise.resolve()
              .then(read)
              .catch(() => Number.NaN),
          );
        },
      });
    },
  };
}

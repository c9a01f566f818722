import type { VariableReader } from "./variables.js";

/** Null without an endpoint: then nothing is traced, and no library for it is read. */
export function readTraces(reader: VariableReader) {
  const endpoint = reader.url("OTEL_EXPORTER_OTLP_ENDPOINT", ["http:", "https:"]);
  const headers = readHeaders(reader);
  const serviceName = reader.textOr("OTEL_SERVICE_NAME", "tribi");
  const samplePercent = reader.integer("TRACES_SAMPLE_PERCENT", 1, { min: 0, max: 100 });
  if (endpoint === null) return null;
  return { url: `${endpoint.replace(/\/+$/, "")}/v1/traces`, headers, serviceName, samplePercent };
}

/** As OpenTelemetry writes them: `authorization=Bearer%20…,x-team=shop`. */
function readHeaders(reader: VariableReader): Readonly<Record<string, string>> {
  const name = "OTEL_EXPORTER_OTLP_HEADERS";
  const pairs = reader.list(name).map((item) => {
    const [, key, value] = /^([\w-]+)=(.*)$/.exec(item) ?? [];
    if (key === undefined || value === undefined) {
      reader.problem(name, "must be name=value, several with a comma between them");
      return undefined;
    }
    return [key, decoded(value)] as const;
  });
  return Object.fromEntries(pairs.filter((pair) => pair !== undefined));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

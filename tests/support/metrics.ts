import type { TestApp } from "./app.js";

/** The value of a gauge without labels as `/metrics` shows it; NaN when it shows none. */
export async function metricOf(app: Pick<TestApp, "request">, name: string): Promise<number> {
  const { text } = await app.request("GET", "/metrics");
  return Number(new RegExp(`^tribi_${name} (\\d+)`, "m").exec(text)?.[1]);
}

import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";

const RUNBOOK = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../docs/runbook.md");

const RULES = path.join(path.dirname(RUNBOOK), "../ops/prometheus/tribi.rules.yml");

describe("the alert rules of ops/prometheus", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(() => app.stop());

  it("name only metrics that the program has", async () => {
    const { text } = await app.request("GET", "/metrics");
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const texts = readFileSync(RUNBOOK, "utf8") + readFileSync(RULES, "utf8");
    const named = [...texts.matchAll(/\btribi_\w+/g)].map(([name]) => name);
    const unknown = named.filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(count|bucket)$/, "")),
    );
    expect(unknown).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it("every alert says what it means and what to do", () => {
    const runbook = readFileSync(RUNBOOK, "utf8");
    const alerts = [...readFileSync(RULES, "utf8").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    expect(alerts.length).toBeGreaterThan(20);
    for (const alert of alerts) expect([alert, runbook.includes(`\`${alert}\``)]).toEqual([alert, true]);
  });
});

describe("what is parked", () => {
  const source = (file: string): string =>
    readFileSync(path.join(path.dirname(RUNBOOK), "../src/modules", file), "utf8");
  const found = (file: string, pattern: RegExp): string[] =>
    [...source(file).matchAll(pattern)].map(([, name]) => name ?? "");

  it("has a line in the runbook for every reason that the program gives for money", () => {
    const reasons = [
      ...found("payments/events/settle-store.ts", /'parked (\w+)'/g),
      ...found("payments/events/aside-effects.ts", /outcome\("parked", "(\w+)"\)/g),
      ...found("payments/payment-providers.ts", /return "(\w+_differs)"/g),
      ...found("payments/refunds/proceed-refund.ts", /park\(deps, refund, actor, "(\w+)"\)/g),
      ...found("payments/refunds/refund-surplus.ts", /failureReason: "(\w+)"/g),
      ...found("payments/reconciliation/finding-classes.ts", /"(\w+)"/g),
      // What ends at endRefused().
      ...["not_captured", "disputed", "not_found", "not_allowed", "key_reused", "amount_not_chargeable"].map(
        (reason) => `refused_${reason}`,
      ),
    ];
    expect(reasons.length).toBeGreaterThan(20);
    const runbook = readFileSync(RUNBOOK, "utf8");
    expect(reasons.filter((reason) => !runbook.includes(`\`${reason}\``))).toEqual([]);
  });
});

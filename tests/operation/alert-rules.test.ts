import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";

const RUNBOOK = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../docs/runbook.md");

describe("the alert rules of docs/runbook.md", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(() => app.stop());

  it("name only metrics that the program has", async () => {
    const { text } = await app.request("GET", "/metrics");
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const named = [...readFileSync(RUNBOOK, "utf8").matchAll(/\btribi_\w+/g)].map(([name]) => name);
    const unknown = named.filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(count|bucket)$/, "")),
    );
    expect(unknown).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it("every alert says what it means and what to do", () => {
    const runbook = readFileSync(RUNBOOK, "utf8");
    const alerts = [...runbook.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    for (const alert of alerts) expect([alert, runbook.includes(`\`${alert}\``)]).toEqual([alert, true]);
  });
});

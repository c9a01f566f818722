import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { startTestApp, type TestApp } from "../support/app.js";

const OPS = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../ops");
const read = (file: string): string => readFileSync(path.join(OPS, file), "utf8");
const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const DASHBOARDS = readdirSync(path.join(OPS, "grafana")).map((file) => {
  const dashboard = JSON.parse(read(`grafana/${file}`)) as { uid: string; panels: readonly Panel[] };
  return { file, ...dashboard };
});
const queries = DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
const rules = read("prometheus/tribi.rules.yml");
/** Folded over several lines or on one. */
const expressionsOfRules = [...rules.matchAll(/expr: (?:>\n((?: {10}.*\n)+)|(.*))/g)].map(
  ([, folded, plain]) => folded ?? plain ?? "",
);

/** Which labels a metric has: counters and histograms by name, gauges none. Prometheus itself adds the others. */
function labelsByMetric(): ReadonlyMap<string, ReadonlySet<string>> {
  const { registry } = makeMetrics();
  makeEvents(makeLog({ level: "silent", format: "json" }), registry);
  const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[];
  return new Map(metrics.map(({ name, labelNames }) => [name, new Set(labelNames)]));
}
const ADDED = new Set(["le", "instance", "job"]);

const metricsIn = (expression: string): { name: string; labels: string[] }[] =>
  [...expression.matchAll(/\b(tribi_\w+)(?:\{([^}]*)\})?/g)].map(([, name = "", selector = ""]) => ({
    name: name.replace(/_(count|sum|bucket)$/, ""),
    labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  }));
const groupedBy = (expression: string): string[] =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  );

describe("ops/", () => {
  let app: TestApp;
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-ops-"));
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  it("names only metrics and labels that the program has", async () => {
    const { text } = await app.request("GET", "/metrics");
    const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const labels = labelsByMetric();
    const expressions = [...queries.map(({ expr }) => expr), ...expressionsOfRules];
    const wrong = expressions.flatMap((expression) => {
      const named = metricsIn(expression);
      const unknown = named.filter(({ name }) => !known.has(name)).map(({ name }) => name);
      const foreign = named.flatMap(({ name, labels: used }) =>
        used.filter((label) => !ADDED.has(label) && labels.get(name)?.has(label) !== true),
      );
      const groups = groupedBy(expression).filter(
        (label) => !ADDED.has(label) && !named.every(({ name }) => labels.get(name)?.has(label) === true),
      );
      return [...unknown, ...foreign, ...groups].map((name) => `${name} in ${expression.trim()}`);
    });
    expect(wrong).toEqual([]);
    expect(expressionsOfRules.length).toBe(rules.match(/- alert:/g)?.length);
    expect(metricsIn(expressions.join("\n")).length).toBeGreaterThan(60);
  });

  it("shows in a legend only what the query keeps", () => {
    const wrong = queries.flatMap(({ expr, legendFormat }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, label = ""]) => label)
        .filter((label) => label !== "instance" && !groupedBy(expr).includes(label))
        .map((label) => `${label} of ${expr}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has dashboards whose panels are one each and ask something", () => {
    for (const { file, panels } of DASHBOARDS) {
      expect([file, new Set(panels.map(({ id }) => id)).size]).toEqual([file, panels.length]);
      expect(panels.filter(({ type, targets }) => type !== "row" && (targets ?? []).length === 0)).toEqual(
        [],
      );
    }
  });

  it.skipIf(!isInstalled("promtool"))("has rules that Prometheus loads (promtool)", () => {
    const said = execFileSync("promtool", ["check", "rules", path.join(OPS, "prometheus/tribi.rules.yml")], {
      encoding: "utf8",
    });
    expect(said).toContain("SUCCESS");
    writeFileSync(path.join(folder, "metrics-token"), "token\n");
    for (const file of ["prometheus.yml", "tribi.rules.yml"])
      writeFileSync(path.join(folder, file), read(`prometheus/${file}`));
    const checked = spawnSync("promtool", ["check", "config", path.join(folder, "prometheus.yml")], {
      encoding: "utf8",
    });
    expect([checked.status, checked.stderr]).toEqual([0, ""]);
  });

  it.skipIf(!isInstalled("promtool"))("has metrics as Prometheus wants them (promtool)", async () => {
    const { text } = await app.request("GET", "/metrics");
    const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    // What it says of names that prom-client gives to Node's own metrics is not ours.
    const ours = checked.stderr.split("\n").filter((line) => line !== "" && !/nodejs|process_/.test(line));
    expect(ours).toEqual([]);
  });

  it.skipIf(!isInstalled("systemd-analyze"))("has units that systemd understands (systemd-analyze)", () => {
    const files = readdirSync(path.join(OPS, "systemd")).map((file) => {
      const copy = path.join(folder, file);
      // The program is not installed here; Node stands in its place.
      writeFileSync(copy, read(`systemd/${file}`).replaceAll("/usr/local/bin/tribi", process.execPath));
      return copy;
    });
    const checked = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], { encoding: "utf8" });
    expect([checked.status, checked.stderr]).toEqual([0, ""]);
  });

  it("starts commands that the program has, with settings that it reads", () => {
    const main = readFileSync(path.join(OPS, "../src/main.ts"), "utf8");
    const example = readFileSync(path.join(OPS, "../.env.example"), "utf8");
    const units = readdirSync(path.join(OPS, "systemd"))
      .map((file) => read(`systemd/${file}`))
      .join("\n");
    const commands = [
      ...units.matchAll(/ExecStart=\S+ (\w+)/g),
      ...read("compose.yml").matchAll(/"tribi", "(\w+)"/g),
    ];
    expect(commands.map(([, name]) => name).filter((name) => !main.includes(`.command("${name}")`))).toEqual(
      [],
    );
    const settings = [
      ...[...units.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = ""]) =>
        line.split(" ").map((part) => part.split("=")[0] ?? ""),
      ),
      ...[...read("compose.yml").matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name = ""]) => name),
    ].filter((name) => name !== "");
    expect(settings.length).toBeGreaterThan(5);
    expect(settings.filter((name) => !new RegExp(`^#? ?${name}=`, "m").test(example))).toEqual([]);
  });
});

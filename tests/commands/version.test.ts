import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { startProcess } from "../support/processes.js";

const read = (file: string): { version: string } => JSON.parse(readFileSync(file, "utf8"));
const { version } = read("package.json");

describe("the version is the same wherever it is said", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(() => app.stop());

  it.each(["/health", "/health/ready", "/health/live"])("GET %s", async (path) => {
    expect((await app.request("GET", path)).body).toMatchObject({ version });
  });

  it("tribi --version", async () => {
    const child = await startProcess(["--version"], {});
    expect([await child.ended, child.output()]).toEqual([0, `${version}\n`]);
  });

  it("the OpenAPI document, served and checked in", async () => {
    const { body } = await app.request("GET", "/openapi.json");
    expect(body.info.version).toBe(version);
    const kept = JSON.parse(readFileSync("openapi.json", "utf8")) as { info: { version: string } };
    expect(kept.info.version).toBe(version);
  });

  it("the changelog, whose newest dated section is its", () => {
    const [, first] =
      /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$/m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? [];
    expect(first).toBe(version);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly oldest_program: string;
  readonly checksum: string;
}

describe("readiness", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
  });
  afterAll(() => app.stop());

  const statuses = async (): Promise<number[]> =>
    Promise.all(
      ["/health/live", "/health", "/health/ready"].map(
        async (path) => (await app.request("GET", path)).status,
      ),
    );

  const add = ({ version, name, oldest_program: oldestProgram, checksum }: Migration) =>
    app.database.query(
      "insert into schema_migrations (version, name, oldest_program, checksum) values ($1, $2, $3, $4)",
      [version, name, oldestProgram, checksum],
    );

  it("503: while one migration is missing, with what to run; the process lives", async () => {
    expect(await statuses()).toEqual([200, 200, 200]);
    const [newest] = await app.database.query<Migration>(
      `delete from schema_migrations where version = (select max(version) from schema_migrations)
       returning version, name, oldest_program, checksum`,
    );
    expect(await statuses()).toEqual([200, 503, 503]);
    const { body, headers } = await app.request("GET", "/health/ready");
    expect(body).toMatchObject({ code: "not_ready", detail: expect.stringContaining("tribi migrate up") });
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    await add(newest!);
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  it("200: with a migration that only a newer program knows", async () => {
    await add({ version: 9999, name: "9999_later", oldest_program: "0.0.1", checksum: "0" });
    expect(await statuses()).toEqual([200, 200, 200]);
  });
});

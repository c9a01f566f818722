import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { startProcess } from "../support/processes.js";

describe("`tribi restored`", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({});
  });
  afterAll(() => app.stop());

  const run = async (time: string) => {
    const environment = { DATABASE_URL: app.database.url, DATA_DIR: app.dataDir };
    const program = await startProcess(["restored", "--backup-time", time], environment, {
      waitsUntilReady: false,
    });
    return { code: await program.ended, output: program.output() };
  };

  it("0: notes when the backup was made, on record; 1 for what is no time, or not past", async () => {
    const [noted, future, ...unreadable] = await Promise.all([
      run("2026-01-31T04:00:00+01:00"),
      run("2999-01-01"),
      run("yesterday"),
      // The 11th of February, or the 2nd of November?
      run("11.02.2025"),
      // Of which zone?
      run("2026-01-31 04:00"),
      run("2026-02-31"),
    ]);
    expect([noted.code, noted.output]).toEqual([
      0,
      expect.stringContaining("tribi reconcile --since 2026-01-31T03:00:00.000Z"),
    ]);
    for (const { code, output } of unreadable)
      expect([code, output]).toEqual([1, expect.stringContaining("not an ISO 8601 time")]);
    expect([future.code, future.output]).toEqual([1, expect.stringContaining("is not in the past")]);
    expect(
      await app.database.query("select backup_at, restored_at < now() as is_past from restorations"),
    ).toEqual([{ backup_at: "2026-01-31T03:00:00.000Z", is_past: true }]);
    expect(
      await app.database.query("select actor, after from audit_log where action = 'database.restored'"),
    ).toEqual([{ actor: "system:command-line", after: { backup_at: "2026-01-31T03:00:00.000Z" } }]);
  });
});

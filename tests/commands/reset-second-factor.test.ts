import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSealer } from "../../src/kernel/sealing.js";
import { resealSecondFactors } from "../../src/modules/access/access.module.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { logIn, mailsTo } from "../support/login.js";
import { startProcess } from "../support/processes.js";
import { codeOf, forgetCodes, setUpFactor, showFactor } from "../support/second-factor.js";

const OWNER = "owner@example.com";
const KEY = randomBytes(32);

describe("the last owner's second factor", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      ADMIN_EMAILS: OWNER,
      OPERATOR_SECOND_FACTOR: "required",
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      DATA_ENCRYPTION_KEYS: `old:${KEY.toString("base64")}`,
    });
  });
  afterAll(() => app.stop());

  const run = async (address: string) => {
    const environment = { DATABASE_URL: app.database.url, DATA_DIR: app.dataDir };
    const args = ["reset-second-factor", address, "--reason", "lost the phone"];
    const program = await startProcess(args, environment, { waitsUntilReady: false });
    return { code: await program.ended, output: program.output() };
  };

  it("`tribi reset-second-factor`: 1 for who has none; 0: factor and sessions are gone, on record, and mailed", async () => {
    const nobody = await run("nobody@example.com");
    expect([nobody.code, nobody.output]).toEqual([1, expect.stringContaining("Nobody has signed in as")]);
    const owner = await logIn(app, OWNER);
    const none = await run(OWNER);
    expect([none.code, none.output]).toEqual([
      1,
      expect.stringContaining("nobody of this id with a second factor"),
    ]);
    await setUpFactor(app, owner.token);
    const { code, output } = await run("Owner@Example.com");
    expect([code, output]).toEqual([
      0,
      expect.stringContaining("The second factor of owner@example.com is gone"),
    ]);
    await eventually(
      async () => (await app.request("GET", "/auth/me", { bearer: owner.token })).status === 401,
    );
    expect(
      await app.database.query("select actor, after from audit_log where action = 'second_factor.reset'"),
    ).toEqual([{ actor: "system:command-line", after: { reason: "lost the phone" } }]);
    await eventually(async () =>
      (await mailsTo(app, OWNER)).some(({ text }) => text.includes("Your second factor in")),
    );
    const again = await logIn(app, OWNER);
    expect((await app.request("GET", "/admin/me", { bearer: again.token })).body.second_factor).toBe(
      "missing",
    );
    await setUpFactor(app, again.token);
    expect((await app.request("GET", "/admin/orders", { bearer: again.token })).status).toBe(200);
  });

  it("`tribi rotate-keys` seals it with the new key, and its codes go on", async () => {
    const owner = await logIn(app, OWNER);
    await app.database.query("delete from operator_factors");
    const { secret } = await setUpFactor(app, owner.token);
    const fresh = { id: "new", key: randomBytes(32) };
    const old = { id: "old", key: KEY };
    const sealedWith = async () =>
      (
        await app.database.query<{ key: string }>(
          "select convert_from(substr(sealed_secret, 2, 3), 'UTF8') as key from operator_factors",
        )
      ).map(({ key }) => key);
    expect(await resealSecondFactors(app.database.db, makeSealer([fresh, old]))).toBe(1);
    expect(await sealedWith()).toEqual(["new"]);
    expect(await resealSecondFactors(app.database.db, makeSealer([old, fresh]))).toBe(1);
    expect(await sealedWith()).toEqual(["old"]);
    await forgetCodes(app.database);
    expect((await showFactor(app, owner.token, codeOf(secret))).status).toBe(200);
  });
});

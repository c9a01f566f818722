import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DESKTOP, openPage } from "../../scripts/browser-walk.js";
import { consoleSettled, signInToConsole } from "../../scripts/console-walk.js";
import { WITHOUT_CAPS } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { logInAt, requestTo } from "../support/process-client.js";
import { freePort, type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OWNER = "owner@example.com";
const CASES = 6;

describeInBrowser("the console while the server is killed", () => {
  let database: TestDatabase;
  let planId: number;
  let browser: Browser;
  let server: ServerProcess;
  let environment: Record<string, string>;
  beforeAll(async () => {
    database = await makeTestDatabase();
    ({ planId } = await seedCatalog(database));
    environment = {
      DATABASE_URL: database.url,
      DATA_DIR: temporaryFolder("console-kill"),
      PORT: String(await freePort()),
      ADMIN_EMAILS: OWNER,
      MOCK_AUTO_CONFIRM: "true",
      // The lease of a purchase is four of these: so long the one that died with its process waits.
      SUPPLIER_TIMEOUT_SECONDS: "2",
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      ...WITHOUT_CAPS,
    };
    server = await startProcess(["serve"], environment);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    server?.kill("SIGKILL");
    await database.drop();
  });

  it("decisions about many cases go on by themselves after SIGKILL in their middle, and none is made twice", {
    timeout: 600_000,
  }, async () => {
    const { token } = await logInAt(server, "ada@example.com");
    const request = requestTo(server);
    for (let count = 0; count < CASES; count += 1) {
      const order = await request("POST", "/orders", { bearer: token, body: { plan_id: planId } });
      await database.query(
        "update esim_profiles set parked_at = now(), parked_reason = 'answer_unclear' where order_id = $1",
        [order.body.id],
      );
      await request("POST", "/payments/create", { bearer: token, body: { order_id: order.body.id } });
    }
    await eventually(
      async () => (await database.query("select from orders where status = 'paid'")).length === CASES,
    );
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en" });
    const page = await openPage(context);
    page.setDefaultTimeout(90_000);
    await page.goto(`${server.url}/console/parked`);
    await signInToConsole({ page, language: "en", storeUrl: server.url }, OWNER);
    await consoleSettled(page);
    await page
      .getByRole("button", { name: `Choose all ${CASES} alike` })
      .first()
      .click();
    await page.getByRole("button", { name: `Decide ${CASES}` }).click();
    await page.getByLabel("Ask the supplier again").check();
    await page.getByLabel(/^Reason/).fill("the supplier was away");
    // The third decision is made, and the server dies before its answer is there.
    let asked = 0;
    await page.route("**/admin/esims/*/decision", async (route) => {
      asked += 1;
      if (asked !== 3) return route.continue();
      await route.fetch();
      server.kill("SIGKILL");
      await server.ended;
      return route.abort();
    });
    await page.getByRole("button", { name: "Confirm" }).click();
    await eventually(() => asked >= 3, { timeoutMillis: 90_000 });
    await server.ended;
    server = await startProcess(["serve"], environment);
    await page.getByText(`${CASES} of ${CASES} decided, 0 refused`).waitFor();
    expect(asked).toBeGreaterThan(CASES);
    expect(
      await database.query<{ times: number }>(
        `select count(*)::int as times from audit_log where action = 'esim.ask_again'
         group by subject order by subject`,
      ),
    ).toEqual(Array.from({ length: CASES }, () => ({ times: 1 })));
    // The purchase that died with its process goes on when its lease is over: 11 seconds.
    await eventually(
      async () => (await database.query("select from esim_profiles where status = 'ready'")).length === CASES,
      { timeoutMillis: 120_000 },
    );
    expect(await violations(database)).toEqual({});
    await context.close();
  });
});

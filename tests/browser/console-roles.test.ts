import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DESKTOP, openPage } from "../../scripts/browser-walk.js";
import { CONSOLE_SCREENS, consoleSettled } from "../../scripts/console-walk.js";
import { type Permission, permissionsOf, ROLES, type Role } from "../../src/kernel/permissions.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { logIn } from "../support/login.js";
import { makeShopper } from "../support/shop.js";

const OWNER = "owner@example.com";
const SLOW = { timeout: 400_000 };

/** What each role finds in the navigation, written down a second time by hand. */
const LINKS: Readonly<Record<Role, readonly string[]>> = {
  owner: [
    "Home",
    "Orders",
    "Customers",
    "Parked",
    "Catalogue",
    "Suppliers",
    "Stock",
    "Payments",
    "Access",
    "System",
  ],
  support: [
    "Home",
    "Orders",
    "Customers",
    "Parked",
    "Catalogue",
    "Suppliers",
    "Stock",
    "Payments",
    "Access",
    "System",
  ],
  finance: ["Home", "Orders", "Parked", "Catalogue", "Suppliers", "Payments", "System"],
  catalogue: ["Home", "Catalogue", "Suppliers", "Stock"],
  auditor: [
    "Home",
    "Orders",
    "Customers",
    "Parked",
    "Catalogue",
    "Suppliers",
    "Stock",
    "Payments",
    "Access",
    "System",
  ],
};

/** Of each screen: which permissions open it, each alone, and what it reads, where the server has to refuse the others. */
const SCREENS: Readonly<Record<string, readonly [needs: readonly Permission[], reads: string | null]>> = {
  "/": [["overview.read"], "/admin/summary"],
  "/orders": [["orders.read"], "/admin/orders"],
  "/esims": [["esims.read"], "/admin/esims"],
  "/top-ups": [["esims.read"], "/admin/top-ups"],
  "/customers": [["customers.read"], "/admin/users"],
  "/parked": [["esims.read", "payments.read"], null],
  "/catalogue": [["catalogue.read"], "/admin/plans/export"],
  "/catalogue/countries": [["catalogue.read"], "/admin/countries/export"],
  "/catalogue/carriers": [["catalogue.read"], "/admin/carriers/export"],
  "/catalogue/syncs": [["catalogue.read"], "/admin/catalogue/syncs"],
  "/catalogue/prices": [["catalogue.read"], "/admin/price-rules"],
  "/catalogue/rates": [["catalogue.read"], "/admin/exchange-rates"],
  "/catalogue/import": [["catalogue.write"], null],
  "/suppliers": [["suppliers.read"], "/admin/suppliers"],
  "/stock": [["stock.read"], "/admin/inventory"],
  "/stock/import": [["stock.write"], null],
  "/payments": [["payments.read"], "/admin/payments"],
  "/refunds": [["payments.read"], "/admin/refunds"],
  "/approvals": [["payments.read"], "/admin/refund-approvals"],
  "/disputes": [["payments.read"], "/admin/disputes"],
  "/reconciliation": [["reconciliation.read"], "/admin/reconciliation"],
  "/exports": [["payments.read"], null],
  "/events": [["payments.read"], "/admin/webhook-events"],
  "/alarms": [["alarms.choose"], null],
  "/me/second-factor": [["overview.read"], null],
  "/access": [["team.read"], "/admin/team"],
  "/access/keys": [["keys.read"], "/admin/api-keys"],
  "/access/limits": [["limits.read"], "/admin/rate-limits"],
  "/access/sessions": [["limits.read"], null],
  "/system": [["jobs.read"], "/admin/jobs"],
  "/system/audit": [["audit.read"], "/admin/audit-log"],
  "/system/mails": [["mails.read"], "/admin/mails"],
  "/system/previews": [["previews.read"], "/admin/previews"],
  "/system/settings": [["settings.read"], "/admin/settings"],
  "/system/webhooks": [["webhooks.read"], "/admin/webhook-endpoints"],
};

describeInBrowser("the console as every role", () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startTestApp({
      ADMIN_EMAILS: OWNER,
      REFUND_NEEDS_SECOND_ABOVE: "USD=1",
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    });
    await seedCatalog(app.database);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  /** A browser in which somebody of this role is signed in, and their token. */
  const visitAs = async (role: Role): Promise<{ page: Page; token: string }> => {
    const email = role === "owner" ? OWNER : `${role}@example.com`;
    const { userId, cookies, token } = await logIn(app, email, { verify: { session: "cookie" } });
    if (role !== "owner") {
      await app.database.query(
        "insert into team_members (user_id, role, created_by) values ($1, $2, 'test') on conflict do nothing",
        [userId, role],
      );
      await eventually(
        async () => (await app.request("GET", "/admin/me", { cookie: cookies })).status === 200,
      );
    }
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en" });
    const pairs = cookies.split("; ").map((pair) => pair.split("=") as [string, string]);
    await context.addCookies(pairs.map(([name, value]) => ({ name, value, url: app.url })));
    const page = await openPage(context);
    page.setDefaultTimeout(60_000);
    return { page, token };
  };

  it("names every screen of the console, and no other", () => {
    expect(Object.keys(SCREENS).sort()).toEqual([...CONSOLE_SCREENS].sort());
  });

  it.each(ROLES)(
    "%s finds the links that the role may open, opens them, and nothing else",
    SLOW,
    async (role) => {
      const { page } = await visitAs(role);
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      const permissions = permissionsOf(role);
      const came: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const [screen, [needs, read]] of Object.entries(SCREENS)) {
        const isAllowed = needs.some((permission) => permissions.has(permission));
        expected[screen] = isAllowed ? "opens" : "refused";
        await page.goto(`${app.url}/console${screen === "/" ? "" : screen}`);
        await consoleSettled(page);
        const isRefused =
          (await page.getByRole("heading", { name: "Your role may not open this" }).count()) > 0;
        const alerts = await page.getByRole("alert").allTextContents();
        came[screen] = isRefused ? "refused" : alerts.length > 0 ? alerts.join() : "opens";
        if (!isAllowed && read !== null) {
          const answer = await app.request("GET", read, { cookie });
          expect([screen, answer.status, answer.body.code]).toEqual([screen, 403, "permission_missing"]);
        }
      }
      expect(came).toEqual(expected);
      const links = page.getByRole("navigation", { name: "Sections" }).getByRole("link");
      expect(await links.allTextContents()).toEqual(LINKS[role]);
      await page.context().close();
    },
  );

  it(
    "a refund above the limit: who asked for it cannot approve it, a second person can, and the money goes back once",
    SLOW,
    async () => {
      const shopper = await makeShopper(app, "ada@example.com");
      const order = await shopper.order();
      const { body } = await shopper.create(order.id, "MOCK");
      await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
      const finance = await visitAs("finance");
      await finance.page.goto(`${app.url}/console/orders/${order.id}`);
      await consoleSettled(finance.page);
      await finance.page.getByRole("button", { name: "Refund" }).click();
      const asked = finance.page.getByRole("dialog");
      await asked.getByLabel(/^Reason/).fill("no network there");
      const loss = asked.getByRole("checkbox");
      if ((await loss.count()) > 0) await loss.first().check();
      await asked.getByRole("button", { name: "Confirm" }).click();
      await asked.getByRole("alert").waitFor();
      await finance.page.goto(`${app.url}/console/approvals?status=waiting`);
      await finance.page.getByText("You asked for it: somebody else decides.").waitFor();
      expect(await finance.page.getByRole("button", { name: "Approve" }).count()).toBe(0);
      await finance.page.context().close();

      const owner = await visitAs("owner");
      await owner.page.goto(`${app.url}/console`);
      await owner.page.getByRole("link", { name: /Refunds that need a second person/ }).click();
      await owner.page.getByRole("button", { name: "Approve" }).click();
      const dialog = owner.page.getByRole("dialog", { name: new RegExp(`of order ${order.id}`) });
      await dialog.getByText("no network there").waitFor();
      await dialog.getByLabel(/^Reason/).fill("seen");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      expect(await app.database.query("select from refunds where order_id = $1", [order.id])).toEqual([]);
      await owner.page.getByRole("button", { name: "Approve" }).click();
      await dialog.getByRole("button", { name: "Confirm" }).click();
      await owner.page.getByText(`of order ${order.id} is approved`).waitFor();
      expect(
        await app.database.query("select amount_minor::int from refunds where order_id = $1", [order.id]),
      ).toEqual([{ amount_minor: order.amount_minor_units }]);
      await owner.page.context().close();
    },
  );

  it("failed jobs of one kind are run again together, with progress", SLOW, async () => {
    await app.database.query(
      `select graphile_worker.add_job('sweep_outbox', max_attempts => 1, run_at => now() + interval '1 hour')
       from generate_series(1, 3)`,
    );
    await app.database.query(
      "update graphile_worker._private_jobs set attempts = 1 where max_attempts = 1 and run_at > now() + interval '30 minutes'",
    );
    const { page } = await visitAs("support");
    await page.goto(`${app.url}/console/system`);
    await page.getByRole("button", { name: "Run 3 failed sweep_outbox again" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("3 of 3 run again, 0 refused").waitFor();
    await eventually(
      async () =>
        (await app.database.query("select from graphile_worker._private_jobs where max_attempts = 1"))
          .length === 0,
    );
    await page.context().close();
  });

  it("price rules are tried, their plot is shown, and only what was tried is saved", SLOW, async () => {
    const { page } = await visitAs("catalogue");
    const rules = {
      currencies: ["USD"],
      fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30 } }],
      rules: [{ name: "all", when: {}, result: { margin_percent: "30", endings: { USD: "99" } } }],
    };
    await app.database.query(
      `insert into plan_suppliers (plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor)
       select id, 'airalo', 'p' || id, 1, '3.50', 'USD', 350 from plans order by id limit 3 on conflict do nothing`,
    );
    await page.goto(`${app.url}/console/catalogue/prices`);
    await page.getByLabel("Rules as JSON").fill(JSON.stringify(rules));
    expect(await page.getByRole("button", { name: "Use these rules" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Try them" }).click();
    await page.getByRole("figure", { name: "How many prices leave how much profit" }).waitFor();
    await page.getByRole("button", { name: "Use these rules" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The rules are replaced.").waitFor();
    await page.getByRole("heading", { name: "Rules, version 1" }).waitFor();
    const [{ sku } = { sku: "" }] = await app.database.query<{ sku: string }>(
      "select sku from plans p where exists (select from plan_suppliers s where s.plan_id = p.id) order by id limit 1",
    );
    await page.goto(`${app.url}/console/catalogue?q=${sku}`);
    await page.getByRole("row", { name: sku }).getByRole("button", { name: "Suppliers" }).click();
    const line = page.getByRole("row", { name: "3.50 USD" }).filter({ hasText: "1. all" });
    await line.waitFor();
    const parts = ["$5.99", "0.4737 (STRIPE)", "up to the next price that ends in 99", "2.0163"];
    for (const part of parts) expect(await line.textContent()).toContain(part);
    await page.context().close();
  });
});

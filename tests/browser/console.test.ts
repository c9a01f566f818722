import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DESKTOP, openPage } from "../../scripts/browser-walk.js";
import { CONSOLE_NAMES, consoleSettled, signInToConsole } from "../../scripts/console-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const OWNER = "owner@example.com";
const SLOW = { timeout: 240_000 };

/** The operators' console in a real browser: one store and one browser for all of it. */
describeInBrowser("the console", () => {
  let app: TestApp;
  let browser: Browser;
  let shopper: Shopper;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    app = await startTestApp({
      ADMIN_EMAILS: OWNER,
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    });
    [shopper, browser] = await Promise.all([makeShopper(app, "ada@example.com"), openBrowser()]);
    context = await browser.newContext({ viewport: DESKTOP, locale: "en" });
    page = await openPage(context);
    page.on("console", (message) => {
      // That nobody is signed in, the browser reports as a failed load.
      if (message.type() !== "log" && !/status of 40[134]/.test(message.text()))
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${app.url}/console`);
    await signInToConsole({ page, language: "en", storeUrl: app.url }, OWNER);
    await page.getByRole("heading", { name: CONSOLE_NAMES.en.home }).waitFor();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  const open = async (address: string): Promise<void> => {
    await page.goto(`${app.url}/console${address}`);
    await consoleSettled(page);
  };
  const paidOrder = async (): Promise<{ id: number; reference: string }> => {
    const order = await shopper.order();
    const payment = await shopper.create(order.id);
    await app.request("POST", "/payments/webhook/mock", {
      body: { intent_id: payment.body.intent_id, outcome: "succeeded" },
    });
    return eventually(async () => {
      const [row] = await app.database.query<{ reference: string; status: string }>(
        "select o.reference, e.status from orders o join esim_profiles e on e.order_id = o.id where o.id = $1",
        [order.id],
      );
      return row?.status === "ready" && { id: order.id, reference: row.reference };
    });
  };

  it("an order is found by Ctrl+K, opened, and its mail sent again", SLOW, async () => {
    const { id, reference } = await paidOrder();
    await open("");
    await page.keyboard.press("Control+k");
    await page.keyboard.type(reference);
    await page.getByRole("option", { name: reference }).click();
    await page.getByRole("heading", { name: reference, level: 1 }).waitFor();
    await page.getByRole("button", { name: "Resend" }).click();
    const dialog = page.getByRole("dialog", { name: new RegExp(reference) });
    await dialog.getByText("goes to ada@example.com again").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Resend" }).click();
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The mail to ada@example.com is on its way.").waitFor();
    const [audited] = await app.database.query<{ count: number }>(
      "select count(*)::int as count from audit_log where action like '%mail%' and subject = 'esim:' || (select id from esim_profiles where order_id = $1)",
      [id],
    );
    expect(audited?.count).toBe(1);
  });

  it("nothing was complained about, and the books agree", SLOW, async () => {
    expect(complaints).toEqual([]);
    expect(await violations(app.database)).toEqual({});
  });
});

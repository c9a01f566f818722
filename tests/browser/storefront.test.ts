import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buy,
  lookAtAccount,
  NAMES,
  openPage,
  PHONE,
  signIn,
  topUp,
  type WalkLanguage,
} from "../../scripts/browser-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";

const SLOW = { timeout: 240_000 };

/** In a real browser, at the size of a phone, at the mock provider. `npm ci` builds the pages. */
describeInBrowser("a traveller with a phone", () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startTestApp({
      REFUND_UNUSED_WITHIN_DAYS: "14",
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

  const visit = async (
    language: WalkLanguage,
  ): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> => {
    const context = await browser.newContext({
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
      locale: language,
    });
    const page = await openPage(context);
    page.setDefaultTimeout(90_000);
    const complaints: string[] = [];
    page.on("console", (message) => {
      // That nobody is signed in yet, the browser reports as a failed load.
      if (message.type() !== "log" && !/status of 401/.test(message.text())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== app.url) complaints.push(`asked ${request.url()}`);
    });
    return { context, page, complaints };
  };

  it.each(["en", "es"] as const)("buys, installs, tops up and signs out: %s", SLOW, async (language) => {
    const { context, page, complaints } = await visit(language);
    const email = `walk-${language}@example.com`;
    const fits = async (): Promise<void> => {
      const [width, room] = await page.evaluate<[number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      );
      expect(width).toBeLessThanOrEqual(room);
    };
    const walk = { page, language, storeUrl: app.url, look: fits };
    await buy(walk, email);
    await topUp(walk);
    await lookAtAccount(walk);
    await page.goBack();
    await page.getByRole("button", { name: NAMES[language].signOut }).click();
    await page.getByLabel(NAMES[language].email).waitFor();
    expect(complaints).toEqual([]);
    expect(
      await app.database.query(
        `select o.status, count(*)::int as orders, count(distinct p.id)::int as payments
         from orders o join users u on u.id = o.user_id left join payments p on p.order_id = o.id
         where u.email = $1 group by o.status`,
        [email],
      ),
    ).toEqual([{ status: "paid", orders: 2, payments: 2 }]);
    expect(await violations(app.database)).toEqual({});
    // The code, then for eSIM and top-up a receipt and the thing itself.
    const mailed = async () => {
      const { body } = await app.request("GET", "/dev/inbox.json");
      return (body as { to: string; subject: string; text: string }[]).filter(({ to }) => to === email);
    };
    await eventually(async () => (await mailed()).length >= 5, { what: "the mails of a purchase" });
    const words = (await mailed()).map(({ subject, text }) => `${subject}\n${text}`).join("\n");
    expect(words).toMatch(
      { en: /Plan: +Spain 1 GB, 7 days\n/, es: /Plan: +España 1 GB, 7 días\n/ }[language],
    );
    expect(words).not.toMatch({ en: /España|días|código/, es: /Spain|\bdays?\b|\bcode\b/ }[language]);
    await context.close();
  });

  it.each([
    ["en", "data runs low"],
    ["es", "queden pocos datos"],
  ] as const)("chooses in the account what is mailed, kind by kind: %s", SLOW, async (language, kind) => {
    const { context, page, complaints } = await visit(language);
    const email = `notices-${language}@example.com`;
    await page.goto(`${app.url}${language === "es" ? "/es" : ""}/account`);
    await signIn({ page, language, storeUrl: app.url, look: async () => {} }, email);
    const refused = () =>
      app.database.query(
        "select r.kind from refused_notices r join users u on u.id = r.user_id where u.email = $1",
        [email],
      );
    const kinds = page.getByLabel(kind);
    await kinds.waitFor();
    expect(await kinds.isChecked()).toBe(true);
    const stored = () => page.waitForResponse((answer) => answer.request().method() === "PATCH");
    await Promise.all([stored(), kinds.click()]);
    expect(await refused()).toEqual([{ kind: "low_data" }]);
    await page.reload();
    await kinds.waitFor();
    expect(await kinds.isChecked()).toBe(false);
    await Promise.all([stored(), kinds.click()]);
    expect(await refused()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each([
    ["en", "Give the eSIM back", "can never be installed again", "Yes, give it back", "Refunded"],
    ["es", "Devolver la eSIM", "ya no se podrá instalar", "Sí, devolverla", "Reembolsado"],
  ] as const)(
    "gives an unused eSIM back, after reading what that does: %s",
    SLOW,
    async (language, ask, consequence, confirm, refunded) => {
      const { context, page, complaints } = await visit(language);
      const email = `back-${language}@example.com`;
      await buy({ page, language, storeUrl: app.url, look: async () => {} }, email);
      const [order] = await app.database.query<{ id: number }>(
        "select o.id from orders o join users u on u.id = o.user_id where u.email = $1",
        [email],
      );
      await page.goto(`${app.url}${language === "es" ? "/es" : ""}/account/orders/${order?.id}`);
      await page.getByRole("button", { name: ask }).click();
      await page.getByText(consequence).waitFor();
      await page.getByRole("button", { name: confirm }).click();
      await page.getByText(refunded, { exact: true }).waitFor();
      expect(await page.getByRole("button", { name: ask }).count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(await violations(app.database)).toEqual({});
      await context.close();
    },
  );

  it("offers the plan's own currency where it has no price in the one asked for", SLOW, async () => {
    const { context, page, complaints } = await visit("en");
    const email = "francs@example.com";
    await page.goto(`${app.url}/esim/spain`);
    await page.getByRole("link", { name: NAMES.en.buy, exact: true }).first().click();
    await page.waitForURL(/\/checkout\//);
    await page.goto(`${page.url().split("?")[0]}?currency=CHF`);
    await signIn({ page, language: "en", storeUrl: app.url, look: async () => {} }, email);
    await page.getByText("has no price in CHF").waitFor();
    expect(await page.getByRole("button", { name: NAMES.en.pay, exact: true }).count()).toBe(0);
    const ordersOf = (): Promise<unknown> =>
      app.database.query(
        "select o.currency from orders o join users u on u.id = o.user_id where u.email = $1",
        [email],
      );
    expect(await ordersOf()).toEqual([]);

    await page.getByRole("link", { name: "Pay in" }).click();
    await page.getByRole("button", { name: NAMES.en.pay, exact: true }).waitFor();
    expect(await ordersOf()).toEqual([{ currency: "USD" }]);
    expect(complaints.filter((line) => !/status of 422/.test(line))).toEqual([]);
    await context.close();
  });

  it(
    "finds a country by its name in either language, by what else it is called, and by its code",
    SLOW,
    async () => {
      const { context, page, complaints } = await visit("en");
      await page.goto(`${app.url}/`);
      for (const typed of ["spain", "España", "es", "Canary"]) {
        await page.getByPlaceholder("Where are you going?").fill(typed);
        const found = page.getByRole("link", { name: "Spain", exact: true });
        await found.waitFor();
        // Above the keyboard of a phone, which covers a third of it.
        expect((await found.boundingBox())?.y).toBeLessThan((PHONE.height * 2) / 3);
      }
      await page.getByPlaceholder("Where are you going?").fill("atlantis");
      await page.getByText("We have no plans there yet.").waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

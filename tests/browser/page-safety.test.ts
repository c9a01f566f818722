import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buy, leave, openPage, PHONE, signIn } from "../../scripts/browser-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";

const SLOW = { timeout: 240_000 };
const PAYLOAD = `</script><script>hasRun=1</script><img src=x onerror=hasRun=1>"'&\u2028`;
const MARKDOWN = `# Help\n\n${PAYLOAD}\n\n[a](javascript:hasRun=1) ![b](https://evil.example/b.png) <a href="javascript:hasRun=1">c</a>\n`;

/** Puts what is not the shop's into the page, as somebody would who has found a hole in it. */
const PLANT = `for (const tag of ["script", "img", "iframe"]) {
    const one = document.createElement(tag); one.src = "https://evil.example/x"; document.body.append(one); }
  const link = document.createElement("link"); link.rel = "stylesheet"; link.href = "https://evil.example/x.css";
  const style = document.createElement("style"); style.textContent = "b{}"; document.head.append(link, style);
  const run = document.createElement("script"); run.textContent = "hasRun = 1"; document.body.append(run);`;
const PLANTED = 6;

describeInBrowser("every page in a real browser", () => {
  let app: TestApp;
  let browser: Browser;
  const texts = mkdtempSync(path.join(tmpdir(), "tribi-texts-"));
  beforeAll(async () => {
    mkdirSync(path.join(texts, "en"));
    writeFileSync(path.join(texts, "en", "help.md"), MARKDOWN);
    app = await startTestApp({
      SHOP_TEXTS_FOLDER: texts,
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    });
    await seedCatalog(app.database);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
    rmSync(texts, { recursive: true });
  });

  const visit = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: PHONE, isMobile: true, locale: "en", ...options });
    const page = await openPage(context);
    page.setDefaultTimeout(60_000);
    return page;
  };
  const walkOf = (page: Page) =>
    ({ page, language: "en", storeUrl: app.url, look: async () => undefined }) as const;
  const ordersOf = (email: string) =>
    app.database.query<{ id: number; status: string }>(
      "select o.id, o.status from orders o join users u on u.id = o.user_id where u.email = $1 order by o.id",
      [email],
    );

  it("refuses a foreign script, style, frame and image", SLOW, async () => {
    const page = await visit();
    const email = "policy@example.com";
    await buy(walkOf(page), email);
    const esim = new URL(page.url()).pathname;
    await leave(walkOf(page));
    const [paid, open] = await ordersOf(email);
    const [bought] = await app.database.query<{ plan_id: number; intent_id: string }>(
      "select o.plan_id, p.intent_id from orders o join payments p on p.order_id = o.id where o.id = $1",
      [open?.id],
    );
    const asked: string[] = [];
    const refused: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    page.on("response", (answer) => {
      if (answer.url().includes("evil.example")) asked.push(answer.url());
    });
    const paths = [
      ...["/", "/trip", "/esim/spain", "/esim/nowhere", "/help", "/legal/terms", "/legal/refunds"],
      ...["/legal/privacy", "/es", "/es/trip", "/es/esim/europe", "/es/help", "/es/account"],
      ...["/account", esim, `/account/orders/${paid?.id}`, `/checkout/${bought?.plan_id}`],
      ...[`/checkout/${open?.id}/return`, `/dev/pay/${bought?.intent_id}`],
    ];
    for (const one of paths) {
      await page.goto(`${app.url}${one}`);
      await page.getByRole("heading").first().waitFor();
      refused.length = 0;
      await page.evaluate(PLANT);
      await eventually(() => refused.length >= PLANTED, {
        what: `refusals at ${one}`,
        timeoutMillis: 20_000,
      });
      expect(await page.evaluate("window.hasRun"), one).toBeUndefined();
    }
    expect(asked).toEqual([]);
    await page.context().close();
  });

  it("shows texts of plans, carriers, places and operators, and runs none of them", SLOW, async () => {
    const { query } = app.database;
    const before = await query<{ id: number; name: string }>("select id, name from carriers");
    await query("update plans set description = $1, name = $1", [PAYLOAD]);
    await query("update carriers set name = $1 || id", [PAYLOAD]);
    const page = await visit();
    const look = async (): Promise<void> => {
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect(await page.evaluate("window.hasRun"), page.url()).toBeUndefined();
      expect(await page.locator("img[src=x], [onerror], a[href^='javascript:']").count(), page.url()).toBe(0);
    };
    await page.goto(`${app.url}/help`);
    await page.getByText("onerror=hasRun=1").first().waitFor();
    await look();
    await buy({ ...walkOf(page), look }, "payload@example.com");
    await page.goto(`${app.url}/esim/spain?currency=EUR`);
    await page.getByText("onerror=hasRun=1").first().waitFor();
    await look();
    for (const one of ["/account", "/trip?country=ES&days=7&gb=1", "/dev/inbox"]) {
      await page.goto(`${app.url}${one}`);
      await page.getByRole("heading").nth(1).waitFor();
      await look();
    }
    for (const { id, name } of before) await query("update carriers set name = $2 where id = $1", [id, name]);
    await query("update plans set description = '', name = 'Plan'");
    await page.context().close();
  });

  it("opens for a browser that sends 10 kB of languages", SLOW, async () => {
    const languages = `es-ES,${"xx-YY;q=0.1,".repeat(850)}en;q=0.1`;
    expect(languages.length).toBeGreaterThan(10_000);
    const page = await visit();
    await page.route("**/*", (route) =>
      route.continue({ headers: { ...route.request().headers(), "accept-language": languages } }),
    );
    await page.goto(app.url);
    await page.waitForURL(`${app.url}/es`);
    await page.getByRole("link", { name: "España", exact: true }).click();
    await page.getByRole("heading", { name: "eSIM para España" }).waitFor();
    await page.context().close();
  });

  it.each([
    ["three days ahead", 3],
    ["three days behind", -3],
  ])("sells to a phone whose clock is %s", SLOW, async (_words, days) => {
    const page = await visit();
    await page.clock.setSystemTime(Date.now() + days * 24 * 3_600_000);
    const email = `clock${days}@example.com`;
    await page.goto(`${app.url}/esim/spain`);
    await page.getByRole("link", { name: "Buy", exact: true }).first().click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send code" }).click();
    // The code of this mail is found by the shop's clock.
    await page.getByRole("button", { name: "Fill in" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("img", { name: "QR code" }).waitFor();
    expect((await ordersOf(email)).map(({ status }) => status)).toEqual(["paid"]);
    await page.context().close();
  });

  it("keeps two persons of one browser apart, in a tab that was left open too", SLOW, async () => {
    const page = await visit();
    await page.goto(`${app.url}/esim/spain`);
    await page.getByRole("link", { name: "Buy", exact: true }).first().click();
    await signIn(walkOf(page), "first@example.com");
    await page.getByRole("button", { name: "Pay", exact: true }).waitFor();
    const checkout = page.url();
    const other = await openPage(page.context());
    await other.goto(`${app.url}/account`);
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByLabel("E-mail").waitFor();
    await other.goto(checkout);
    await signIn(walkOf(other), "second@example.com");
    await other.getByRole("button", { name: "Pay", exact: true }).waitFor();
    const [theirs] = await ordersOf("first@example.com");
    // In the tab of the first person the second one is signed in now: nothing of the first one's is paid.
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByText("Signed in as second@example.com").waitFor();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("img", { name: "QR code" }).waitFor();
    await other.goto(`${app.url}/checkout/${theirs?.id}/return`);
    await other.getByRole("heading", { name: "This order belongs to another address" }).waitFor();
    expect((await ordersOf("first@example.com")).map(({ status }) => status)).toEqual(["created"]);
    expect((await ordersOf("second@example.com")).map(({ status }) => status)).toEqual(["paid"]);
    expect(await violations(app.database)).toEqual({});
    await page.context().close();
  });

  it.each([
    ["en", "/esim/atlantis", "This page does not exist", "To all destinations", /\/$/],
    ["es", "/es/checkout/987654321", "Esta página no existe", "A todos los destinos", /\/es$/],
  ])("says that there is no such destination or plan, and leads on: %s", SLOW, async (locale, ...words) => {
    const [address, title, way, home] = words;
    const page = await visit({ locale });
    expect((await page.goto(`${app.url}${address}`))?.status()).toBe(404);
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByRole("link", { name: way }).click();
    await page.waitForURL(home);
    await page.context().close();
  });
});

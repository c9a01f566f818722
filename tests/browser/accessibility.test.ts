import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buy,
  DESKTOP,
  leave,
  lookAround,
  lookAtAccount,
  openPage,
  PHONE,
  topUp,
} from "../../scripts/browser-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { seedCatalog } from "../support/catalog.js";
import { describeInBrowser } from "../support/describe-in-browser.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SLOW = { timeout: 400_000 };

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Every page and every step of a purchase, by axe-core, and the whole purchase by keyboard alone. */
describeInBrowser("the pages for everybody", () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startTestApp({
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

  /** The page's policy lets nothing in that is not ours, so it is put into the page from outside of it. */
  const findingsOf = async (page: Page): Promise<string[]> => {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<{ violations: Finding[] }>(
      "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    );
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
    );
  };

  // Each page as two devices show it: together every language in light and dark, on a phone and on a desk.
  it.each([
    ["en", "light", "dark"],
    ["es", "dark", "light"],
  ] as const)("axe finds nothing: %s, %s on a phone, %s on a desk", SLOW, async (language, phone, desk) => {
    const context = await browser.newContext({ viewport: PHONE, colorScheme: phone, locale: language });
    const page = await openPage(context);
    page.setDefaultTimeout(60_000);
    const found: Record<string, string[]> = {};
    const note = async (name: string): Promise<void> => {
      const findings = await findingsOf(page);
      if (findings.length > 0) found[name] = findings;
    };
    const show = async (colorScheme: "light" | "dark", size: typeof PHONE): Promise<void> => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
    };
    const look = async (name: string): Promise<void> => {
      await note(`${name} on a phone`);
      await show(desk, DESKTOP);
      await note(`${name} on a desk`);
      await show(phone, PHONE);
    };
    const walk = { page, language, storeUrl: app.url, look };
    await buy(walk, `axe-${language}@example.com`);
    await topUp(walk);
    await leave(walk);
    await lookAtAccount(walk);
    await lookAround(walk);
    expect(found).toEqual({});
    await context.close();
  });

  it(
    "a trip: chosen, found, and kept in another language and currency; axe finds nothing",
    SLOW,
    async () => {
      const context = await browser.newContext({ viewport: PHONE, locale: "en" });
      const page = await openPage(context);
      await page.goto(`${app.url}/trip`);
      expect(await findingsOf(page)).toEqual([]);
      for (const name of ["Spain", "Morocco"])
        await page.getByRole("checkbox", { name, exact: true }).check();
      await page.getByRole("spinbutton", { name: /days/i }).fill("12");
      await page.getByRole("button", { name: "Find", exact: false }).click();
      await page.locator(".trip-option h2").first().waitFor();
      expect(await findingsOf(page)).toEqual([]);
      const asked = async (): Promise<string> => {
        await page.locator(".trip-option h2").first().waitFor();
        return new URL(page.url()).searchParams
          .toString()
          .replace(/&?currency=\w*/, "")
          .replace(/^&/, "");
      };
      const query = await asked();
      expect(query).toMatch(/^country=\w\w&country=\w\w&days=12&gb=5$/);
      await page.locator("[data-language=es]").click();
      await page.waitForURL(/\/es\/trip/);
      expect(await asked()).toBe(query);
      await page.getByRole("combobox").selectOption("EUR");
      await page.waitForURL(/currency=EUR/);
      expect(await asked()).toBe(query);
      expect(await findingsOf(page)).toEqual([]);
      await context.close();
    },
  );

  it("a purchase by keyboard alone", SLOW, async () => {
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en" });
    const page = await openPage(context);
    page.setDefaultTimeout(60_000);
    /** Goes on with Tab until the element of that name has the focus, which must be seen. */
    const focus = async (role: string, name: string): Promise<void> => {
      for (let steps = 0; steps < 250; steps += 1) {
        await page.keyboard.press("Tab");
        const isThere = await page.evaluate(
          `(() => { const one = document.activeElement; const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText ?? one.innerText;
            return label?.trim() === ${JSON.stringify(name)} && getComputedStyle(one).outlineStyle !== 'none'; })()`,
        );
        if (isThere) return;
      }
      throw new Error(`No ${role} called ${name} is reached by Tab`);
    };
    await page.goto(`${app.url}/esim/spain`);
    await focus("link", "Buy");
    await page.keyboard.press("Enter");
    await page.getByLabel("E-mail").waitFor();
    await focus("textbox", "E-mail");
    await page.keyboard.type("keyboard@example.com");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Fill in" }).waitFor();
    await focus("button", "Fill in");
    await page.keyboard.press("Enter");
    await focus("button", "Sign in");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Pay", exact: true }).waitFor();
    await focus("button", "Pay");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dev\/pay\//);
    await focus("button", "Pay");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your eSIM is ready" }).waitFor();
    await focus("button", "Keep offline");
    await context.close();
  });
});

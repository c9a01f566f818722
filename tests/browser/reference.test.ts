import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";

describeInBrowser("the API reference", () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startTestApp({}, { worker: false });
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  it("draws itself, asks no other host and runs nothing but its program", {
    timeout: 240_000,
  }, async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== app.url) foreign.push(request.url());
    });
    await page.goto(`${app.url}/docs`);
    // Drawn, so that whatever it would load has been asked for.
    await page.getByRole("heading", { name: "Countries by name" }).first().waitFor();
    expect(foreign).toEqual([]);
    // It sets a few styles inline, which its policy refuses; the style that it needs is there: a refused one has no sheet.
    const refused = complaints.filter((text) => /refused to|content security policy/i.test(text));
    expect(refused.filter((text) => !text.startsWith("Applying inline style"))).toEqual([]);
    expect(await page.evaluate("document.getElementById('scalar-style').sheet !== null")).toBe(true);
  });
});

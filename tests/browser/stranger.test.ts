import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const SLOW = { timeout: 240_000 };

/** The names that scripts may rely on, and what the Spanish pages call the same. */
const WORDS = {
  en: {
    home: "",
    country: "Italy",
    buy: "Buy",
    email: "E-mail",
    send: "Send code",
    code: "Code",
    signIn: "Sign in",
    pay: "Pay",
    decline: "Decline",
    leave: "Leave",
    ready: "Your eSIM is ready",
    qr: "QR code",
    keep: "Keep offline",
    topUp: "Top up",
    esims: "My eSIMs",
    orders: "Orders",
    out: "Sign out",
  },
  es: {
    home: "/es",
    country: "Italia",
    buy: "Comprar",
    email: "Correo electrónico",
    send: "Enviar código",
    code: "Código",
    signIn: "Entrar",
    pay: "Pagar",
    decline: "Rechazar",
    leave: "Salir",
    ready: "Tu eSIM está lista",
    qr: "Código QR",
    keep: "Guardar sin conexión",
    topUp: "Recargar",
    esims: "Mis eSIM",
    orders: "Pedidos",
    out: "Cerrar sesión",
  },
} as const;

/** Somebody who has only the terminal and the pages: an empty home, no service, the built program. */
describeInBrowser("a stranger at a shop that was just started", () => {
  let shop: ServerProcess;
  let store: string;
  let browser: Browser;
  beforeAll(async () => {
    const environment = { ENVIRONMENT: "development", DATA_DIR: temporaryFolder("stranger"), LOG_FORMAT: "" };
    shop = await startProcess(["serve"], environment, { cwd: temporaryFolder("nowhere") });
    store = /The store\s+(http:\S+?)\/?\s/.exec(shop.output())?.[1] ?? "";
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    shop.kill("SIGTERM");
    await shop.ended;
  });

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  it("is told where the store is, that the page shows the code, and how to see it done", () => {
    expect(store).toMatch(/^http:\/\/localhost:\d+$/);
    expect(shop.output()).toContain("the page shows the mailed code");
    expect(shop.output()).toContain("npm run demo");
  });

  it.each(["en", "es"] as const)(
    "buys, keeps, tops up and signs out on a phone: %s",
    SLOW,
    async (language) => {
      const words = WORDS[language];
      const phone = {
        viewport: { width: 390, height: 844 },
        isMobile: true,
        hasTouch: true,
        locale: language,
      };
      const context = await browser.newContext(phone);
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(`${store}${words.home}`);
      await page.getByRole("link", { name: words.country, exact: true }).click();
      const buys = page.getByRole("link", { name: words.buy, exact: true });
      await buys.first().waitFor();
      expect(await buys.count()).toBe(await page.getByRole("heading", { level: 3 }).count());
      await buys.first().click();
      await page.getByLabel(words.email).fill(`stranger-${language}@example.com`);
      await button(page, words.send).click();
      // The code stands beside the field, and nobody opens a mailbox.
      const said =
        (await page
          .locator("form")
          .filter({ has: page.getByLabel(words.code) })
          .getByText(/\d{6}/)
          .innerText()) ?? "";
      await page.getByLabel(words.code).fill(/\d{6,8}/.exec(said)?.[0] ?? "");
      await button(page, words.signIn).click();
      await button(page, words.pay).click();
      await page.waitForURL(/\/dev\/pay\//);
      for (const name of [words.decline, words.leave]) await button(page, name).waitFor();
      await button(page, words.pay).click();
      await page.getByRole("heading", { name: words.ready }).waitFor();
      await page.getByRole("img", { name: words.qr }).waitFor();
      await button(page, words.keep).click();
      await button(page, words.keep).waitFor({ state: "detached" });
      await page.getByRole("link", { name: words.topUp, exact: true }).first().click();
      await button(page, words.pay).click();
      await page.waitForURL(/\/dev\/pay\//);
      await button(page, words.pay).click();
      await page.getByRole("img", { name: words.qr }).waitFor();
      await page.goto(`${store}${words.home}/account`);
      for (const name of [words.esims, words.orders])
        await page.getByRole("heading", { name, exact: true }).waitFor();
      await button(page, words.out).click();
      await page.getByLabel(words.email).waitFor();
      await context.close();
    },
  );

  it.runIf(process.platform === "linux")("holds at most 200 MB at rest", () => {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${shop.pid}/status`, "utf8"))?.[1];
    expect(Number(kilobytes) / 1024).toBeLessThan(200);
  });
});

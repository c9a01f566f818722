import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DESKTOP, openPage, PHONE } from "../../scripts/browser-walk.js";
import { CONSOLE_NAMES, consoleSettled, signInToConsole } from "../../scripts/console-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { codeOf, forgetCodes, wrongCodeOf } from "../support/second-factor.js";
import { makeShopper, type Shopper } from "../support/shop.js";

/**
 * A dialog that is still fading in has less contrast, and it begins to only some frames after it is there; what spins
 * without end is not waited for.
 */
const STANDS_STILL = `(async () => {
  for (let frames = 0; frames < 6; frames += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const moving = document.getAnimations().filter(({ effect, playState }) =>
      playState === "running" && Number.isFinite(effect.getComputedTiming().endTime));
    if (moving.length > 0) frames = 0;
    await Promise.all(moving.map(({ finished }) => finished.catch(() => null)));
  }
})()`;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OWNER = "owner@example.com";
const SLOW = { timeout: 240_000 };
const WORDS = {
  en: {
    title: "Second factor",
    code: "Code of your app",
    go: "Continue",
    kept: "I have kept them",
    wrong: /wrong or was used before/,
  },
  es: {
    title: "Segundo factor",
    code: "Código de tu app",
    go: "Continuar",
    kept: "Los he guardado",
    wrong: /incorrecto o ya se usó/,
  },
} as const;
type Words = keyof typeof WORDS;

/** A shop that asks its team for a second factor, in a real browser. */
describeInBrowser("the second factor at the console", () => {
  let app: TestApp;
  let browser: Browser;
  let shopper: Shopper;
  let page: Page;
  let secret = "";

  beforeAll(async () => {
    app = await startTestApp({
      ADMIN_EMAILS: OWNER,
      OPERATOR_SECOND_FACTOR: "required",
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    });
    shopper = await makeShopper(app, "ada.lovelace@example.com");
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });
  beforeEach(() => forgetCodes(app.database));

  const query = <Row>(sql: string, values: unknown[] = []) => app.database.query<Row>(sql, values);
  /** At the gate, after the mailed code. */
  const visit = async (viewport: typeof DESKTOP, locale: Words): Promise<Page> => {
    const context = await browser.newContext({ viewport, locale, isMobile: viewport === PHONE });
    const opened = await openPage(context);
    opened.setDefaultTimeout(60_000);
    await opened.goto(`${app.url}/console`);
    await signInToConsole({ page: opened, language: locale, storeUrl: app.url }, OWNER);
    await opened.getByRole("heading", { name: WORDS[locale].title, level: 1 }).waitFor();
    return opened;
  };
  const isHome = (opened: Page, locale: Words) =>
    opened.getByRole("heading", { name: CONSOLE_NAMES[locale].home, level: 1 }).waitFor();
  const show = async (opened: Page, locale: Words, code: string): Promise<void> => {
    await opened.getByLabel(WORDS[locale].code).fill(code);
    await opened.getByRole("button", { name: WORDS[locale].go }).click();
  };
  const findingsOf = async (opened: Page): Promise<unknown> => {
    await opened.evaluate(STANDS_STILL);
    await opened.evaluate(AXE);
    return opened.evaluate(
      "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
    );
  };
  /** For eyes: SHOTS names a folder. */
  const look = async (opened: Page, name: string): Promise<void> => {
    const folder = process.env.SHOTS;
    if (folder !== undefined)
      await opened.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  };
  const paidOrder = async (): Promise<{ id: number; reference: string }> => {
    const order = await shopper.order();
    const { body } = await shopper.create(order.id);
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
    return eventually(async () => {
      const [row] = await query<{ reference: string; state: string }>(
        "select o.reference, e.status as state from orders o join esim_profiles e on e.order_id = o.id where o.id = $1",
        [order.id],
      );
      return row?.state === "ready" && { id: order.id, reference: row.reference };
    });
  };
  const refundsOf = (orderId: number) =>
    query("select amount_minor::int as amount, reason from refunds where order_id = $1", [orderId]);
  /** As if the minutes had passed; the process remembers for some seconds what it knew. */
  const later = async (set: string, code: string): Promise<void> => {
    await query(`update operator_sessions set ${set} where factor_at is not null`);
    await eventually(async () => {
      const answer = await page.request.get(`${app.url}/admin/audit-log/export`);
      return !answer.ok() && (await answer.text()).includes(code);
    });
  };
  const fillRefund = async (orderId: number, reason: string, amount: string) => {
    await page.goto(`${app.url}/console/orders/${orderId}`);
    await consoleSettled(page);
    await page.getByRole("button", { name: "Refund" }).click();
    const dialog = page.getByRole("dialog", { name: /^Refund/ });
    await dialog.getByLabel(/^Reason/).fill(reason);
    await dialog.getByLabel("Amount in USD").fill(amount);
    await dialog.getByText(`${amount} USD`).first().waitFor();
    return dialog;
  };

  it.each([
    [DESKTOP, "en"],
    [PHONE, "es"],
    [PHONE, "en"],
    [DESKTOP, "es"],
  ] as const)(
    "is set up at the first sign-in, %o in %s, and nothing opens before",
    SLOW,
    async (viewport, locale) => {
      await query("delete from operator_factors");
      const size = viewport === PHONE ? "phone" : "desktop";
      const opened = await visit(viewport, locale);
      expect(await opened.getByRole("navigation").count()).toBe(0);
      await opened.locator("svg.qr").waitFor();
      secret = ((await opened.locator(".secret").textContent()) ?? "").replace(/\s/g, "");
      expect(await findingsOf(opened)).toEqual([]);
      await look(opened, `set-up-${size}-${locale}`);
      await show(opened, locale, wrongCodeOf(secret));
      await opened.getByText(WORDS[locale].wrong).waitFor();
      await show(opened, locale, codeOf(secret));
      await opened.getByRole("button", { name: WORDS[locale].kept }).waitFor();
      expect(await opened.locator(".recovery-codes code").count()).toBe(10);
      expect(await findingsOf(opened)).toEqual([]);
      await look(opened, `recovery-${size}-${locale}`);
      await opened.getByRole("button", { name: WORDS[locale].kept }).click();
      await isHome(opened, locale);
      if (locale === "en" && viewport === PHONE) return;
      await opened.context().close();
    },
  );

  it.each([
    [PHONE, "es"],
    [DESKTOP, "en"],
  ] as const)(
    "is shown at each sign-in, %o in %s; a wrong code opens nothing",
    SLOW,
    async (viewport, locale) => {
      const opened = await visit(viewport, locale);
      expect(await findingsOf(opened)).toEqual([]);
      await look(opened, `show-${viewport === PHONE ? "phone" : "desktop"}-${locale}`);
      await show(opened, locale, wrongCodeOf(secret));
      await opened.getByText(WORDS[locale].wrong).waitFor();
      expect((await opened.request.get(`${app.url}/admin/orders`)).status()).toBe(403);
      await show(opened, locale, codeOf(secret));
      await isHome(opened, locale);
      page = opened;
      if (viewport !== PHONE) return;
      await opened.goto(`${app.url}/console/orders`);
      await consoleSettled(opened);
      await later("fresh_until = now()", "step_up_required");
      await opened.getByRole("link", { name: "Descargar como CSV" }).click();
      await opened.getByRole("dialog", { name: "Muestra otra vez tu segundo factor" }).waitFor();
      expect(await findingsOf(opened)).toEqual([]);
      await look(opened, "step-up-phone-es");
      await opened.goto(`${app.url}/console/access/sessions`);
      await consoleSettled(opened);
      expect(await findingsOf(opened)).toEqual([]);
      await look(opened, "sessions-phone-es");
    },
  );

  it("is asked again over a refund: the form stays, the refund goes on, and is made once", SLOW, async () => {
    const { id } = await paidOrder();
    const dialog = await fillRefund(id, "slow network", "1.00");
    await later("fresh_until = now()", "step_up_required");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    const question = page.getByRole("dialog", { name: "Show your second factor again" });
    await question.waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await look(page, "step-up-desktop-en");
    // Thought better of it: nothing is done, and nothing of the form is lost.
    await question.getByRole("button", { name: "Cancel" }).click();
    await dialog.getByText("nothing was done").waitFor();
    expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe("slow network");
    expect(await refundsOf(id)).toEqual([]);
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await question.waitFor();
    await show(page, "en", codeOf(secret));
    await page.getByText(/\$1\.00 of order/).waitFor();
    expect(await refundsOf(id)).toEqual([{ amount: 100, reason: "slow network" }]);
  });

  it("is asked again before people's data are taken along as a file", SLOW, async () => {
    await page.goto(`${app.url}/console/orders`);
    await consoleSettled(page);
    await later("fresh_until = now()", "step_up_required");
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as CSV" }).click();
    await show(page, "en", codeOf(secret));
    expect((await coming).suggestedFilename()).toBe("orders.csv");
  });

  it(
    "a session over in the middle of a form: signed in over the page with both factors, nothing lost",
    SLOW,
    async () => {
      const { id } = await paidOrder();
      const dialog = await fillRefund(id, "half written", "0.50");
      await later("idle_until = now()", "operator_session_over");
      await dialog.getByRole("button", { name: "Confirm" }).click();
      await page.getByText("Your session has ended.").waitFor();
      await signInToConsole({ page, language: "en", storeUrl: app.url }, OWNER);
      await page.getByRole("dialog", { name: "Second factor" }).waitFor();
      expect(await findingsOf(page)).toEqual([]);
      await look(page, "over-desktop-en");
      await show(page, "en", codeOf(secret));
      await page.getByRole("dialog", { name: "Second factor" }).waitFor({ state: "detached" });
      expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe("half written");
      expect(await refundsOf(id)).toEqual([]);
      await dialog.getByRole("button", { name: "Confirm" }).click();
      await page.getByText(/\$0\.50 of order/).waitFor();
      expect(await refundsOf(id)).toEqual([{ amount: 50, reason: "half written" }]);
    },
  );

  it(
    "one's own page says what there is, sets up a new one, and the team's page resets another's",
    SLOW,
    async () => {
      await query(
        `with person as (insert into users (email) values ('lost@example.com') returning id),
         joined as (insert into team_members (user_id, role, created_by) select id, 'support', 'test' from person)
       insert into operator_factors (user_id, sealed_secret, last_step, language) select id, '\\x00', 1, 'es' from person`,
      );
      await page.getByRole("button", { name: OWNER }).click();
      await look(page, "menu-desktop-en");
      await page.getByRole("menuitem", { name: "Second factor" }).click();
      await page.getByText("10 recovery codes are left.").waitFor();
      await page.getByRole("button", { name: "Set up a new one in its place" }).click();
      const fresh = ((await page.locator(".secret").textContent()) ?? "").replace(/\s/g, "");
      expect(fresh).not.toBe(secret);
      expect(await findingsOf(page)).toEqual([]);
      await look(page, "replace-desktop-en");
      await show(page, "en", codeOf(fresh));
      await page.getByRole("button", { name: "I have kept them" }).click();
      secret = fresh;
      await page.goto(`${app.url}/console/access/sessions`);
      await consoleSettled(page);
      expect(await findingsOf(page)).toEqual([]);
      await look(page, "sessions-desktop-en");
      await page.goto(`${app.url}/console/access`);
      await consoleSettled(page);
      await look(page, "team-desktop-en");
      const row = page.getByRole("row", { name: /lost@example\.com/ });
      await row.getByRole("button", { name: "Reset second factor" }).click();
      const dialog = page.getByRole("dialog", { name: /lost@example\.com/ });
      await dialog.getByLabel(/^Reason/).fill("lost the phone");
      await look(page, "reset-desktop-en");
      await dialog.getByRole("button", { name: "Confirm" }).click();
      await page.getByText("The second factor of lost@example.com is gone.").waitFor();
      expect(
        await query(
          "select from operator_factors f join users u on u.id = f.user_id where email like 'lost%'",
        ),
      ).toEqual([]);
    },
  );
});

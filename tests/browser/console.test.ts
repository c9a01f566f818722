import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DESKTOP, openPage, PHONE } from "../../scripts/browser-walk.js";
import {
  CONSOLE_NAMES,
  CONSOLE_SCREENS,
  consoleSettled,
  signInToConsole,
} from "../../scripts/console-walk.js";
import { startTestApp, type TestApp } from "../support/app.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { violations } from "../support/invariants.js";
import { logIn, mailsTo } from "../support/login.js";
import { makeShopper, type Shopper } from "../support/shop.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OWNER = "owner@example.com";
const OTHER_OWNER = "grace@example.com";
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
      ADMIN_EMAILS: `${OWNER},${OTHER_OWNER}`,
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
    });
    shopper = await makeShopper(app, "ada.lovelace@example.com");
    await app.database.query(
      `insert into supplier_hours select 'local', date_trunc('hour', now() - make_interval(hours => h), 'UTC'), 10 + h, h, 400, 1200, 90 - h, 'EUR'
       from generate_series(0, 5) h`,
    );
    browser = await openBrowser();
    ({ context, page } = await visit({ viewport: DESKTOP, locale: "en" }));
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  /** A browser of its own, signed in at the gate. */
  const visit = async (options: {
    viewport: typeof DESKTOP;
    locale: "en" | "es";
    colorScheme?: "dark";
  }): Promise<{ context: BrowserContext; page: Page }> => {
    const opened = await browser.newContext({ ...options, isMobile: options.viewport === PHONE });
    const first = await openPage(opened);
    first.setDefaultTimeout(60_000);
    first.on("console", (message) => {
      // That nobody is signed in, or that something was refused, the browser reports as a failed load.
      if (message.type() !== "log" && !/status of 4(01|09)/.test(message.text()))
        complaints.push(`${first.url()} ${message.text()}`);
    });
    first.on("pageerror", (error) => complaints.push(`${first.url()} ${error.message}`));
    await first.goto(`${app.url}/console`);
    await signInToConsole({ page: first, language: options.locale, storeUrl: app.url }, OWNER);
    await first.getByRole("heading", { name: CONSOLE_NAMES[options.locale].home, level: 1 }).waitFor();
    return { context: opened, page: first };
  };
  const open = async (address: string): Promise<void> => {
    await page.goto(`${app.url}/console${address}`);
    await consoleSettled(page);
  };

  /** Paid; with a reason its eSIM was parked before anything was bought. */
  const paidOrder = async (
    parkedReason?: string,
  ): Promise<{ id: number; esimId: number; reference: string }> => {
    const order = await shopper.order();
    if (parkedReason !== undefined)
      await app.database.query(
        "update esim_profiles set parked_at = now(), parked_reason = $2 where order_id = $1",
        [order.id, parkedReason],
      );
    const { body } = await shopper.create(order.id);
    await app.request("POST", "/payments/webhook/mock", { body: { intent_id: body.intent_id } });
    return eventually(async () => {
      const [row] = await app.database.query<{
        reference: string;
        status: string;
        state: string;
        esim: number;
      }>(
        `select o.reference, o.status, e.status as state, e.id as esim
         from orders o join esim_profiles e on e.order_id = o.id where o.id = $1`,
        [order.id],
      );
      const isThere = parkedReason === undefined ? row?.state === "ready" : row?.status === "paid";
      return row !== undefined && isThere && { id: order.id, esimId: row.esim, reference: row.reference };
    });
  };
  const refundsOf = (orderId: number) =>
    app.database.query<{ amount_minor: number; status: string; reason: string }>(
      "select amount_minor::int, status, reason from refunds where order_id = $1",
      [orderId],
    );
  const decisionsOf = (esimId: number) =>
    app.database.query<{ action: string }>(
      "select action from audit_log where subject = $1 and action in ('esim.refund', 'esim.ask_again')",
      [`esim:${esimId}`],
    );

  it("a support day: found by a mistyped address, refunded after a preview, mailed again", SLOW, async () => {
    const { id, reference } = await paidOrder();
    await open("");
    for (const name of [
      "Orders",
      "Customers",
      "Parked",
      "Catalogue",
      "Suppliers",
      "Stock",
      "Payments",
      "Access",
      "System",
    ])
      await page.getByRole("link", { name, exact: true }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("ada.lovelcae@example.com");
    await page.getByRole("option", { name: /ada\.lovelace@example\.com/ }).click();
    await page.getByRole("heading", { name: "ada.lovelace@example.com", level: 1 }).waitFor();
    await page.getByRole("link", { name: reference }).click();
    await page.getByRole("heading", { name: reference, level: 1 }).waitFor();

    await page.getByRole("button", { name: "Refund" }).click();
    const dialog = page.getByRole("dialog", { name: new RegExp(reference) });
    await dialog.getByLabel(/^Reason/).fill("slow network");
    await dialog.getByLabel("Amount in USD").fill("1.00");
    await dialog.getByText("1.00 USD").first().waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await refundsOf(id)).toEqual([]);
    await page.getByRole("button", { name: "Refund" }).click();
    expect(await dialog.getByLabel("Amount in USD").inputValue(), "what was typed is kept").toBe("1.00");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText(/\$1\.00 of order/).waitFor();
    expect(await refundsOf(id)).toEqual([
      { amount_minor: 100, status: expect.any(String), reason: "slow network" },
    ]);

    await page.getByRole("button", { name: "Resend" }).click();
    await dialog.getByText("goes to ada.lovelace@example.com again").waitFor();
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The mail to ada.lovelace@example.com is on its way.").waitFor();
    await page.getByText("mail sent again").waitFor();
  });

  it(
    "two parked cases are decided alike, each once, although the shop is away in the middle",
    SLOW,
    async () => {
      const cases = [await paidOrder("answer_unclear"), await paidOrder("answer_unclear")];
      await open("/parked");
      await page.getByRole("button", { name: "Choose all 2 alike" }).first().click();
      await page.getByRole("button", { name: "Decide 2" }).click();
      await page.getByLabel("Ask the supplier again").check();
      await page.getByLabel(/^Reason/).fill("the supplier was away");
      expect(await findingsOf(page)).toEqual([]);
      // The second request is made, and its answer is lost.
      let count = 0;
      await page.route("**/admin/esims/*/decision", async (route) => {
        count += 1;
        if (count !== 2) return route.continue();
        await route.fetch();
        return route.abort();
      });
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.getByText("2 of 2 decided, 0 refused").waitFor();
      await page.unroute("**/admin/esims/*/decision");
      expect(count).toBe(3);
      for (const { esimId } of cases) {
        expect(await decisionsOf(esimId)).toEqual([{ action: "esim.ask_again" }]);
        await eventually(async () => {
          const [esim] = await app.database.query(
            "select 1 from esim_profiles where id = $1 and status = 'ready'",
            [esimId],
          );
          return esim;
        });
      }
      complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes("ERR_FAILED")));
    },
  );

  it("of two operators on one case the second is told that it was decided", SLOW, async () => {
    const { esimId } = await paidOrder("answer_unclear");
    await open("/parked");
    await page.getByRole("button", { name: "Decide", exact: true }).click();
    await page.getByLabel("Give the money back").check();
    await page.getByLabel(/^Reason/).fill("asked for it");
    const { token } = await logIn(app, OTHER_OWNER);
    const first = await app.request("POST", `/admin/esims/${esimId}/decision`, {
      bearer: token,
      body: { decision: "ask_again", reason: "they are back" },
      headers: { "idempotency-key": `grace-${esimId}` },
    });
    expect(first.status).toBe(200);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("0 of 1 decided, 1 refused").waitFor();
    expect(await decisionsOf(esimId)).toEqual([{ action: "esim.ask_again" }]);
    await page.getByRole("button", { name: "Close" }).click();
  });

  it("a session that ends in the middle of a form takes nothing of it", SLOW, async () => {
    const { id, reference } = await paidOrder();
    await open(`/orders/${id}`);
    await page.getByRole("button", { name: "Refund" }).click();
    const dialog = page.getByRole("dialog", { name: new RegExp(reference) });
    await dialog.getByLabel(/^Reason/).fill("half written");
    await dialog.getByLabel("Amount in USD").fill("0.50");
    await dialog.getByText("0.50 USD").first().waitFor();
    await context.clearCookies();
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Your session has ended.").waitFor();
    await signInToConsole({ page, language: "en", storeUrl: app.url }, OWNER);
    expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe("half written");
    expect(await refundsOf(id)).toEqual([]);
    await page.reload();
    await page.getByRole("button", { name: "Refund" }).click();
    expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe("half written");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText(/\$0\.50 of order/).waitFor();
    expect(await refundsOf(id)).toEqual([
      { amount_minor: 50, status: expect.any(String), reason: "half written" },
    ]);
  });

  it("a refused request shows what the shop said and the request's number", SLOW, async () => {
    await open("/orders?from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z");
    const alert = page.getByRole("alert");
    await alert.getByText("The range is empty").waitFor();
    expect(await alert.textContent()).toMatch(/Request [0-9a-f-]{36}/);
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes("422")));
  });

  it("a catalogue day: a file is tried, its refused row is told, and it is imported", SLOW, async () => {
    const { token } = await logIn(app, OTHER_OWNER);
    const { text } = await app.request("GET", "/admin/plans/export", { bearer: token });
    const [header = "", row = ""] = text.split("\n");
    const choose = (content: string): Promise<void> =>
      page
        .locator("input[type=file]")
        .setInputFiles({ name: "plans.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
    await open("/catalogue/import");
    await choose(`${header}\n${row.replace(/,\d+,,/, ",many,,")}\n`);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByText("1 row is refused.").waitFor();
    expect(await page.getByRole("button", { name: /^Import/ }).count()).toBe(0);
    await choose(`${header}\n${row}\n`);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByRole("button", { name: "Import 1 row" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Plans: the file is imported.").waitFor();
    await open("/catalogue");
    const shown = page.getByRole("link", { name: /^View .+ as customers do$/ }).first();
    const [, id] = /^\/checkout\/(\d+)$/.exec((await shown.getAttribute("href")) ?? "") ?? [];
    expect((await app.request("GET", `/plans/${id}`)).status).toBe(200);
  });

  it(
    "a mail is looked at as its reader gets it, in the reader's language, and nothing in it runs",
    SLOW,
    async () => {
      await open("/system/previews?of=esim_ready&language=es");
      const mail = page.frameLocator("iframe[sandbox='']");
      await mail.getByRole("heading", { name: "Tu eSIM para España está lista" }).waitFor();
      expect(
        await mail.getByRole("img").evaluate((image) => (image as { naturalWidth?: number }).naturalWidth),
      ).toBeGreaterThan(100);
      await page.getByLabel("In the language").selectOption("en");
      await mail.getByRole("heading", { name: "Your eSIM for Spain is ready" }).waitFor();
      await page.getByLabel("Mail or page").selectOption("receipt.top_up");
      await page.getByText("It is being added to your eSIM").waitFor();
    },
  );

  it(
    "how a supplier did is a picture with a name that says it, and a table of the same numbers",
    SLOW,
    async () => {
      await open("/suppliers");
      const local = page.getByRole("region", { name: "local" });
      await local
        .getByRole("img", { name: "Balance. Balance: between 85 EUR and 90 EUR, last 90 EUR." })
        .waitFor();
      await local.getByRole("img", { name: /Not delivered: between 0 and 5, last 0\./ }).waitFor();
      await local.getByRole("button", { name: "The numbers of local as a table" }).click();
      await local.getByRole("row", { name: /15 5 400 1200 85/ }).waitFor();
      expect(await local.getByRole("row").count()).toBe(7);
      expect(await findingsOf(page)).toEqual([]);
      await page.getByLabel("Show the last").selectOption("30");
      await local.getByRole("img", { name: /^By the day/ }).waitFor();
    },
  );

  it("a key is shown once, signs a program in, and is revoked", SLOW, async () => {
    await open("/access/keys");
    await page.getByRole("button", { name: "Make a key" }).click();
    const dialog = page.getByRole("dialog", { name: "Make a key" });
    await dialog.getByLabel("Name").fill("bookkeeping");
    await dialog.getByLabel(/^Reason/).fill("monthly export");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    const shown = page.getByRole("dialog", { name: "Shown once" });
    const secret = (await shown.locator("pre").textContent()) ?? "";
    await shown.getByRole("button", { name: "I have kept it" }).click();
    const asProgram = () => app.request("GET", "/admin/orders?page_size=1", { bearer: secret });
    expect((await asProgram()).status).toBe(200);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Revoke" }).click();
    const revocation = page.getByRole("dialog", { name: "Revoke the key bookkeeping" });
    await revocation.getByLabel(/^Reason/).fill("not needed");
    await revocation.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The key bookkeeping is revoked.").waitFor();
    await eventually(async () => (await asProgram()).status === 401);
  });

  /** A browser in which this person is signed in. */
  const visitAs = async (email: string): Promise<Page> => {
    const { cookies } = await logIn(app, email, { verify: { session: "cookie" } });
    const opened = await browser.newContext({ viewport: DESKTOP, locale: "en" });
    const pairs = cookies.split("; ").map((pair) => pair.split("=") as [string, string]);
    await opened.addCookies(pairs.map(([name, value]) => ({ name, value, url: app.url })));
    const first = await openPage(opened);
    first.setDefaultTimeout(60_000);
    return first;
  };
  const linksOf = async (shown: Page): Promise<readonly string[]> =>
    shown.getByRole("navigation", { name: "Sections" }).getByRole("link").allTextContents();

  it("a person is invited by mail, takes it up with that address, and loses it again", SLOW, async () => {
    await open("/access");
    await page.getByRole("button", { name: "Invite" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite somebody to the team" });
    await dialog.getByLabel("E-mail").fill("sam@example.com");
    await dialog.getByLabel(/^Reason/).fill("new colleague");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("The invitation to sam@example.com is on its way.").waitFor();
    const link = await eventually(async () => {
      const mails = await mailsTo(app, "sam@example.com");
      return mails.map(({ text }) => /\/console\/join#\S+/.exec(text)?.[0]).find((one) => one !== undefined);
    });
    const sam = await visitAs("sam@example.com");
    await sam.goto(`${app.url}${link}`);
    await sam.getByRole("button", { name: "Accept the invitation" }).click();
    await sam.getByRole("heading", { name: "Home", level: 1 }).waitFor();
    expect(await linksOf(sam)).toEqual([
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
    ]);
    await page.reload();
    await page
      .getByRole("row", { name: /sam@example\.com/ })
      .getByRole("button", { name: "Remove" })
      .click();
    const removal = page.getByRole("dialog", { name: "Remove sam@example.com from the team" });
    await removal.getByLabel(/^Reason/).fill("left");
    await removal.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("sam@example.com is removed.").waitFor();
    await eventually(async () => {
      await sam.goto(`${app.url}/console/orders`);
      return (await sam.getByRole("heading", { level: 1 }).textContent()) !== "Orders";
    });
    await sam.context().close();
  });

  it.each([
    ["finance", ["Home", "Orders", "Parked", "Catalogue", "Suppliers", "Payments", "System"], "/customers"],
    ["catalogue", ["Home", "Catalogue", "Suppliers", "Stock"], "/orders"],
  ])(
    "%s sees the links that the role may open, and an address that was typed opens nothing",
    SLOW,
    async (role, links, closed) => {
      const { userId } = await logIn(app, `${role}@example.com`);
      await app.database.query(
        "insert into team_members (user_id, role, created_by) values ($1, $2, 'test')",
        [userId, role],
      );
      const shown = await visitAs(`${role}@example.com`);
      await shown.goto(`${app.url}/console${closed}`);
      await shown.getByRole("heading", { name: "Your role may not open this" }).waitFor();
      expect(await linksOf(shown)).toEqual(links);
      await shown.context().close();
    },
  );

  it.each([
    { viewport: DESKTOP, locale: "en" },
    { viewport: PHONE, locale: "es", colorScheme: "dark" },
  ] as const)("every screen opens without complaint, and axe finds nothing: $locale", SLOW, async (look) => {
    await paidOrder();
    const own = look.locale === "en" ? { context, page } : await visit(look);
    const [one] = await app.database.query<{ order: number; esim: number; payment: number; person: number }>(
      `select o.id::int as order, e.id::int as esim, p.id::int as payment, o.user_id::int as person
       from orders o join esim_profiles e on e.order_id = o.id join payments p on p.order_id = o.id limit 1`,
    );
    const things = [
      `/orders/${one?.order}`,
      `/esims/${one?.esim}`,
      `/payments/${one?.payment}`,
      `/customers/${one?.person}`,
    ];
    const found: Record<string, unknown> = {};
    for (const address of [...CONSOLE_SCREENS, ...things]) {
      await own.page.goto(`${app.url}/console${address}`);
      await consoleSettled(own.page);
      const findings = await findingsOf(own.page);
      if (findings.length > 0) found[address] = findings;
    }
    expect(found).toEqual({});
    if (own.context !== context) await own.context.close();
  });

  /** What axe-core finds, a page that is wider than the screen, and a page without its one heading. */
  const findingsOf = async (shown: Page): Promise<readonly string[]> => {
    await shown.evaluate(AXE);
    const { violations: found } = await shown.evaluate<{
      violations: { id: string; nodes: { html: string }[] }[];
    }>(
      "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    );
    const [width, room] = await shown.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    return [
      ...found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`),
      ...(width > room ? [`${width} wide in ${room}`] : []),
      ...((await shown.getByRole("alert").count()) > 0 ? ["an alert"] : []),
      ...((await shown.getByRole("heading", { name: /no such page|No existe/ }).count()) > 0
        ? ["no page"]
        : []),
    ];
  };

  it("nothing was complained about, and the books agree", SLOW, async () => {
    expect(complaints).toEqual([]);
    expect(await violations(app.database)).toEqual({});
  });
});

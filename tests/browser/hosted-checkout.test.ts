import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { freePort } from "../support/processes.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { booksAgree, CARDS, makeTraveller, payButton, type Traveller } from "../support/traveller.js";

const SLOW = { timeout: 240_000 };
const PAID = { status: "paid", esim: "ready", payments: 1, captured: 650 };

/** The payer goes to Stripe's own page and comes back. */
describeInBrowser("a traveller pays on the provider's page", () => {
  let shop: StripeShop;
  let browser: Browser;
  let traveller: Traveller;
  beforeAll(async () => {
    // Stripe sends payers to the shop's own address.
    const port = String(await freePort());
    shop = await startStripeShop({
      PAYMENT_UI: "hosted",
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    });
    browser = await openBrowser();
  }, 240_000);
  afterEach(async () => {
    await traveller?.close();
    await booksAgree(shop);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await shop.stop();
  });

  const arrive = async (): Promise<Traveller> => {
    traveller = await makeTraveller(shop, browser, "es");
    await traveller.page.goto(`${shop.app.url}/checkout/${shop.shopper.planId}`);
    await payButton(traveller.page).waitFor();
    return traveller;
  };
  const expectPaid = async (): Promise<void> => {
    await shop.settled();
    expect((await traveller.orders()).map(({ id: _, ...order }) => order)).toEqual([PAID]);
  };
  const onPage = async (card: string): Promise<void> => {
    await traveller.page.getByLabel("Card number").fill(card);
    await traveller.page.getByRole("button", { name: "Pay" }).dblclick();
  };

  it(
    "goes back unpaid, is declined, pays with two clicks: one order, one charge, and no script of Stripe's",
    SLOW,
    async () => {
      const { page, seesEsim } = await arrive();
      const foreign: string[] = [];
      page.on("request", (request) => {
        const isOwn = new URL(request.url()).origin === shop.app.url;
        if (!isOwn && !request.isNavigationRequest()) foreign.push(request.url());
      });
      await payButton(page).evaluate((button: { click(): void }) => {
        button.click();
        button.click();
      });
      await page.getByRole("link", { name: "Back to the shop" }).click();
      await page.getByRole("heading", { name: "We have not seen a payment yet" }).waitFor();
      await page.getByRole("link", { name: "Back to the payment" }).click();
      await payButton(page).click();
      await onPage(CARDS.declined);
      await page.getByRole("alert").getByText("Your card was declined.").waitFor();
      await onPage(CARDS.paid);
      await seesEsim();
      expect(foreign.filter((url) => !url.endsWith("/favicon.ico"))).toEqual([]);
      expect(shop.stripe.ledger().sessions).toHaveLength(1);
      await expectPaid();
    },
  );

  it(
    "pays and never comes back: the eSIM is in the account, and the checkout says what was bought",
    SLOW,
    async () => {
      const { context, page, seesEsim } = await arrive();
      await payButton(page).click();
      await page.getByRole("link", { name: "Back to the shop" }).waitFor();
      await page.getByLabel("Card number").fill(CARDS.paid);
      // The page's answer is lost: the payer sees nothing of it.
      await context.route("**/browser/checkout/**", async (route) => {
        await route.fetch({ maxRedirects: 0 });
        await route.abort();
      });
      await page.getByRole("button", { name: "Pay" }).click();
      await eventually(async () => (await traveller.orders())[0]?.esim === "ready");
      await page.close();
      const later = await context.newPage();
      await later.goto(`${shop.app.url}/checkout/${shop.shopper.planId}`);
      await later.getByRole("link", { name: "Show what I bought" }).click();
      await seesEsim(later);
      await expectPaid();
    },
  );

  it.each([
    ["says so", false],
    ["says nothing", true],
  ] as const)(
    "the page expires under the payer, and the provider %s: what is true is said, and one charge is made",
    SLOW,
    async (_what, off) => {
      shop.stripe.control.webhooks({ off });
      const { page, seesEsim } = await arrive();
      await payButton(page).click();
      await page.getByRole("link", { name: "Back to the shop" }).waitFor();
      shop.stripe.control.expirePage(shop.stripe.ledger().sessions.at(-1)?.id ?? "");
      await shop.settled();
      await onPage(CARDS.paid);
      await page.getByRole("heading", { name: "This page has expired" }).waitFor();
      await page.getByRole("link", { name: "Back to the shop" }).click();
      await page.getByRole("heading", { name: "The payment did not go through" }).waitFor();
      await page.getByRole("link", { name: "Order again" }).click();
      await page.getByRole("button", { name: "Order again at today’s price" }).click();
      await payButton(page).click();
      await onPage(CARDS.paid);
      await seesEsim();
      await shop.settled();
      const orders = (await traveller.orders()).map(({ status, captured }) => ({ status, captured }));
      expect(orders).toEqual([
        { status: "failed", captured: 0 },
        { status: "paid", captured: 650 },
      ]);
      shop.stripe.control.webhooks({ off: false });
    },
  );
});

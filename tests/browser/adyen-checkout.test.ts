import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type AdyenShop, adyenDisagreements, startAdyenShop } from "../support/adyen-shop.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { makeTraveller, payButton, type Traveller } from "../support/traveller.js";

const SLOW = { timeout: 240_000 };
const PAID = [{ status: "paid", esim: "ready", payments: 1, captured: 650 }];

/** As with Stripe's fields: whole purchases at the size of a phone, after which both sides' books are compared. */
describeInBrowser("a traveller pays by Adyen", () => {
  let shop: AdyenShop;
  let browser: Browser;
  let traveller: Traveller;
  beforeAll(async () => {
    shop = await startAdyenShop({
      PAYMENT_OFFERS: "MOCK,ADYEN",
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_DAY: "999999",
    });
    browser = await openBrowser();
  }, 240_000);
  afterEach(async () => {
    await traveller?.close();
    await shop.settled();
    expect(await adyenDisagreements(shop.app.database.query, shop.adyen.ledger())).toEqual([]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await shop.stop();
  });

  /** The checkout, Adyen chosen there, with Drop-in's field ready. */
  const arrive = async () => {
    traveller = await makeTraveller(shop, browser);
    const { page } = traveller;
    await page.goto(`${shop.app.url}/checkout/${shop.shopper.planId}`);
    await page.getByRole("button", { name: "Pay with Adyen" }).click();
    await payButton(page).waitFor();
    const field = page.getByLabel("Card number");
    await field.waitFor();
    return { page, field };
  };

  it("chooses Adyen, is declined once, pays, and sees the eSIM", SLOW, async () => {
    const { page, field } = await arrive();
    await field.fill("4000 0000 0000 0002");
    await payButton(page).click();
    await page.getByText("Nothing was charged.").waitFor();
    await field.fill("4111 1111 1111 1111");
    await payButton(page).click();
    await traveller.seesEsim();
    await shop.settled();
    expect((await traveller.orders()).map(({ id: _, ...order }) => order)).toEqual(PAID);
  });

  it("comes back to the payment that was begun, whatever is chosen then", SLOW, async () => {
    await arrive();
    const { page } = traveller;
    await page.reload();
    await page.getByRole("button", { name: "Pay with Mock" }).click();
    const field = page.getByLabel("Card number");
    await field.fill("4111 1111 1111 1111");
    await payButton(page).click();
    await traveller.seesEsim();
    await eventually(async () => (await traveller.orders())[0]?.status === "paid");
  });
});

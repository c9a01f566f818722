import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BadProxy, NETWORK_FAULTS, type NetworkFault, startBadProxy } from "../support/bad-proxy.js";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { freePort } from "../support/processes.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import { booksAgree, CARDS, makeTraveller, type Traveller } from "../support/traveller.js";

const SLOW = { timeout: 240_000 };

/** Every call that a purchase on the pages makes. */
const CALLS = [
  "GET /auth/me 1",
  "GET /plans/N 1",
  "POST /orders 1",
  // When the form is made, and before the try.
  "POST /payments/create 1",
  "POST /payments/create 2",
  "PUT /orders/N/consent 1",
  "GET /orders/N 1",
  "GET /esims/N 1",
] as const;
type CallName = (typeof CALLS)[number];

/**
 * The pages in a real browser with a bad network between them and the store: the answer of every call of a purchase is
 * dropped, delayed, cut and doubled in turn. As many travellers at once as there are calls.
 */
describeInBrowser("a traveller with a bad network", () => {
  let shop: StripeShop;
  let browser: Browser;
  const proxies = new Map<CallName, BadProxy>();
  beforeAll(async () => {
    const port = String(await freePort());
    for (const call of CALLS) proxies.set(call, await startBadProxy(`http://127.0.0.1:${port}`));
    const origins = [...proxies.values()].map(({ url }) => url);
    shop = await startStripeShop({
      PORT: port,
      PUBLIC_URL: origins[0] ?? "",
      FRONTEND_ORIGINS: origins.join(","),
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_DAY: "999999",
    });
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    for (const proxy of proxies.values()) await proxy.stop();
    await shop.stop();
  });

  /** Does what the page says until the eSIM is there. */
  async function buy({ page, openCheckout, fillCard, pay, seesEsim }: Traveller): Promise<void> {
    await openCheckout();
    await fillCard(CARDS.paid);
    await pay();
    const again = page.getByRole("button", { name: "Try again" });
    const ready = page.getByRole("heading", { name: "Your eSIM is ready" });
    await again.or(ready).first().waitFor();
    while (await again.isVisible()) {
      await again.click();
      await again.or(ready).first().waitFor();
    }
    await seesEsim();
  }

  async function buyWith(call: CallName, fault: NetworkFault): Promise<void> {
    const proxy = proxies.get(call) as BadProxy;
    const traveller = await makeTraveller(shop, browser, "en", proxy.url);
    proxy.script(call, fault);
    await buy(traveller);
    expect(proxy.requests).toContain(call.replace(/ \d$/, ""));
    await shop.settled();
    const orders = (await traveller.orders()).map(({ id: _, ...order }) => order);
    expect(orders, `${fault} at ${call}`).toEqual([
      { status: "paid", esim: "ready", payments: 1, captured: 650 },
    ]);
    await traveller.close();
  }

  it.each(NETWORK_FAULTS)("one order, one payment, one eSIM: %s at every call", SLOW, async (fault) => {
    const countsOf = () => {
      const { intents, charges } = shop.stripe.ledger();
      return { intents: intents.length, charges: charges.length };
    };
    const before = countsOf();
    await Promise.all(CALLS.map((call) => buyWith(call, fault)));
    expect(countsOf()).toEqual({
      intents: before.intents + CALLS.length,
      charges: before.charges + CALLS.length,
    });
    await booksAgree(shop);
  });
});

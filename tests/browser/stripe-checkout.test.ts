import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { eventually } from "../support/eventually.js";
import { type StripeShop, startStripeShop } from "../support/stripe-shop.js";
import {
  bankFrame,
  booksAgree,
  CARDS,
  cardFrame,
  makeTraveller,
  payButton,
  type Traveller,
} from "../support/traveller.js";

const SLOW = { timeout: 240_000 };
const PAID = [{ status: "paid", esim: "ready", payments: 1, captured: 650 }];

/**
 * Whole purchases in a real browser at the size of a phone, with the provider's own fields in a frame of another origin.
 * After each the provider's ledger and our tables are compared: one charge at most, one eSIM or the money back.
 */
describeInBrowser("a traveller pays by card", () => {
  let shop: StripeShop;
  let browser: Browser;
  let traveller: Traveller;
  beforeAll(async () => {
    shop = await startStripeShop({
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_DAY: "999999",
    });
    browser = await openBrowser();
  }, 240_000);
  afterEach(async () => {
    shop.stripe.control.clearFaults();
    shop.stripe.control.webhooks({ off: false, beforeResponse: false });
    await traveller?.close();
    await booksAgree(shop);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await shop.stop();
  });

  const arrive = async (): Promise<Traveller> => {
    traveller = await makeTraveller(shop, browser);
    return traveller;
  };
  const expectOrders = async (expected: readonly object[]): Promise<void> => {
    await shop.settled();
    expect((await traveller.orders()).map(({ id: _, ...order }) => order)).toEqual(expected);
  };

  /** The time to pay for it is over. */
  const endOrder = async (): Promise<void> => {
    const { query } = shop.app.database;
    await query("update orders set expires_at = now() - interval '1 minute' where user_id = $1", [
      traveller.userId,
    ]);
    await query("select graphile_worker.add_job('expire_unpaid_orders')");
    await eventually(async () => (await traveller.orders())[0]?.status === "failed");
  };
  const answerBank = (button: string): Promise<void> =>
    bankFrame(traveller.page).getByRole("button", { name: button }).click();

  it("paid: the eSIM is there, and the card's number never touched the shop", SLOW, async () => {
    const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(shop.app.url)) sent.push(`${request.url()} ${request.postData() ?? ""}`);
    });
    await openCheckout();
    await fillCard(CARDS.paid);
    await pay();
    await seesEsim();
    expect(sent.filter((text) => text.includes("4242"))).toEqual([]);
    await expectOrders(PAID);
  });

  it("declined, then another card: the reason is said, and one charge is made", SLOW, async () => {
    const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    for (const card of [CARDS.declined, CARDS.insufficientFunds]) {
      await fillCard(card);
      await pay();
      await page.getByRole("alert").getByText("Your card was declined.").waitFor();
      await page.getByText("Nothing was charged.").waitFor();
    }
    await fillCard(CARDS.paid);
    await pay();
    await seesEsim();
    await expectOrders(PAID);
  });

  it("an incomplete card is refused in the page", SLOW, async () => {
    const { page, openCheckout, pay } = await arrive();
    await openCheckout();
    await pay();
    await page.getByText("Your card number is incomplete.").waitFor();
    await expectOrders([{ status: "created", esim: "pending", payments: 1, captured: 0 }]);
  });

  it.each([
    ["Complete authentication", true],
    ["Fail authentication", false],
    ["Close", false],
  ] as const)("3-D Secure: %s", SLOW, async (button, isPaid) => {
    const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.authentication);
    await pay();
    await answerBank(button);
    if (!isPaid) {
      await page.getByText("We are unable to authenticate your payment method.").waitFor();
      await fillCard(CARDS.paid);
      await pay();
    }
    await seesEsim();
    await expectOrders(PAID);
  });

  it("the bank's answer is lost: nobody pays twice, and the eSIM comes", SLOW, async () => {
    const { openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.authentication);
    await pay();
    shop.stripe.control.fault({ operation: "authenticate", fault: "drop_after_success" });
    await answerBank("Complete authentication");
    await seesEsim();
    await expectOrders(PAID);
  });

  it("the bank is slow: the page says so and takes no second try, nor does a second tab", SLOW, async () => {
    const { context, page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.authentication);
    await pay();
    // The bank has said yes, and its answer does not come.
    shop.stripe.control.fault({ operation: "authenticate", fault: "timeout_after_success" });
    await answerBank("Complete authentication");
    await page.getByText("Paying…").waitFor();
    expect(await payButton(page).isDisabled()).toBe(true);
    await eventually(async () => (await traveller.orders())[0]?.esim === "ready");
    const other = await context.newPage();
    await other.goto(page.url());
    await page.reload();
    for (const tab of [page, other]) {
      await tab.getByRole("link", { name: "Show what I bought" }).click();
      await seesEsim(tab);
    }
    await expectOrders(PAID);
  });

  it("the order ends while the bank asks: nothing is charged, and the new order is paid", SLOW, async () => {
    const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.authentication);
    await pay();
    await bankFrame(page).getByRole("button", { name: "Complete authentication" }).waitFor();
    await endOrder();
    await answerBank("Complete authentication");
    await page.getByRole("heading", { name: "The payment did not go through" }).waitFor();
    expect((await traveller.orders()).map(({ captured }) => captured)).toEqual([0]);
    await page.getByRole("link", { name: "Order again" }).click();
    await page.getByRole("button", { name: "Order again at today’s price" }).click();
    await cardFrame(page).getByLabel("Card number").waitFor();
    await fillCard(CARDS.paid);
    await pay();
    await seesEsim();
    expect((await traveller.orders()).map(({ status, captured }) => [status, captured])).toEqual([
      ["failed", 0],
      ["paid", 650],
    ]);
  });

  it("a bank that the payer is sent to: what the return address says is not believed", SLOW, async () => {
    const { page, openCheckout, seesEsim } = await arrive();
    await openCheckout();
    await cardFrame(page).getByLabel("Bank").check();
    await payButton(page).click();
    await page.getByRole("button", { name: "Refuse payment" }).waitFor();
    const [order] = await traveller.orders();
    // Somebody writes "succeeded" into the address.
    await page.goto(`${shop.app.url}/checkout/${order?.id}/return?redirect_status=succeeded`);
    await page.getByRole("heading", { name: "We have not seen a payment yet" }).waitFor();
    await page.getByRole("link", { name: "Back to the payment" }).click();
    await cardFrame(page).getByLabel("Bank").check();
    await payButton(page).click();
    await page.getByRole("button", { name: "Refuse payment" }).click();
    await page.getByRole("link", { name: "Back to the payment" }).click();
    await cardFrame(page).getByLabel("Bank").check();
    await payButton(page).click();
    await page.getByRole("button", { name: "Authorise payment" }).click();
    await seesEsim();
    await expectOrders(PAID);
  });

  it("a wallet pays like a card", SLOW, async () => {
    shop.stripe.control.wallets(true);
    const { page, openCheckout, seesEsim } = await arrive();
    await openCheckout();
    await page.frameLocator(".wallets iframe").getByRole("button", { name: "Buy with a wallet" }).click();
    await seesEsim();
    shop.stripe.control.wallets(false);
    await expectOrders(PAID);
  });

  it("two and three clicks are one payment", SLOW, async () => {
    const { page, openCheckout, fillCard, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.paid);
    await payButton(page).evaluate((button: { click(): void }) => {
      button.click();
      button.click();
      button.click();
    });
    await seesEsim();
    await expectOrders(PAID);
    expect(
      shop.stripe.ledger().charges.filter(({ payment_intent: id }) => id === lastIntent(shop)).length,
    ).toBe(1);
  });

  it("the answer of the confirmation is lost: nobody pays twice, and the eSIM comes", SLOW, async () => {
    const { openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.paid);
    shop.stripe.control.fault({ operation: "confirm_intent", fault: "drop_after_success" });
    await pay();
    await seesEsim();
    await expectOrders(PAID);
  });

  it("the confirmation never arrives: the page says so, and the payer tries again", SLOW, async () => {
    const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.paid);
    shop.stripe.control.fault({ operation: "confirm_intent", fault: "error_500_before" });
    await pay();
    await page.getByRole("heading", { name: "We have not seen a payment yet" }).waitFor();
    await page.getByRole("link", { name: "Back to the payment" }).click();
    await fillCard(CARDS.paid);
    await pay();
    await seesEsim();
    await expectOrders(PAID);
  });

  it("the browser is closed after confirming: the eSIM is in the account", SLOW, async () => {
    const { context, page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.paid);
    const confirmed = page.waitForResponse((answer) => answer.url().includes("/confirm"));
    await pay();
    await confirmed;
    const storageState = await context.storageState();
    await context.close();
    const another = await browser.newContext({ storageState });
    const later = await another.newPage();
    await later.goto(`${shop.app.url}/account`);
    await eventually(async () => (await traveller.orders())[0]?.esim === "ready");
    await later.reload();
    await later.getByRole("link", { name: "Show" }).click();
    await seesEsim(later);
    await expectOrders(PAID);
    await another.close();
  });

  it("two tabs pay the same order: one charge, and both show the eSIM", SLOW, async () => {
    const { context, page, openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    const other = await context.newPage();
    await other.goto(page.url());
    await cardFrame(other).getByLabel("Card number").waitFor();
    await fillCard(CARDS.paid);
    await fillCard(CARDS.paid, other);
    await Promise.all([pay(), pay(other)]);
    await seesEsim();
    await seesEsim(other);
    await expectOrders(PAID);
  });

  it(
    "Back at each step and a reload find the same order, and after paying say what was bought",
    SLOW,
    async () => {
      const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
      await page.goto(`${shop.app.url}/esim/spain`);
      await page.getByRole("link", { name: "Buy", exact: true }).first().click();
      await payButton(page).waitFor();
      await page.goBack();
      await page.getByRole("link", { name: "Buy", exact: true }).first().click();
      await payButton(page).waitFor();
      await page.reload();
      await openCheckout(Number(/checkout\/(\d+)/.exec(page.url())?.[1]));
      await fillCard(CARDS.paid);
      await pay();
      await seesEsim();
      await page.goBack();
      await page.getByText("You have bought this plan already").waitFor();
      await page.getByRole("link", { name: "Show what I bought" }).click();
      await seesEsim();
      expect((await traveller.orders()).map(({ status }) => status)).toEqual(["paid"]);
    },
  );

  it.each([
    ["before the answer", { beforeResponse: true }],
    ["never", { off: true }],
  ] as const)("the provider's word comes %s", SLOW, async (_when, mode) => {
    shop.stripe.control.webhooks(mode);
    const { openCheckout, fillCard, pay, seesEsim } = await arrive();
    await openCheckout();
    await fillCard(CARDS.paid);
    await pay();
    await seesEsim();
    await expectOrders(PAID);
  });

  it(
    "the order expires while the form is open: nothing is charged, and the new order has today's price",
    SLOW,
    async () => {
      const { page, openCheckout, fillCard, pay, seesEsim } = await arrive();
      await openCheckout();
      await fillCard(CARDS.paid);
      await endOrder();
      await pay();
      await page.getByText("The time to pay for this order is over").waitFor();
      await page.getByRole("button", { name: "Order again at today’s price" }).click();
      await cardFrame(page).getByLabel("Card number").waitFor();
      await fillCard(CARDS.paid);
      await pay();
      await seesEsim();
      const orders = await traveller.orders();
      expect(orders.filter(({ captured }) => captured > 0)).toHaveLength(1);
    },
  );

  it(
    "the price changes while somebody reads: it is said before paying, and the order's own is charged",
    SLOW,
    async () => {
      const { page, fillCard, pay, seesEsim } = await arrive();
      await page.goto(`${shop.app.url}/esim/spain`);
      const [plan] = await shop.app.database.query<{ plan_id: number; amount_minor: number }>(
        `update plan_prices set amount_minor = amount_minor + 50 where currency = 'USD' and plan_id =
         (select id from plans where country_id = (select id from countries where iso2 = 'ES') order by id limit 1)
       returning plan_id, amount_minor`,
      );
      await page.locator(`a[href*="/checkout/${plan?.plan_id}"]`).first().click();
      await page.getByText("The price has changed from $3.00 to $3.50").waitFor();
      await cardFrame(page).getByLabel("Card number").waitFor();
      await fillCard(CARDS.paid);
      await pay();
      await seesEsim();
      await expectOrders([{ ...PAID[0], captured: 350 }]);
      await shop.app.database.query(
        "update plan_prices set amount_minor = 300 where currency = 'USD' and plan_id = $1",
        [plan?.plan_id],
      );
    },
  );

  it("the plan is paused meanwhile: nothing is ordered, and there is a way on", SLOW, async () => {
    const { page } = await arrive();
    await page.goto(`${shop.app.url}/esim/spain`);
    const link = page.getByRole("link", { name: "Buy", exact: true }).last();
    const id = Number(/checkout\/(\d+)/.exec((await link.getAttribute("href")) ?? "")?.[1]);
    await shop.app.database.query(
      "update plans set is_active = false, paused_reason = 'test' where id = $1",
      [id],
    );
    await link.click();
    await page.getByText("This plan is no longer on sale.").waitFor();
    await page.getByRole("link", { name: "See other plans" }).waitFor();
    await expectOrders([]);
    await shop.app.database.query("update plans set is_active = true, paused_reason = null where id = $1", [
      id,
    ]);
  });

  it(
    "the session ends elsewhere in the middle: sign in again, and go on with the same order",
    SLOW,
    async () => {
      const { page, openCheckout, fillCard, pay, seesEsim, email } = await arrive();
      await openCheckout();
      await fillCard(CARDS.paid);
      await shop.app.database.query(
        "update sessions set revoked_at = now(), revoked_because = 'test' where user_id = $1",
        [traveller.userId],
      );
      await eventually(async () => (await page.request.get(`${shop.app.url}/auth/me`)).status() === 401);
      await pay();
      await page.getByText("Your session has ended. Sign in again and go on here.").waitFor();
      await page.getByLabel("E-mail").fill(email);
      await page.getByRole("button", { name: "Send code" }).click();
      await page.getByRole("button", { name: "Fill in" }).click();
      await page.getByRole("button", { name: "Sign in" }).click();
      await cardFrame(page).getByLabel("Card number").waitFor();
      await fillCard(CARDS.paid);
      await pay();
      await seesEsim();
      await expectOrders(PAID);
    },
  );

  it("somebody else's order in the same browser is not shown", SLOW, async () => {
    const { page, openCheckout } = await arrive();
    await openCheckout();
    const [order] = await traveller.orders();
    const first = traveller;
    const other = await makeTraveller(shop, browser);
    await other.page.goto(`${shop.app.url}/checkout/${order?.id}/return`);
    await other.page.getByRole("heading", { name: "This order belongs to another address" }).waitFor();
    await other.close();
    await page.close();
    traveller = first;
  });

  it("only the checkout lets the provider's hosts in, and no page lets in anybody else", SLOW, async () => {
    const { page, openCheckout } = await arrive();
    const refused: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    const plant = `for (const [tag, name] of [["script", "src"], ["img", "src"], ["iframe", "src"]]) {
      const one = document.createElement(tag); one[name] = "https://evil.example/x"; document.body.append(one); }
      const link = document.createElement("link"); link.rel = "stylesheet"; link.href = "https://evil.example/x.css";
      document.head.append(link); const style = document.createElement("style"); style.textContent = "b{}"; document.head.append(style);
      const run = document.createElement("script"); run.textContent = "window.hasRun = true"; document.body.append(run);`;
    for (const path of ["/", "/esim/spain", "/help", "/account"]) {
      await page.goto(`${shop.app.url}${path}`);
      refused.length = 0;
      await page.evaluate(plant);
      await eventually(() => refused.length >= 6);
      expect(await page.evaluate("window.hasRun")).toBeUndefined();
    }
    await openCheckout();
    refused.length = 0;
    await page.evaluate(plant);
    await eventually(() => refused.length >= 6);
    expect(await page.evaluate("window.hasRun")).toBeUndefined();
  });
});

const lastIntent = ({ stripe }: StripeShop): string => stripe.ledger().intents.at(-1)?.id ?? "";

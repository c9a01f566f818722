import { randomBytes } from "node:crypto";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "./eventually.js";
import { violations } from "./invariants.js";
import { logIn } from "./login.js";
import { disagreements, type StripeShop } from "./stripe-shop.js";

export const PHONE = { width: 390, height: 844 };

export const CARDS = {
  paid: "4242424242424242",
  declined: "4000000000000002",
  insufficientFunds: "4000000000009995",
  authentication: "4000002760003184",
};

/** Somebody with a phone, signed in, at a shop that takes cards. */
export interface Traveller {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly email: string;
  readonly userId: number;
  /** The checkout of a plan, with its card form ready. */
  openCheckout(planId?: number): Promise<void>;
  fillCard(number: string, page?: Page): Promise<void>;
  pay(page?: Page): Promise<void>;
  /** The eSIM is shown. */
  seesEsim(page?: Page): Promise<void>;
  orders(): Promise<readonly BookedOrder[]>;
  close(): Promise<void>;
}

export interface BookedOrder {
  readonly id: number;
  readonly status: string;
  readonly esim: string | null;
  readonly payments: number;
  readonly captured: number;
}

export const cardFrame = (page: Page): FrameLocator => page.frameLocator(".card-fields iframe");

/** The bank's page in front of the shop's. */
export const bankFrame = (page: Page): FrameLocator => page.frameLocator('iframe[title="Bank"]');

type PlaceToBuy = Pick<StripeShop, "app" | "shopper">;

/** `storeUrl` is where the pages are opened; the cookies of a host are the same at all its ports. */
export async function makeTraveller(
  shop: PlaceToBuy,
  browser: Browser,
  locale = "en",
  storeUrl = shop.app.url,
): Promise<Traveller> {
  const email = `traveller-${randomBytes(4).toString("hex")}@example.com`;
  const { cookies, userId } = await logIn(shop.app, email, { verify: { session: "cookie" } });
  const context = await browser.newContext({ viewport: PHONE, isMobile: true, hasTouch: true, locale });
  await context.addCookies(
    cookies.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: shop.app.url };
    }),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const traveller: Traveller = {
    context,
    page,
    email,
    userId,
    async openCheckout(planId = shop.shopper.planId) {
      await page.goto(`${storeUrl}/checkout/${planId}`);
      await payButton(page).waitFor();
      await cardFrame(page).getByLabel("Card number").waitFor();
    },
    async fillCard(number, where = page) {
      const fields = cardFrame(where);
      await fields.getByLabel("Card number").fill(number);
      await fields.getByLabel("Expiration date").fill("12 / 34");
      await fields.getByLabel("Security code").fill("123");
    },
    pay: (where = page) => payButton(where).click(),
    async seesEsim(where = page) {
      await where.getByRole("heading", { name: "Your eSIM is ready" }).waitFor();
      await where.getByRole("img", { name: "QR code" }).waitFor();
    },
    orders: () =>
      shop.app.database.query<BookedOrder>(
        `select o.id, o.status, e.status as esim,
           (select count(*)::int from payments p where p.order_id = o.id) as payments,
           (select coalesce(sum(p.captured_minor - p.refunded_minor), 0)::int from payments p where p.order_id = o.id) as captured
         from orders o left join esim_profiles e on e.order_id = o.id where o.user_id = $1 order by o.id`,
        [userId],
      ),
    close: () => context.close(),
  };
  return traveller;
}

export const payButton = (page: Page) => page.getByRole("button", { name: "Pay", exact: true });

/** Everything that was sent has been answered, and both sides' books say the same. */
export async function booksAgree(shop: StripeShop): Promise<void> {
  await eventually(async () => {
    await shop.settled();
    return (await disagreements(shop)).length === 0;
  }).catch(async () => expect(await disagreements(shop)).toEqual([]));
  expect(await violations(shop.app.database)).toEqual({});
}

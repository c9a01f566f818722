import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { decodedPng } from "../support/decode-qr.js";
import { describeInBrowser } from "../support/describe-in-browser.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";

const PHONE = { width: 390, height: 844 };
const SLOW = { timeout: 240_000 };
/** A folder for looking at what the tests saw; nothing is kept without it. */
const SHOTS = process.env.SCREENSHOT_DIR;

/** In a real browser, at the size of a phone, in light and dark. */
describeInBrowser("the install page and the mail on a phone", () => {
  let room: EsimRoom;
  let browser: Browser;
  let origin: string;
  beforeAll(async () => {
    room = await makeEsimRoom();
    origin = await room.server.listen({ host: "127.0.0.1", port: 0 });
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await room.stop();
  });

  const ready = async (language: "en" | "es"): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId: await room.addPlan() });
    await room.database.query("update esim_profiles set language = $2 where id = $1", [
      order.profileId,
      language,
    ]);
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const payloadOf = async ({ userId, profileId }: PlantedOrder): Promise<string> =>
    (await room.as(userId, "GET", `/esims/${profileId}`)).body.qr_payload;
  const open = async (options: {
    locale: string;
    colorScheme: "light" | "dark";
    javaScriptEnabled?: boolean;
  }) => {
    const context = await browser.newContext({
      ...options,
      viewport: PHONE,
      deviceScaleFactor: 2,
      isMobile: true,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
        complaints.push(`asked ${request.url()}`);
    });
    return { context, page, complaints };
  };
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  };
  const linkOf = async (order: PlantedOrder): Promise<string> => {
    const { body } = await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`);
    return `${origin}${new URL(body.url).pathname}`;
  };

  it.each([
    ["en-GB", "light", "Show my eSIM", "Or type it in"],
    ["es-ES", "dark", "Mostrar mi eSIM", "O escribe los datos"],
  ] as const)("opens by its button: %s, %s", SLOW, async (locale, colorScheme, button, heading) => {
    const order = await ready(locale === "es-ES" ? "es" : "en");
    const { context, page, complaints } = await open({ locale, colorScheme });
    await page.goto(await linkOf(order));
    expect(await page.content()).not.toContain("LPA:");
    await shoot(page, `closed-${locale}-${colorScheme}`);
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("heading", { name: heading }).waitFor();
    await shoot(page, `open-${locale}-${colorScheme}`);
    await expectFitsPhone(page);
    const shown = await page.getByRole("img").screenshot();
    expect(decodedPng(shown)).toBe(await payloadOf(order));
    expect(await tooSmallToTouch(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("copies a code with one touch, and needs no script for anything else", SLOW, async () => {
    const order = await ready("en");
    const link = await linkOf(order);
    const scripted = await open({ locale: "en-GB", colorScheme: "light" });
    await scripted.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await scripted.page.goto(link);
    await scripted.page.getByRole("button", { name: "Show my eSIM" }).click();
    await scripted.page.getByRole("button", { name: "Copy" }).last().click();
    await scripted.page.getByRole("status").getByText("Copied").waitFor();
    expect(await scripted.page.evaluate("navigator.clipboard.readText()")).toBe(await payloadOf(order));
    expect(scripted.complaints).toEqual([]);
    await scripted.context.close();

    const plain = await open({ locale: "en-GB", colorScheme: "light", javaScriptEnabled: false });
    await plain.page.goto(link);
    await plain.page.getByRole("button", { name: "Show my eSIM" }).click();
    await plain.page.getByText("Whole code, which some").waitFor();
    expect(await plain.page.getByRole("button", { name: "Copy" }).count()).toBe(0);
    await plain.context.close();
  });

  it("says kindly that a link has ended", SLOW, async () => {
    const { context, page } = await open({ locale: "en-GB", colorScheme: "light" });
    const answer = await page.goto(`${origin}/install/${"x".repeat(22)}`);
    expect(answer?.status()).toBe(404);
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
    await expectFitsPhone(page);
    await shoot(page, "gone");
    await context.close();
  });

  it.each([
    ["en", "light"],
    ["es", "dark"],
  ] as const)("the mail fits the phone, and its QR scans: %s, %s", SLOW, async (language, colorScheme) => {
    const order = await ready(language);
    await room.sendMail("esim_ready", order.profileId);
    const mail = room.mails.at(-1)!;
    const inline = mail.attachments!.find(({ contentId }) => contentId !== undefined)!;
    const source = `data:image/png;base64,${inline.content.toString("base64")}`;
    const { context, page, complaints } = await open({
      locale: language,
      colorScheme,
      javaScriptEnabled: false,
    });
    await page.setContent(mail.html!.replaceAll(`cid:${inline.contentId}`, source));
    await expectFitsPhone(page);
    await shoot(page, `mail-${language}-${colorScheme}`);
    expect(decodedPng(await page.getByRole("img").screenshot())).toBe(await payloadOf(order));
    expect(complaints).toEqual([]);
    await context.close();
  });
});

async function expectFitsPhone(page: Page): Promise<void> {
  expect(await page.locator("html").evaluate((root) => root.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
}

/** WCAG 2.2, 2.5.8: what is touched is at least 24 by 24 pixels. */
async function tooSmallToTouch(page: Page): Promise<string[]> {
  const targets = await page.locator("a:visible, button:visible, summary:visible").all();
  const small: string[] = [];
  for (const target of targets) {
    const box = await target.boundingBox();
    if (box === null || box.height < 24 || box.width < 24) small.push((await target.textContent()) ?? "");
  }
  return small;
}

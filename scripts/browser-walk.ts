import type { BrowserContext, Page } from "playwright-core";

/** The names on the pages, by language: what a person, a screen reader and a script find them by. */
export const NAMES = {
  en: {
    country: "Spain",
    buy: "Buy",
    email: "E-mail",
    send: "Send code",
    code: "Code",
    fillIn: "Fill in",
    signIn: "Sign in",
    pay: "Pay",
    leave: "Leave",
    unpaid: "We have not seen a payment yet",
    ready: "Your eSIM is ready",
    qr: "QR code",
    keep: "Keep offline",
    topUp: "Top up",
    esims: "My eSIMs",
    orders: "Orders",
    receipt: "Receipt",
    signOut: "Sign out",
  },
  es: {
    country: "España",
    buy: "Comprar",
    email: "Correo electrónico",
    send: "Enviar código",
    code: "Código",
    fillIn: "Rellenar",
    signIn: "Entrar",
    pay: "Pagar",
    leave: "Salir",
    unpaid: "Todavía no vemos ningún pago",
    ready: "Tu eSIM está lista",
    qr: "Código QR",
    keep: "Guardar sin conexión",
    topUp: "Recargar",
    esims: "Mis eSIM",
    orders: "Pedidos",
    receipt: "Recibo",
    signOut: "Cerrar sesión",
  },
} as const;

export type WalkLanguage = keyof typeof NAMES;

export interface Walk {
  readonly page: Page;
  readonly language: WalkLanguage;
  readonly storeUrl: string;
  /** Called at each step that is worth a look. */
  readonly look: (name: string) => Promise<void>;
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

const prefixOf = (language: WalkLanguage): string => (language === "en" ? "" : `/${language}`);

/** The code that was mailed to this address, from the development inbox. */
async function mailedCode({ page, storeUrl }: Walk, email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await page.context().request.get(`${storeUrl}/dev/inbox.json`);
    const mails = (await answer.json()) as readonly { to: string; text: string }[];
    const code = /(?<!\d)\d{6,8}(?!\d)/.exec(mails.find(({ to }) => to === email)?.text ?? "")?.[0];
    if (code !== undefined) return code;
    await page.waitForTimeout(200);
  }
  throw new Error(`No mail with a code came for ${email}`);
}

/** From the first page to the QR code, as somebody does who has never been here. */
export async function buy(walk: Walk, email: string): Promise<void> {
  const { page, language, storeUrl, look } = walk;
  const names = NAMES[language];
  await page.goto(`${storeUrl}${language === "en" ? "/" : prefixOf(language)}`);
  await look("landing");
  await page.getByRole("link", { name: names.country, exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await look("destination");
  await page.getByRole("link", { name: names.buy, exact: true }).first().click();
  await signIn(walk, email);
  await page.getByRole("button", { name: names.pay, exact: true }).waitFor();
  await look("checkout-pay");
  await pay(walk);
  await page.getByRole("heading", { name: names.ready }).waitFor();
  await page.getByRole("img", { name: names.qr }).waitFor();
  await look("esim");
}

export async function signIn(walk: Walk, email: string): Promise<void> {
  const { page, language, look } = walk;
  const names = NAMES[language];
  await page.getByLabel(names.email).waitFor();
  await look("checkout-sign-in");
  await page.getByLabel(names.email).fill(email);
  await page.getByRole("button", { name: names.send }).click();
  await page.getByLabel(names.code).waitFor();
  const code = await mailedCode(walk, email);
  await page.getByRole("button", { name: names.fillIn }).waitFor();
  await look("checkout-code");
  await page.getByLabel(names.code).fill(code);
  await page.getByRole("button", { name: names.signIn }).click();
}

/** Pays at the mock provider. */
export async function pay({ page, language, look }: Walk): Promise<void> {
  const names = NAMES[language];
  await page.getByRole("button", { name: names.pay, exact: true }).click();
  await page.waitForURL(/\/dev\/pay\//);
  await look("mock-payment");
  await page.getByRole("button", { name: names.pay, exact: true }).click();
}

/** Adds data to the eSIM that is shown, in two touches. */
export async function topUp(walk: Walk): Promise<void> {
  const { page, language, look } = walk;
  const names = NAMES[language];
  await page.getByRole("link", { name: names.topUp, exact: true }).first().click();
  await page.getByRole("button", { name: names.pay, exact: true }).waitFor();
  await look("top-up");
  await pay(walk);
  await page.getByRole("img", { name: names.qr }).waitFor();
}

/** Orders once more, leaves the bank's page without paying, and reads what the shop says. */
export async function leave(walk: Walk): Promise<void> {
  const { page, language, storeUrl, look } = walk;
  const names = NAMES[language];
  await page.goto(`${storeUrl}${prefixOf(language)}/esim/europe`);
  await page.getByRole("link", { name: names.buy, exact: true }).first().click();
  await page.getByRole("button", { name: names.pay, exact: true }).click();
  await page.waitForURL(/\/dev\/pay\//);
  await page.getByRole("button", { name: names.leave, exact: true }).click();
  await page.getByRole("heading", { name: names.unpaid }).waitFor();
  await look("return-unpaid");
}

export async function lookAtAccount({ page, language, storeUrl, look }: Walk): Promise<void> {
  const names = NAMES[language];
  await page.goto(`${storeUrl}${prefixOf(language)}/account`);
  await page.getByRole("heading", { name: names.esims, exact: true }).waitFor();
  await page.getByRole("heading", { name: names.orders, exact: true }).waitFor();
  await look("account");
  await page.getByRole("link", { name: names.receipt }).first().click();
  await page.getByRole("heading", { name: names.receipt }).waitFor();
  await look("receipt");
}

/** The account as somebody sees it who is not signed in. */
export async function signOut({ page, language, storeUrl, look }: Walk): Promise<void> {
  const names = NAMES[language];
  await page.goto(`${storeUrl}${prefixOf(language)}/account`);
  await page.getByRole("button", { name: names.signOut }).click();
  await page.getByLabel(names.email).waitFor();
  await look("account-sign-in");
}

const OPEN_PAGES = [
  "/esim/europe",
  "/trip",
  "/trip?country=ES&country=MA&days=12&gb=5",
  "/help",
  "/legal/terms",
  "/legal/refunds",
  "/legal/privacy",
  "/esim/nowhere",
];

/** The pages that need nobody. */
export async function lookAround({ page, language, storeUrl, look }: Walk): Promise<void> {
  for (const path of OPEN_PAGES) {
    await page.goto(`${storeUrl}${prefixOf(language)}${path}`);
    await look(path.slice(1).replace(/\?.*/, "-found").replaceAll("/", "-"));
  }
}

/** Waits until everything that moves stands still, so that a picture is the same each time. */
export async function shoot(page: Page, file: string): Promise<void> {
  // Pictures further down are loaded when they come near. A page that asks again and again is never idle.
  await page.evaluate(`{
    document.querySelectorAll('img[loading=lazy]').forEach((one) => { one.loading = 'eager' });
    Promise.all([document.fonts.ready, ...[...document.images].map((one) => one.decode().catch(() => {}))]);
  }`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
}

export const openPage = async (context: BrowserContext): Promise<Page> => {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
};

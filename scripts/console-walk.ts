import type { BrowserContext, Page } from "playwright-core";
import type { WalkLanguage } from "./browser-walk.js";

/** The names in the console that a person, a screen reader and a script find things by. */
export const CONSOLE_NAMES = {
  en: { email: "E-mail", send: "Send code", code: "Code", signIn: "Sign in", home: "Home" },
  es: {
    email: "Correo electrónico",
    send: "Enviar código",
    code: "Código",
    signIn: "Entrar",
    home: "Inicio",
  },
} as const;

/** Every screen that needs no object of its own. */
export const CONSOLE_SCREENS = [
  "/",
  "/orders",
  "/esims",
  "/top-ups",
  "/customers",
  "/parked",
  "/catalogue",
  "/catalogue/countries",
  "/catalogue/carriers",
  "/catalogue/syncs",
  "/catalogue/prices",
  "/catalogue/rates",
  "/catalogue/import",
  "/suppliers",
  "/stock",
  "/stock/import",
  "/payments",
  "/refunds",
  "/approvals",
  "/alarms",
  "/disputes",
  "/reconciliation",
  "/exports",
  "/events",
  "/access",
  "/access/keys",
  "/access/limits",
  "/access/sessions",
  "/me/second-factor",
  "/system",
  "/system/audit",
  "/system/mails",
  "/system/previews",
  "/system/settings",
  "/system/webhooks",
] as const;

export interface ConsoleWalk {
  readonly page: Page;
  readonly language: WalkLanguage;
  readonly storeUrl: string;
}

/** The newest code that was mailed to this address after so many. */
async function mailedCode(
  context: BrowserContext,
  storeUrl: string,
  email: string,
  before: number,
): Promise<string> {
  for (let tries = 0; tries < 150; tries += 1) {
    const codes = await mailedCodes(context, storeUrl, email);
    if (codes.length > before && codes[0] !== undefined) return codes[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No mail with a code came for ${email}`);
}

async function mailedCodes(context: BrowserContext, storeUrl: string, email: string): Promise<string[]> {
  const answer = await context.request.get(`${storeUrl}/dev/inbox.json`);
  const mails = (await answer.json()) as readonly { to: string; text: string }[];
  return mails
    .filter(({ to }) => to === email)
    .flatMap(({ text }) => /(?<!\d)\d{6,8}(?!\d)/.exec(text)?.[0] ?? []);
}

/** Fills in the form that is shown, at the gate or over a screen. */
export async function signInToConsole(
  { page, language, storeUrl }: ConsoleWalk,
  email: string,
): Promise<void> {
  const names = CONSOLE_NAMES[language];
  const before = await mailedCodes(page.context(), storeUrl, email);
  await page.getByLabel(names.email, { exact: true }).fill(email);
  await page.getByRole("button", { name: names.send }).click();
  await page.getByLabel(names.code, { exact: true }).waitFor();
  const code = await mailedCode(page.context(), storeUrl, email, before.length);
  await page.getByLabel(names.code, { exact: true }).fill(code);
  await page.getByRole("button", { name: names.signIn, exact: true }).click();
  await page.getByLabel(names.code, { exact: true }).waitFor({ state: "detached" });
}

const SETTLED =
  "document.querySelector('nav') && document.querySelector('main h1') && !document.querySelector('.mantine-Loader-root')";

/** Until a screen is there with its heading, and nothing of it is on its way any more. */
export async function consoleSettled(page: Page): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await page.evaluate<boolean>(`Boolean(${SETTLED})`).catch(() => false)) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`${page.url()} did not come to rest`);
}

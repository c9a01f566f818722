/**
 * `npm run screenshots -- --url http://localhost:8000 --to shots`: every page of a running store in development, on a
 * phone and on a desk, in both languages, in light and (on the phone) in the dark. They are to be looked at.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "../tests/support/browser.js";
import {
  buy,
  DESKTOP,
  leave,
  lookAround,
  lookAtAccount,
  openPage,
  PHONE,
  shoot,
  signOut,
  topUp,
  type WalkLanguage,
} from "./browser-walk.js";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:8000" },
    to: { type: "string", default: "screenshots" },
    only: { type: "string", default: "" },
  },
});

interface Look {
  readonly name: string;
  readonly language: WalkLanguage;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
}

const LOOKS: readonly Look[] = [
  { name: "phone-en", language: "en", viewport: PHONE, colorScheme: "light" },
  { name: "phone-es-dark", language: "es", viewport: PHONE, colorScheme: "dark" },
  { name: "desktop-en", language: "en", viewport: DESKTOP, colorScheme: "light" },
  { name: "desktop-es", language: "es", viewport: DESKTOP, colorScheme: "light" },
];

const browser = await openBrowser();
for (const { name, language, viewport, colorScheme } of LOOKS.filter((one) =>
  one.name.includes(values.only),
)) {
  const folder = path.join(values.to, name);
  mkdirSync(folder, { recursive: true });
  const isPhone = viewport === PHONE;
  const context = await browser.newContext({
    viewport,
    colorScheme,
    locale: language,
    // Longer pictures than a browser can draw would repeat themselves.
    deviceScaleFactor: 1,
    isMobile: isPhone,
    ...(isPhone
      ? {
          userAgent:
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/147.0 Mobile Safari/537.36",
        }
      : {}),
  });
  const page = await openPage(context);
  let count = 0;
  const look = async (step: string): Promise<void> => {
    count += 1;
    await shoot(page, path.join(folder, `${String(count).padStart(2, "0")}-${step}.png`));
  };
  const walk = { page, language, storeUrl: values.url, look };
  await buy(walk, `shots-${Date.now()}@example.com`);
  await topUp(walk);
  await leave(walk);
  await lookAtAccount(walk);
  await signOut(walk);
  await lookAround(walk);
  await context.close();
  console.log(`${count} pictures in ${folder}`);
}
await browser.close();

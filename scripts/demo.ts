/**
 * `npm run demo`: buys an eSIM from a running store by its API. With --browser it is bought on the pages, as a person
 * with a phone does, with a picture of each step in the folder of --to. With --slow the phone has a slow 3G network.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const args = process.argv.slice(2);
if (!args.includes("--browser")) {
  const { status } = spawnSync(process.execPath, ["dist/main.js", "demo", ...args], { stdio: "inherit" });
  process.exit(status ?? 1);
}

const { values } = parseArgs({
  args,
  options: {
    browser: { type: "boolean" },
    slow: { type: "boolean", default: false },
    url: { type: "string", default: `http://127.0.0.1:${process.env.PORT ?? "8000"}` },
    to: { type: "string", default: "screenshots" },
    language: { type: "string", default: "en" },
    email: { type: "string", default: `demo-${randomBytes(4).toString("hex")}@example.com` },
  },
});
const ready = await fetch(`${values.url}/health/ready`).catch(() => null);
if (ready?.ok !== true) {
  console.error(`No store is ready at ${values.url}. Start it in another terminal with: npm start`);
  process.exit(2);
}
const { openBrowser } = await import("../tests/support/browser.js");
const { buy, lookAtAccount, openPage, PHONE, shoot, topUp } = await import("./browser-walk.js");
const language = values.language === "es" ? "es" : "en";
mkdirSync(values.to, { recursive: true });
const browser = await openBrowser();
const context = await browser.newContext({
  viewport: PHONE,
  isMobile: true,
  hasTouch: true,
  locale: language,
});
const page = await openPage(context);
if (values.slow) {
  // As the developer tools of browsers have it: 400 kbit/s, two seconds to an answer.
  const network = { offline: false, latency: 2_000, downloadThroughput: 50_000, uploadThroughput: 50_000 };
  await (await context.newCDPSession(page)).send("Network.emulateNetworkConditions", network);
  page.setDefaultTimeout(120_000);
}
let count = 0;
let picturesMillis = 0;
const look = async (name: string): Promise<void> => {
  count += 1;
  const file = path.join(values.to, `${String(count).padStart(2, "0")}-${name}.png`);
  const shotAt = Date.now();
  await shoot(page, file);
  picturesMillis += Date.now() - shotAt;
  console.log(`* ${name.replaceAll("-", " ")}: ${file}`);
};
const walk = { page, language, storeUrl: values.url, look } as const;
const startedAt = Date.now();
await buy(walk, values.email);
console.log(
  `* from the first page to the QR code in ${((Date.now() - startedAt - picturesMillis) / 1000).toFixed(1)} s${values.slow ? " on slow 3G" : ""}`,
);
await topUp(walk);
await lookAtAccount(walk);
await browser.close();

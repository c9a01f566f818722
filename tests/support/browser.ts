import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";

/** Debian's and others' own browsers, used when the packaged one does not start on this machine. */
const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A real headless Chromium without any system package. Names under `.test` lead to this machine. */
export async function openBrowser(): Promise<Browser> {
  // The package unpacks its own shared libraries only where it believes to be; without them Debian slim lacks some.
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  const { chromium } = await import("playwright-core");
  const executablePath = INSTALLED.find((file) => existsSync(file)) ?? (await packaged.executablePath());
  // In a single process the whole browser ends with its first context, and pages are not kept apart as in real life.
  const args = packaged.args.filter((arg) => arg !== "--single-process" && arg !== "--disable-web-security");
  const names = ["--host-resolver-rules=MAP *.test 127.0.0.1", "--no-proxy-server"];
  return chromium.launch({ executablePath, args: [...args, ...names, "--no-sandbox"], headless: true });
}

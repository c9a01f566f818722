import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";

/** Debian's and others' own browsers, taken before the packaged one, which does not start on every machine. */
const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The package unpacks its own shared libraries only where it believes to be (Debian slim lacks some), and names their
 * folders in the environment when it is loaded: they are for the browser alone, not for programs that later tests
 * start.
 */
async function findProgram(): Promise<Program> {
  const before = { ...process.env };
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
  const { default: packaged } = await import("@sparticuz/chromium");
  const file = INSTALLED.find((name) => existsSync(name)) ?? (await packaged.executablePath());
  const environment = { ...process.env };
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  return { file, args: packaged.args, environment };
}

let program: Promise<Program> | undefined;

/** Why no browser starts on this machine; null when one does. */
export async function browserProblem(): Promise<string | null> {
  try {
    program ??= findProgram();
    const { file, environment } = await program;
    const { status, error, stderr } = spawnSync(file, ["--version"], { env: environment, encoding: "utf8" });
    return status === 0 ? null : `${file}: ${error?.message ?? stderr.trim()}`;
  } catch (error) {
    return String(error);
  }
}

/** A real headless Chromium. Names under `.test` lead to this machine. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  program ??= findProgram();
  const { file, args: packagedArgs, environment } = await program;
  const { chromium } = await import("playwright-core");
  // In a single process the whole browser ends with its first context, and pages are not kept apart as in real life.
  const args = packagedArgs.filter((arg) => arg !== "--single-process" && arg !== "--disable-web-security");
  const names = ["--host-resolver-rules=MAP *.test 127.0.0.1", "--no-proxy-server"];
  return chromium.launch({
    executablePath: file,
    args: [...args, ...names, "--no-sandbox", ...more],
    env: environment,
    headless: true,
  });
}

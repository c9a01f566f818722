import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { eventually } from "./eventually.js";

/** Debian's and others' own browsers, for machines on which the packaged one does not start. */
const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/**
 * The package's own names folders below /tmp and of the machines that it was made for. A browser that finds no font at
 * all draws no text, so that nothing which is read is ever visible, or ends.
 */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

interface Program {
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The packaged browser is Chromium without any surface for people: a page takes a third of the processor time that it
 * takes in an installed one. It is unpacked once, into a folder that gets its name when it is whole.
 */
async function findPackaged(): Promise<Program> {
  const about = readFileSync(path.join(MODULES, "@sparticuz/chromium/package.json"), "utf8");
  const { version } = JSON.parse(about) as { version: string };
  const folder = path.join(MODULES, ".cache", `packaged-chromium-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(path.dirname(folder), { recursive: true });
    const draft = mkdtempSync(`${folder}-`);
    await unpackInto(draft);
    writeFileSync(path.join(draft, "fonts", "fonts.conf"), FONTS);
    try {
      renameSync(draft, folder);
    } catch {
      // Another process was first.
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const libraries = path.join(folder, "al2023", "lib");
  return {
    file: path.join(folder, "chromium"),
    environment: { ...process.env, FONTCONFIG_PATH: path.join(folder, "fonts"), LD_LIBRARY_PATH: libraries },
  };
}

/**
 * The package unpacks its own shared libraries only where it believes to be (Debian slim lacks some), into the folder
 * for temporary files. What it sets in the environment is for the browser alone, not for programs that later tests
 * start.
 */
async function unpackInto(folder: string): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x", TMPDIR: folder });
  try {
    const { default: packaged } = await import("@sparticuz/chromium");
    await packaged.executablePath();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

const problemOf = ({ file, environment }: Program): string | null => {
  const { status, error, stderr } = spawnSync(file, ["--version"], { env: environment, encoding: "utf8" });
  return status === 0 ? null : `${file}: ${error?.message ?? stderr.trim()}`;
};

async function findProgram(): Promise<Program> {
  const packaged = await findPackaged();
  const problem = problemOf(packaged);
  if (problem === null) return packaged;
  for (const file of INSTALLED.filter((name) => existsSync(name))) {
    const installed = { file, environment: process.env };
    if (problemOf(installed) === null) return installed;
  }
  throw new Error(problem);
}

let program: Promise<Program> | undefined;

/** Why no browser starts on this machine; null when one does. */
export async function browserProblem(): Promise<string | null> {
  try {
    program ??= findProgram();
    await program;
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Pages are drawn without a graphics card, and without the much slower programs that stand in for one. */
const DRAWING = ["--disable-gpu", "--disable-webgl"];

/** Names under `.test` lead to this machine. */
const NAMES = ["--host-resolver-rules=MAP *.test 127.0.0.1", "--no-proxy-server"];
const ARGS = [...DRAWING, "--font-render-hinting=none", ...NAMES, "--no-sandbox", "--no-zygote"];

/** A real headless Chromium. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  program ??= findProgram();
  const { file, environment } = await program;
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: file,
    args: [...ARGS, ...more],
    env: environment,
    headless: true,
  });
}

/**
 * The same browser for another program to drive, at a port. Playwright would hold each page that another program opens
 * until it has looked at it.
 */
export async function startBrowserAt(port: number): Promise<{ stop(): Promise<void> }> {
  program ??= findProgram();
  const { file, environment } = await program;
  const profile = mkdtempSync(path.join(tmpdir(), "tribi-browser-"));
  const own = ["--headless", `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, "about:blank"];
  const browser = spawn(file, [...ARGS, ...own], { env: environment, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => browser.once("exit", () => resolve()));
  await eventually(
    async () => (await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => null))?.ok === true,
  );
  return {
    async stop() {
      browser.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

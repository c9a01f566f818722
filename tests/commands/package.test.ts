import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const run = promisify(execFile);
const ROOT = path.resolve(".");

interface Manifest {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));

/**
 * `npm pack` of a folder, unpacked into a node_modules of its own. Beside it is what its manifest asks for and
 * nothing else, each a link to the installed one, so that no registry is needed.
 */
async function install(source: string, ...flags: string[]): Promise<{ folder: string; manifest: Manifest }> {
  const target = temporaryFolder("package");
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", target, ...flags], {
    cwd: source,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; name: string }[];
  const modules = path.join(target, "node_modules");
  const folder = path.join(modules, packed?.name ?? "");
  await mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", path.join(target, packed?.filename ?? ""), "-C", folder, "--strip-components=1"]);
  const manifest = await manifestOf(folder);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  return { folder, manifest };
}

it("the packed program asks the registry for none of our own packages, and starts where it is installed", {
  timeout: 180_000,
}, async () => {
  const { folder, manifest } = await install(ROOT, "--ignore-scripts");
  const asked = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  expect(asked.filter((name) => name.startsWith("@tribi/"))).toEqual([]);
  const server = await startProcess(
    ["serve"],
    { DATA_DIR: path.join(temporaryFolder("installed"), "data") },
    { cwd: folder, main: path.join(folder, manifest.bin.tribi ?? "") },
  );
  try {
    expect((await fetch(`${server.url}/plans`)).status).toBe(200);
  } finally {
    server.kill("SIGTERM");
  }
  expect(await server.ended, server.output()).toBe(0);
});

/** Every file of the folder; links to what it asks for are not followed. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

it("the packed program holds no fake, no conformance suite and no test runner", {
  timeout: 180_000,
}, async () => {
  const { folder, manifest } = await install(ROOT, "--ignore-scripts");
  const files = await filesOf(folder);
  expect(files.length).toBeGreaterThan(300);
  const ofTests: string[] = [];
  for (const file of files) {
    const name = path.relative(folder, file);
    const isRead = /\.(js|mjs|json)$/.test(name);
    const isOfTests = isRead && /["'](vitest|fast-check|@tribi\/fakes)\b/.test(await readFile(file, "utf8"));
    if (/fake|conformance|\.test\./i.test(name) || (isOfTests && name !== "package.json")) ofTests.push(name);
  }
  expect(ofTests).toEqual([]);
  expect(Object.keys(manifest.dependencies)).not.toContain("vitest");
});

it("the fakes work alone where they are installed", { timeout: 180_000 }, async () => {
  const { folder, manifest } = await install(path.join(ROOT, "packages", "fakes"));
  const fake = await startProcess(["stripe"], {}, { main: path.join(folder, manifest.bin.fakes ?? "") });
  const url = await eventually(() => /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(fake.output())?.[1], {
    what: "The fake Stripe",
  });
  try {
    expect((await fetch(`${url}/stripe.js`)).status).toBe(200);
    expect((await fetch(`${url}/__control/ledger`)).status).toBe(200);
  } finally {
    fake.kill("SIGTERM");
  }
  expect(await fake.ended, fake.output()).toBe(0);
});

it("embedded-postgres works alone where it is installed", { timeout: 180_000 }, async () => {
  const { folder, manifest } = await install(path.join(ROOT, "packages", "embedded-postgres"));
  const main = path.join(folder, manifest.bin["embedded-postgres"] ?? "");
  const dataDir = path.join(temporaryFolder("installed"), "data");
  const { stdout } = await run(process.execPath, [
    main,
    "--data-dir",
    dataDir,
    "--",
    process.execPath,
    "-e",
    "console.log(process.env.DATABASE_URL)",
  ]);
  expect(stdout).toMatch(/^postgresql:\/\/app:[^@]+@127\.0\.0\.1:\d+\/app\n$/);
  expect(await readdir(dataDir)).toContain("postgres-password");
});

it("the program and the package embedded-postgres ask for the same PostgreSQL", async () => {
  const program = await manifestOf(ROOT);
  const library = await manifestOf(path.join(ROOT, "packages", "embedded-postgres"));
  expect(program.optionalDependencies).toEqual(library.optionalDependencies);
  expect(program.dependencies).toMatchObject(library.dependencies);
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

interface Entry {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const BUILT = "web/dist";
const manifestOf = (built: string) =>
  JSON.parse(readFileSync(path.join(built, "manifest.json"), "utf8")) as Record<string, Entry>;
const manifest = manifestOf(BUILT);
const gzipped = (file: string): number => gzipSync(readFileSync(path.join(BUILT, file))).length;

function filesOf(name: string, found = new Set<string>()): Set<string> {
  const entry = manifest[name];
  if (entry === undefined || found.has(entry.file)) return found;
  found.add(entry.file);
  for (const imported of entry.imports ?? []) filesOf(imported, found);
  return found;
}

const weightOf = (name: string): number => [...filesOf(name)].reduce((sum, file) => sum + gzipped(file), 0);

/** `npm ci` builds the pages. */
describe("what a phone has to load", () => {
  it.each(["en", "es"])("before the checkout at most 30 kB of script: %s", (language) => {
    expect(weightOf(`src/browser/shop.${language}.ts`)).toBeLessThanOrEqual(30_000);
  });

  it.each(["en", "es"])("checkout and account at most 45 kB, the provider's own aside: %s", (language) => {
    const app = filesOf(`src/browser/app.${language}.ts`);
    for (const page of ["checkout", "return", "esim"]) filesOf(`src/pages/${page}/${page}.tsx`, app);
    expect([...app].reduce((sum, file) => sum + gzipped(file), 0)).toBeLessThanOrEqual(45_000);
  });

  it("no text that only a mail says, such as those to operators", () => {
    const scripts = Object.values(manifest)
      .map(({ file }) => file)
      .filter((file) => file.endsWith(".js"));
    const all = scripts.map((file) => readFileSync(path.join(BUILT, file), "utf8")).join();
    expect(all).toContain("iphone.scan");
    expect(all).not.toMatch(/alarm\.|invitation\.|login\.secret/);
  });

  it("the client in at most 5 kB, without another package", async () => {
    const { outputFiles } = await build({
      entryPoints: ["client/src/client.ts"],
      ...{ bundle: true, minify: true, format: "esm", write: false },
    });
    expect(gzipSync(outputFiles[0]?.contents ?? "").length).toBeLessThanOrEqual(5_000);
    const { dependencies = {} } = JSON.parse(readFileSync("client/package.json", "utf8"));
    expect(dependencies).toEqual({});
  });

  it("at most 12 kB of style, and one font of at most 25 kB", () => {
    const files = Object.values(manifest).map(({ file }) => file);
    const styles = [...new Set(files.filter((file) => file.endsWith(".css")))];
    expect(styles.reduce((sum, file) => sum + gzipped(file), 0)).toBeLessThanOrEqual(12_000);
    const fonts = [...new Set(files.filter((file) => file.endsWith(".woff2")))];
    expect(fonts).toHaveLength(1);
    expect(readFileSync(path.join(BUILT, fonts[0] ?? "")).length).toBeLessThanOrEqual(25_000);
  });
});

/** The console's first screen: its program, its styles and the texts of one language. */
describe("what an operator has to load", () => {
  it.each(["en", "es"])("at most 350 kB before the first screen: %s", (language) => {
    const built = "console/dist";
    const known = manifestOf(built);
    const files = new Set<string>();
    const add = (name: string): void => {
      const entry = known[name];
      if (entry === undefined || files.has(entry.file)) return;
      for (const file of [entry.file, ...(entry.css ?? [])]) files.add(file);
      for (const imported of entry.imports ?? []) add(imported);
    };
    add("src/main.tsx");
    add(`src/texts/${language}.json`);
    expect(files.size).toBeGreaterThanOrEqual(3);
    const sizes = [...files].map((file) => gzipSync(readFileSync(path.join(built, file))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(350_000);
  });
});

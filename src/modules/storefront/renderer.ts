import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { PageLanguage, PageRequest, RenderPage } from "../../../web/src/page-contract.js";

/** The built pages; src/ and dist/ lie equally deep, so the path holds in both. */
export const BUILT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "web", "dist");

interface ManifestEntry {
  readonly file: string;
  readonly imports?: readonly string[];
}
type Manifest = Readonly<Record<string, ManifestEntry>>;

export type Bundle = "shop" | "app";

export interface Renderer {
  /** The document of a page, from components that the build has made for the server. */
  render(request: Omit<PageRequest, "assets">, bundle: Bundle): Promise<string>;
}

/** Throws an Error that says what to do when the pages are not built. Components are loaded with the first page. */
export function makeRenderer(options: { readonly brandStyle: () => string }): Renderer {
  let loaded: Promise<{ renderPage: RenderPage }> | undefined;
  let manifest: Manifest | undefined;
  const load = (): Promise<{ renderPage: RenderPage }> => {
    const file = path.join(BUILT, "server", "server.js");
    if (!existsSync(file)) throw new Error("The pages are not built. Run npm run build.");
    return import(pathToFileURL(file).href) as Promise<{ renderPage: RenderPage }>;
  };
  return {
    async render(request, bundle) {
      loaded ??= load();
      manifest ??= JSON.parse(readFileSync(path.join(BUILT, "manifest.json"), "utf8")) as Manifest;
      const { renderPage } = await loaded;
      const assets = { ...assetsOf(manifest, bundle, request.language), brandStyle: options.brandStyle() };
      return renderPage({ ...request, assets });
    },
  };
}

function assetsOf(
  manifest: Manifest,
  bundle: Bundle,
  language: PageLanguage,
): Omit<PageRequest["assets"], "brandStyle"> {
  const entries = Object.entries(manifest);
  const endingIn = (end: string): string | null => {
    const found = entries.find(([, { file }]) => file.endsWith(end));
    return found === undefined ? null : `/${found[1].file}`;
  };
  const name = `src/browser/${bundle}.${language}.ts`;
  const entry = manifest[name];
  return {
    style: endingIn(".css") ?? "",
    font: endingIn(".woff2"),
    scripts: entry === undefined ? [] : [`/${entry.file}`],
    preloads: importsOf(manifest, name).map((file) => `/${file}`),
  };
}

/** All files that a script will ask for, so that they come at once and not one after the other. */
function importsOf(manifest: Manifest, name: string): string[] {
  const found = new Set<string>();
  const visit = (key: string): void => {
    for (const imported of manifest[key]?.imports ?? []) {
      const file = manifest[imported]?.file;
      if (file === undefined || found.has(file)) continue;
      found.add(file);
      visit(imported);
    }
  };
  visit(name);
  return [...found];
}

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "src");
const flags = path.join(
  path.dirname(createRequire(import.meta.url).resolve("circle-flags/package.json")),
  "flags",
);

const GLOBE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#2f7fd1"/>' +
  '<path d="M11 20c8 3 12 0 17 5s1 9 5 12-4 12-9 14S5 40 5 32s3-13 6-12zm33-13c6 3 11 8 13 14-6 3-11 1-15 5s-8 0-9-5 4-13 11-14zm3 28c5-1 9 1 11 5-2 8-8 14-15 17-4-3-3-8-1-12s0-9 5-10z" fill="#7fd18b"/></svg>';

/** Every country's flag, under its ISO code in small letters, and a globe for regions. */
const copyFlags: Plugin = {
  name: "copy-flags",
  apply: "build",
  closeBundle() {
    if (this.environment?.name === "ssr") return;
    const target = path.join(source, "..", "dist", "flags");
    mkdirSync(target, { recursive: true });
    cpSync(flags, target, {
      recursive: true,
      filter: (file) => !/\.svg$/.test(file) || /\/[a-z]{2}\.svg$/.test(file),
    });
    writeFileSync(path.join(target, "globe.svg"), GLOBE);
  },
};

/** Of the mails' texts the pages show the steps of an installation; a customer loads nothing of the others. */
const INSTALL_TEXTS = /^(before|iphone|android|arrive)\./;

const onlyInstallTexts: Plugin = {
  name: "only-install-texts",
  enforce: "pre",
  transform(code, id) {
    if (!/\/modules\/mail\/texts\/[a-z]{2}\.json$/.test(id)) return null;
    const texts = Object.entries(JSON.parse(code) as Record<string, string>);
    const kept = texts.filter(([key]) => INSTALL_TEXTS.test(key));
    return { code: JSON.stringify(Object.fromEntries(kept)), map: null };
  },
};

const browserInputs = {
  "shop-en": path.join(source, "browser", "shop.en.ts"),
  "shop-es": path.join(source, "browser", "shop.es.ts"),
  "app-en": path.join(source, "browser", "app.en.ts"),
  "app-es": path.join(source, "browser", "app.es.ts"),
  "service-worker": path.join(source, "offline", "worker.ts"),
};

/** Everything lands in dist/ under its own hash, and nothing is inlined: the pages' policy forbids it. */
export default defineConfig(({ isSsrBuild }) => ({
  plugins: [preact({ reactAliasesEnabled: false }), copyFlags, onlyInstallTexts],
  resolve: { alias: { "@tribi/client": path.join(source, "..", "..", "client", "src", "client.ts") } },
  ssr: { noExternal: true as const },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: isSsrBuild ? false : "manifest.json",
    cssCodeSplit: false,
    rollupOptions: isSsrBuild
      ? {}
      : {
          input: browserInputs,
          output: {
            // The service worker is asked for by its name; browsers look for a newer one by themselves.
            entryFileNames: ({ name }) =>
              name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
          },
        },
  },
}));

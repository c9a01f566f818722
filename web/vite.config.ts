import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** The pages for people. Everything lands in dist/ under its own hash, and nothing is inlined: the pages' policy forbids it. */
export default defineConfig({
  plugins: [preact()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

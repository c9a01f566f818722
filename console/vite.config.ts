import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { listSchemas } from "./list-schemas.js";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Everything lands in dist/ under its own hash, and nothing is inlined: the console's policy forbids it. */
export default defineConfig({
  base: "/console/",
  plugins: [listSchemas(path.join(here, "..", "openapi.json"))],
  resolve: { alias: { "@tribi/client": path.join(here, "..", "client", "src", "client.ts") } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    chunkSizeWarningLimit: 2_000,
    rollupOptions: {
      input: path.join(here, "src", "main.tsx"),
      onwarn: (warning, warn) => {
        // "use client" is for servers that render; here all of it is the client.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "embedded-postgres",
    include: ["tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

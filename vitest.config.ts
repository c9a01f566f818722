import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { useMemoryForTemporaryFiles } from "./tests/support/memory-folder.js";

useMemoryForTemporaryFiles();

/** Each takes a minute or two by itself: begun last, it would run alone at the end. */
const LONGEST = ["tests/simulation/campaign.test.ts", "tests/simulate/simulate.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = (file: TestSpecification): boolean =>
      LONGEST.some((one) => file.moduleId.endsWith(one));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  // Our own packages are read from their sources.
  resolve: { tsconfigPaths: true },
  test: {
    pool: "forks",
    maxWorkers: 4,
    // Long enough for any busy machine: what hangs is found all the same, and time proves nothing.
    testTimeout: 300_000,
    // What was expected and what came, whole: it is read in lists of failures.
    chaiConfig: { truncateThreshold: 1_000 },
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ["default"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "store",
          include: [
            "src/**/*.test.ts",
            "scripts/**/*.test.ts",
            "client/src/**/*.test.ts",
            "tests/**/*.test.ts",
            "web/src/**/*.test.ts",
          ],
          globalSetup: ["tests/support/global-setup.ts"],
          setupFiles: process.env.TEST_PROFILE === undefined ? [] : ["tests/support/cpu-profile.ts"],
          // The program is read once per worker and not once per file: that was a quarter of the suite's time.
          isolate: false,
        },
      },
      "packages/embedded-postgres",
      "packages/fakes",
    ],
  },
});

import { FAKE_NAMES } from "@tribi/fakes/run-fake";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { eventually } from "../support/eventually.js";
import { startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** As `npm run fakes` does, without npm. */
const startFake = (...args: readonly string[]) =>
  startProcess(["tsx", "packages/fakes/src/main.ts", ...args], {}, { main: "--import" });

describe("the fakes as a command", () => {
  it.each(FAKE_NAMES)(
    "%s says which variables to set, shows its books and ends on SIGTERM with 0",
    async (name) => {
      const fake = await startFake(name, "--port", "0");
      onTestFinished(() => fake.kill("SIGKILL"));
      const url = await eventually(
        () => /listens on (http:\/\/127\.0\.0\.1:\d+\S*)/.exec(fake.output())?.[1],
        {
          what: `The fake ${name}`,
        },
      );
      const variables = Object.fromEntries(
        [...fake.output().matchAll(/^ {2}([A-Z_]+)=(.*)$/gm)].map(([, variable, value]) => [variable, value]),
      );
      expect(Object.values(variables).some((value) => String(value).startsWith(url))).toBe(true);
      expect(() =>
        loadConfig({
          ...variables,
          ENVIRONMENT: "test",
          DATA_DIR: temporaryFolder("fakes"),
        }),
      ).not.toThrow();
      const books = await fetch(`${new URL(url).origin}/__control/ledger`);
      expect(books.status).toBe(200);
      fake.kill("SIGTERM");
      expect(await fake.ended).toBe(0);
    },
  );

  it.each([
    [["paypal"], "There are: stripe"],
    [["stripe", "--port", "http"], "--port must be"],
  ])("%j ends with 1 and says what there is", async (args, message) => {
    const fake = await startFake(...args);
    expect(await fake.ended).toBe(1);
    expect(fake.output()).toContain(message);
  });
});

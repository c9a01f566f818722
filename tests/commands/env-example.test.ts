import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "dotenv";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.js";
import { type Environment, readEnvironment } from "../../src/config/env.js";
import { envFileProblems } from "../../src/config/env-file.js";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const text = readFileSync(path.join(ROOT, ".env.example"), "utf8");
const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-env-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** The names that the configuration asks for, found by asking. */
function namesRead(): Set<string> {
  const names = new Set<string>();
  const watched = (values: Environment): Environment =>
    new Proxy(values, {
      get: (target, name) => {
        names.add(String(name));
        return target[String(name)];
      },
    });
  loadConfig(watched({ DATA_DIR: dataDir }));
  loadConfig(
    watched({
      DATA_DIR: dataDir,
      SMTP_HOST: "localhost",
      STRIPE_SECRET_KEY: "sk_test_1",
      STRIPE_WEBHOOK_SECRET: "whsec_1",
    }),
  );
  return names;
}

describe(".env.example", () => {
  it("names every variable that the configuration reads, and no other", () => {
    expect(Object.keys(parse(text)).sort()).toEqual([...namesRead()].sort());
  });

  it("gives every variable, or the group it opens, a line that says what it is", () => {
    const lines = text.split("\n");
    const bare = lines.filter((line, index) => /^[A-Z_]+=/.test(line) && !hasWords(lines, index));
    expect(bare).toEqual([]);
  });

  it("holds the defaults: with it the configuration is the same as without", () => {
    const { values } = readEnvironment("/nonexistent", parse(text));
    const options = { DATA_DIR: dataDir, DEV_TOKEN: "same" };
    expect(loadConfig({ ...values, ...options })).toEqual(loadConfig(options));
  });

  it("is read without a doubt: nothing in it has two meanings", () => {
    expect(envFileProblems(text)).toEqual([]);
  });

  it.each(Object.keys(parse(text)))(
    "%s with a # is refused by name outside quotes, and whole within",
    (name) => {
      for (const value of ["pa#w0rd", "#w0rd", "Shop #w0rd", "w0rd#"]) {
        const problems = envFileProblems(`${name}=${value}`);
        expect(problems.map((problem) => problem.name)).toEqual([name]);
        expect(problems[0]?.message).toMatch(/single quotes/);
        expect(JSON.stringify(problems)).not.toContain("w0rd");
        for (const quote of ["'", '"', "`"]) {
          const line = `${name}=${quote}${value} ${quote}`;
          expect([envFileProblems(line), parse(line)]).toEqual([[], { [name]: `${value} ` }]);
        }
      }
    },
  );

  it("names no setting of the shop that its guide does not, and the guide none that is not there", () => {
    const guide = readFileSync(path.join(ROOT, "docs/storefront.md"), "utf8");
    const named = [...guide.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=\w+)?`/g)].map(([, name]) => name);
    expect(named.filter((name = "") => !(name in parse(text)))).toEqual([]);
    const ofTheShop = /# --- the shop.*?\n(?=# ---)/s.exec(text)?.[0] ?? "";
    const settings = Object.keys(parse(ofTheShop));
    expect(settings.length).toBeGreaterThan(9);
    expect(settings.filter((name) => !named.includes(name))).toEqual([]);
  });

  it("leaves SMTP and every secret empty", () => {
    const values = parse(text);
    for (const name of [
      "SMTP_HOST",
      "SMTP_USER",
      "SMTP_PASSWORD",
      "JWT_SECRET",
      "COOKIE_SECRET",
      "OTP_PEPPER",
    ])
      expect([name, values[name]]).toEqual([name, ""]);
  });
});

/** Its own comment above it, or the comment of the variables right before it (a pair shares one). */
function hasWords(lines: readonly string[], index: number): boolean {
  for (let at = index - 1; at >= 0 && lines[at] !== ""; at -= 1) if (lines[at]?.startsWith("#")) return true;
  return false;
}

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PRODUCTION } from "../../tests/support/production.js";
import { ConfigError, loadConfig } from "./config.js";
import type { Environment } from "./env.js";

const place = mkdtempSync(path.join(tmpdir(), "tribi-config-"));
const folder = (): string => mkdtempSync(path.join(place, "data-"));
afterAll(() => rmSync(place, { recursive: true }));
const problemsOf = (environment: Environment): string[] => {
  try {
    loadConfig({ DATA_DIR: folder(), ...environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.name);
    throw error;
  }
};

const without = (name: string): Environment =>
  Object.fromEntries(Object.entries(PRODUCTION).filter(([other]) => other !== name));

describe("the configuration", () => {
  it("needs nothing for development and makes secrets that survive a restart", () => {
    const dataDir = folder();
    const first = loadConfig({ DATA_DIR: dataDir });
    const second = loadConfig({ DATA_DIR: dataDir });
    expect(second.secrets).toEqual(first.secrets);
    expect(first.environment).toBe("development");
    expect(first.http.host).toBe("127.0.0.1");
    expect(statSync(path.join(dataDir, "secrets.json")).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(path.join(dataDir, "secrets.json"), "utf8")))).toHaveLength(5);
  });

  it("is frozen all the way down", () => {
    expect(() => Object.assign(loadConfig({ DATA_DIR: folder() }).auth.limits, { codesPerDay: 1 })).toThrow(
      TypeError,
    );
  });

  it("accepts a complete production environment", () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  it("reports every problem at once, by name", () => {
    const wrong = {
      ENVIRONMENT: "staging",
      PORT: "http",
      OTP_LENGTH: "4",
      COOKIE_SAMESITE: "maybe",
      TRUST_PROXY: "proxy",
    };
    expect(problemsOf(wrong).sort()).toEqual(Object.keys(wrong).sort());
  });

  it.each([
    "JWT_SECRET",
    "COOKIE_SECRET",
    "OTP_PEPPER",
    "DATA_ENCRYPTION_KEYS",
    "DATA_INDEX_KEY",
    "SMTP_HOST",
    "DATABASE_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "LOCAL_SMDP_ADDRESS",
  ])("refuses production without %s", (name) => {
    expect(problemsOf(without(name))).toContain(name);
  });

  it.each([
    ["a short secret", { JWT_SECRET: "x1y2z3" }, "JWT_SECRET"],
    [
      "the seed's sample secret",
      { JWT_SECRET: "your-secret-key-change-in-production-0123456789" },
      "JWT_SECRET",
    ],
    ["one letter repeated", { COOKIE_SECRET: "a".repeat(40) }, "COOKIE_SECRET"],
    ["a secret shared by two purposes", { COOKIE_SECRET: PRODUCTION.JWT_SECRET ?? "" }, "COOKIE_SECRET"],
    ["a short rotated secret", { JWT_SECRET: `${PRODUCTION.JWT_SECRET},short` }, "JWT_SECRET"],
    [
      "an encryption key that is another secret, too",
      { DATA_INDEX_KEY: (PRODUCTION.DATA_ENCRYPTION_KEYS ?? "").slice("k1:".length) },
      "DATA_INDEX_KEY",
    ],
    [
      "an encryption key of zeros",
      { DATA_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` },
      "DATA_ENCRYPTION_KEYS",
    ],
    ["a short encryption key", { DATA_ENCRYPTION_KEYS: "k1:c2hvcnQ=" }, "DATA_ENCRYPTION_KEYS"],
    ["a short token for the metrics", { METRICS_TOKEN: "metrics" }, "METRICS_TOKEN"],
    [
      "a webhook secret that is another secret, too",
      { STRIPE_WEBHOOK_SECRET: `${PRODUCTION.STRIPE_WEBHOOK_SECRET},${PRODUCTION.OTP_PEPPER}` },
      "STRIPE_WEBHOOK_SECRET",
    ],
    ["an empty rotated secret", { JWT_SECRET: `${PRODUCTION.JWT_SECRET},` }, "JWT_SECRET"],
    [
      "an empty webhook secret among several",
      {
        STRIPE_WEBHOOK_SECRET: `${PRODUCTION.STRIPE_WEBHOOK_SECRET},,${PRODUCTION.STRIPE_WEBHOOK_SECRET}2`,
      },
      "STRIPE_WEBHOOK_SECRET",
    ],
    ["the mock provider", { PAYMENT_PROVIDER: "mock" }, "PAYMENT_PROVIDER"],
    ["Stripe over plain HTTP", { STRIPE_API_BASE: "http://stripe.internal" }, "STRIPE_API_BASE"],
    ["Stripe at a path", { STRIPE_API_BASE: "https://stripe.internal/v1" }, "STRIPE_API_BASE"],
    ["another algorithm", { JWT_ALGORITHM: "HS512" }, "JWT_ALGORITHM"],
    ["a lifetime that cannot be parsed", { JWT_EXPIRATION_MINUTES: "1 day" }, "JWT_EXPIRATION_MINUTES"],
  ])("refuses production with %s", (_name, change, variable) => {
    expect(problemsOf({ ...PRODUCTION, ...change })).toContain(variable);
  });

  it("reports all of what production refuses at once", () => {
    expect(problemsOf({ ENVIRONMENT: "production", PAYMENT_PROVIDER: "MOCK" }).sort()).toEqual([
      "COOKIE_SECRET",
      "DATABASE_URL",
      "DATA_ENCRYPTION_KEYS",
      "DATA_INDEX_KEY",
      "JWT_SECRET",
      "LOCAL_SMDP_ADDRESS",
      "OTP_PEPPER",
      "PAYMENT_PROVIDER",
      "SMTP_HOST",
    ]);
  });

  it("keeps the embedded database in production only when told to", () => {
    expect(problemsOf({ ...without("DATABASE_URL"), ALLOW_EMBEDDED_IN_PRODUCTION: "true" })).toEqual([]);
  });

  it("never shows a value in its message", () => {
    try {
      loadConfig({ ...PRODUCTION, JWT_SECRET: "hunter2-short" });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).not.toContain("hunter2");
    }
  });
});

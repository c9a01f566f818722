import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PRODUCTION } from "../../tests/support/production.js";
import { ConfigError, loadConfig } from "./config.js";
import type { Environment } from "./env.js";
import { configWarnings } from "./production.js";

const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-production-"));
afterAll(() => rmSync(dataDir, { recursive: true }));

function problemsOf(change: Environment, base: Environment = PRODUCTION): string[] {
  try {
    loadConfig({ DATA_DIR: dataDir, ...base, ...change });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...new Set(error.problems.map(({ name }) => name))];
    throw error;
  }
}
/** A shop that takes payments at Adyen. */
const ADYEN: Environment = {
  ADYEN_API_KEY: "AQEyhmfxK4vNbRxFw0m3n3Q5qf3Vb",
  ADYEN_MERCHANT_ACCOUNT: "ShopECOM",
  ADYEN_CLIENT_KEY: "live_0123456789",
  ADYEN_HMAC_KEY: "8f1d2c3b4a5968778695a4b3c2d1e0f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
  ADYEN_LIVE_URL_PREFIX: "1797a841fbb37ca7-Shop",
  ADYEN_REPORT_KEY: "AQEreportfxK4vNbRxFw0m3n3Q5",
};
const inDevelopment = (change: Environment): string[] => problemsOf(change, {});
const word = (text: string): string => text.repeat(6);

const UNSAFE: readonly [what: string, change: Environment, name: string][] = [
  ["mail in clear to another host", { SMTP_USE_TLS: "false" }, "SMTP_USE_TLS"],
  ["a front end on localhost", { FRONTEND_ORIGINS: '["http://localhost:3000"]' }, "FRONTEND_ORIGINS"],
  ["a front end on 127.0.0.1", { FRONTEND_ORIGINS: "https://127.0.0.1" }, "FRONTEND_ORIGINS"],
  ["a front end on [::1]", { FRONTEND_ORIGINS: "https://[::1]:3000" }, "FRONTEND_ORIGINS"],
  ["a front end under .localhost", { FRONTEND_ORIGINS: "https://shop.localhost" }, "FRONTEND_ORIGINS"],
  ["every address as a proxy", { TRUST_PROXY: "0.0.0.0/0" }, "TRUST_PROXY"],
  ["every address as a proxy, in two halves", { TRUST_PROXY: "0.0.0.0/1,128.0.0.0/1" }, "TRUST_PROXY"],
  ["every address as a proxy, among others", { TRUST_PROXY: "10.0.0.0/8,::/0" }, "TRUST_PROXY"],
  ["every IPv4 address as a proxy, written as IPv6", { TRUST_PROXY: "::ffff:0:0/96" }, "TRUST_PROXY"],
  ["all public IPv6 addresses as proxies", { TRUST_PROXY: "2000::/3" }, "TRUST_PROXY"],
  ["receivers inside the network", { WEBHOOK_ALLOW_PRIVATE: "true" }, "WEBHOOK_ALLOW_PRIVATE"],
  ["more proxies in a row than there are", { TRUST_PROXY: "99" }, "TRUST_PROXY"],
  ["a webhook secret of one letter", { STRIPE_WEBHOOK_SECRET: "x" }, "STRIPE_WEBHOOK_SECRET"],
  [
    "a webhook secret of one letter behind its prefix",
    { STRIPE_WEBHOOK_SECRET: "whsec_x" },
    "STRIPE_WEBHOOK_SECRET",
  ],
  [
    "a weak webhook secret beside a good one",
    { STRIPE_WEBHOOK_SECRET: `${PRODUCTION.STRIPE_WEBHOOK_SECRET},x` },
    "STRIPE_WEBHOOK_SECRET",
  ],
  ["a repetitive webhook secret", { STRIPE_WEBHOOK_SECRET: `whsec_${word("abc")}` }, "STRIPE_WEBHOOK_SECRET"],
  [
    "a supplier's secret of one letter, which signs its webhooks",
    { AIRALO_CLIENT_ID: "id", AIRALO_CLIENT_SECRET: "x" },
    "AIRALO_CLIENT_SECRET",
  ],
  ["a supplier's key of one letter, which signs its callbacks", { ESIM_GO_API_KEY: "x" }, "ESIM_GO_API_KEY"],
  [
    "a supplier's secret key of one letter",
    { ESIM_ACCESS_CODE: "code", ESIM_ACCESS_SECRET_KEY: "x" },
    "ESIM_ACCESS_SECRET_KEY",
  ],
  ["Stripe's test key", { STRIPE_SECRET_KEY: "sk_test_0123456789" }, "STRIPE_SECRET_KEY"],
  ["Stripe's restricted test key", { STRIPE_SECRET_KEY: "rk_test_0123456789" }, "STRIPE_SECRET_KEY"],
  [
    "a live key beside a publishable test key",
    { STRIPE_PUBLISHABLE_KEY: "pk_test_1" },
    "STRIPE_PUBLISHABLE_KEY",
  ],
  [
    "a supplier's sandbox",
    {
      AIRALO_CLIENT_ID: "id",
      AIRALO_CLIENT_SECRET: PRODUCTION.OTP_PEPPER.toUpperCase(),
      AIRALO_API_BASE: "https://sandbox-partners-api.airalo.com/v2",
    },
    "AIRALO_API_BASE",
  ],
  ["a word said again and again as a secret", { JWT_SECRET: word("password") }, "JWT_SECRET"],
  [
    "a word said again and again, with something at its end",
    { OTP_PEPPER: `${word("password")}1!` },
    "OTP_PEPPER",
  ],
  ["a phrase said three times", { COOKIE_SECRET: "supersecretkey".repeat(3) }, "COOKIE_SECRET"],
  [
    "a few letters in some order",
    { DATA_INDEX_KEY: "abcabacbacabcbacbabcacbabcabacbcabcbacab" },
    "DATA_INDEX_KEY",
  ],
  [
    "a repetitive rotated secret",
    { JWT_SECRET: `${PRODUCTION.JWT_SECRET},${word("password")}` },
    "JWT_SECRET",
  ],
  ["a repetitive token for the metrics", { METRICS_TOKEN: word("metrics") }, "METRICS_TOKEN"],
  [
    "an encryption key of one byte",
    { DATA_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}` },
    "DATA_ENCRYPTION_KEYS",
  ],
  [
    "an encryption key of one word",
    { DATA_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, "password").toString("base64")}` },
    "DATA_ENCRYPTION_KEYS",
  ],
  ["a sender whom no mail reaches", { SMTP_FROM_EMAIL: "Shop <no-reply@shop.test>" }, "SMTP_FROM_EMAIL"],
  ["support that no mail reaches", { SHOP_SUPPORT_EMAIL: "help@shop.localhost" }, "SHOP_SUPPORT_EMAIL"],
  ["an operator whom no code reaches", { ADMIN_EMAILS: "a@shop.example.com,b@x.invalid" }, "ADMIN_EMAILS"],
  ["a database elsewhere without TLS", { DATABASE_URL: "postgresql://db.internal/tribi" }, "DATABASE_URL"],
  [
    "a database elsewhere, TLS switched off",
    { DATABASE_URL: "postgresql://10.0.0.2/tribi?sslmode=disable" },
    "DATABASE_URL",
  ],
  [
    "a database elsewhere, named in the query",
    { DATABASE_URL: "postgresql:///tribi?host=db.internal" },
    "DATABASE_URL",
  ],
];

describe("production refuses, by name", () => {
  it.each(UNSAFE)("%s", (_what, change, name) => {
    expect(problemsOf(change)).toEqual([name]);
  });

  it("all of it at once", () => {
    const all = {
      SMTP_USE_TLS: "false",
      FRONTEND_ORIGINS: '["http://localhost:3000"]',
      TRUST_PROXY: "0.0.0.0/0",
      STRIPE_WEBHOOK_SECRET: "x",
      STRIPE_SECRET_KEY: "sk_test_1",
      JWT_SECRET: word("password"),
      DATABASE_URL: "postgresql://db.internal/tribi",
      PUBLIC_URL: "https://user:password@shop.example.com",
    };
    expect(problemsOf(all).sort()).toEqual(Object.keys(all).sort());
  });

  it("none of what is safe", () => {
    for (const change of [
      {},
      { SMTP_HOST: "127.0.0.1", SMTP_USE_TLS: "false" },
      { FRONTEND_ORIGINS: '["https://shop.example.com","capacitor://localhost"]' },
      { TRUST_PROXY: "10.0.0.0/8, 104.16.0.0/13, 2400:cb00::/32, fc00::/7, 127.0.0.1, ::1" },
      { TRUST_PROXY: "2" },
      { STRIPE_PUBLISHABLE_KEY: "pk_live_0123456789" },
      { STRIPE_SECRET_KEY: "sk_test_1", ALLOW_TEST_KEYS_IN_PRODUCTION: "true" },
      {
        STRIPE_SECRET_KEY: "sk_test_1",
        STRIPE_PUBLISHABLE_KEY: "pk_test_1",
        ALLOW_TEST_KEYS_IN_PRODUCTION: "true",
      },
      { DATABASE_URL: "postgresql://127.0.0.1/tribi" },
      { DATABASE_URL: "postgresql:///tribi?host=/var/run/postgresql" },
      { DATABASE_URL: "postgresql://%2Fvar%2Frun%2Fpostgresql/tribi" },
      { DATABASE_URL: "postgresql://db.internal/tribi?sslmode=require" },
      { DATABASE_URL: "postgresql://db.internal/tribi", ALLOW_DATABASE_WITHOUT_TLS: "true" },
      { JWT_SECRET: "90817263544536271809182736455463728190817263" },
    ] as Environment[])
      expect([change, problemsOf(change)]).toEqual([change, []]);
  });

  it("nothing of the kind where nobody but a developer is", () => {
    expect(inDevelopment({ TRUST_PROXY: "0.0.0.0/0", DATABASE_URL: "postgresql://db/tribi" })).toEqual([]);
  });
});

describe("what no environment starts with", () => {
  it.each<[string, Environment, string]>([
    [
      "two encryption keys with one id",
      {
        DATA_ENCRYPTION_KEYS: `k1:${PRODUCTION.DATA_ENCRYPTION_KEYS.slice(3)},k1:${Buffer.from(PRODUCTION.JWT_SECRET.slice(32)).toString("base64")}`,
      },
      "DATA_ENCRYPTION_KEYS",
    ],
    [
      "keys of two modes",
      {
        STRIPE_SECRET_KEY: "sk_test_1",
        STRIPE_PUBLISHABLE_KEY: "pk_live_1",
        STRIPE_WEBHOOK_SECRET: "whsec_1",
      },
      "STRIPE_PUBLISHABLE_KEY",
    ],
    [
      "keys of two modes, with test keys allowed",
      {
        STRIPE_SECRET_KEY: "sk_live_1",
        STRIPE_PUBLISHABLE_KEY: "pk_test_1",
        STRIPE_WEBHOOK_SECRET: "whsec_1",
        ALLOW_TEST_KEYS_IN_PRODUCTION: "true",
      },
      "STRIPE_PUBLISHABLE_KEY",
    ],
    [
      "a secret key where browsers get it",
      {
        STRIPE_SECRET_KEY: "sk_test_1",
        STRIPE_PUBLISHABLE_KEY: "sk_test_1",
        STRIPE_WEBHOOK_SECRET: "whsec_1",
      },
      "STRIPE_PUBLISHABLE_KEY",
    ],
    [
      "a publishable key for the secret one",
      { STRIPE_SECRET_KEY: "pk_test_1", STRIPE_WEBHOOK_SECRET: "whsec_1" },
      "STRIPE_SECRET_KEY",
    ],
    ["a name instead of a sender", { SMTP_FROM_EMAIL: "Shop" }, "SMTP_FROM_EMAIL"],
    ["a sender that a # has cut", { SMTP_FROM_EMAIL: "Shop <no-reply@shop" }, "SMTP_FROM_EMAIL"],
    ["two senders", { SMTP_FROM_EMAIL: "a@shop.example, b@shop.example" }, "SMTP_FROM_EMAIL"],
    ["half of the mail server's credentials", { SMTP_HOST: "localhost", SMTP_USER: "shop" }, "SMTP_PASSWORD"],
    ["a greeting that is no name", { SMTP_HOST: "localhost", SMTP_EHLO_NAME: "my host" }, "SMTP_EHLO_NAME"],
    ["a support address that is none", { SHOP_SUPPORT_EMAIL: "Help desk" }, "SHOP_SUPPORT_EMAIL"],
    ["a shop's name of two lines", { SHOP_NAME: "Shop\nBcc: x" }, "SHOP_NAME"],
    ["a currency that is none", { DEFAULT_CURRENCY: "dollars" }, "DEFAULT_CURRENCY"],
    ["an address with a query", { PUBLIC_URL: "https://shop.example.com/?x" }, "PUBLIC_URL"],
  ])("%s", (_what, change, name) => {
    expect(inDevelopment(change)).toEqual([name]);
  });
});

describe("configWarnings", () => {
  const sound: Environment = { DATA_DIR: dataDir, ...PRODUCTION, SHOP_TEXTS_FOLDER: dataDir };
  const warningsOf = (change: Environment): string[] => configWarnings(loadConfig({ ...sound, ...change }));

  it("is silent for a sound production store", () => {
    expect(warningsOf({})).toEqual([]);
  });

  it.each<[Environment, RegExp]>([
    [{ PUBLIC_URL: "" }, /^Links in mails begin with http:\/\/localhost:8000: set PUBLIC_URL/],
    [{ PUBLIC_URL: "http://shop.example.com" }, /^PUBLIC_URL is http:.*use https/],
    [
      { FRONTEND_ORIGINS: "http://web.example.com" },
      /^FRONTEND_ORIGINS holds http:\/\/web\.example\.com without TLS/,
    ],
    [{ SMTP_FROM_EMAIL: "" }, /^SMTP_FROM_EMAIL is not set/],
    [{ SHOP_SUPPORT_EMAIL: "" }, /^SHOP_SUPPORT_EMAIL is not set/],
    [{ SHOP_TEXTS_FOLDER: "" }, /^SHOP_TEXTS_FOLDER is not set/],
    [{ METRICS_TOKEN: "" }, /^METRICS_TOKEN is not set/],
    [{ RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999" }, /^A limit on login codes/],
    [{ LOG_LEVEL: "silent" }, /^LOG_LEVEL is silent/],
    [{ ALLOW_TEST_KEYS_IN_PRODUCTION: "true" }, /^ALLOW_TEST_KEYS_IN_PRODUCTION is on/],
    [{ STRIPE_API_BASE: "https://stripe.internal" }, /^STRIPE_API_BASE is set/],
    [{ DATABASE_URL: "postgresql://db/tribi?sslmode=no-verify" }, /^DATABASE_URL does not verify/],
    [
      { DATABASE_URL: "postgresql://db/tribi?sslmode=require&uselibpqcompat=true" },
      /^DATABASE_URL does not verify/,
    ],
    [{ REDIS_URL: "redis://cache.internal" }, /^REDIS_URL leads to another machine/],
    [
      { ESIM_GO_API_KEY: "0a1b2c3d4e5f60718293", ESIM_GO_CALLBACK_VERSION: "v2" },
      /^ESIM_GO_CALLBACK_VERSION is v2/,
    ],
  ])("%j", (change, warning) => {
    const set = Object.fromEntries(
      Object.entries({ ...sound, ...change }).filter(([, value]) => value !== ""),
    );
    const warnings = configWarnings(loadConfig(set));
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it("tells a developer of a live key", () => {
    const config = loadConfig({
      DATA_DIR: dataDir,
      STRIPE_SECRET_KEY: "sk_live_1",
      STRIPE_WEBHOOK_SECRET: "whsec_1",
    });
    expect(configWarnings(config)).toEqual([expect.stringContaining("live key outside production")]);
  });
});

describe("Adyen", () => {
  it("starts in production with live keys", () => {
    expect(problemsOf(ADYEN)).toEqual([]);
    expect(problemsOf({ ...ADYEN, PAYMENT_OFFERS: "STRIPE,ADYEN:EUR,ADYEN@jp" })).toEqual([]);
  });

  it.each<[what: string, change: Environment, name: string]>([
    ["no HMAC key", { ADYEN_HMAC_KEY: "" }, "ADYEN_HMAC_KEY"],
    [
      "an HMAC key that is no hexadecimal",
      { ADYEN_HMAC_KEY: "not hexadecimal at all, is it" },
      "ADYEN_HMAC_KEY",
    ],
    ["an empty HMAC key among several", { ADYEN_HMAC_KEY: `${ADYEN.ADYEN_HMAC_KEY},` }, "ADYEN_HMAC_KEY"],
    ["a repetitive HMAC key", { ADYEN_HMAC_KEY: "ab".repeat(32) }, "ADYEN_HMAC_KEY"],
    [
      "the test environment",
      { ADYEN_LIVE_URL_PREFIX: "", ADYEN_CLIENT_KEY: "test_0123456789" },
      "ADYEN_LIVE_URL_PREFIX",
    ],
    ["a client key of the other mode", { ADYEN_CLIENT_KEY: "test_0123456789" }, "ADYEN_CLIENT_KEY"],
    ["a secret as the client key", { ADYEN_CLIENT_KEY: "AQEyhmfxK4vNbRxFw0m3n3Q5qf3Vb" }, "ADYEN_CLIENT_KEY"],
    ["no client key for Drop-in", { ADYEN_CLIENT_KEY: "" }, "ADYEN_CLIENT_KEY"],
    ["no merchant account", { ADYEN_MERCHANT_ACCOUNT: "" }, "ADYEN_MERCHANT_ACCOUNT"],
    ["an address without TLS", { ADYEN_API_BASE: "http://adyen.internal" }, "ADYEN_API_BASE"],
    ["reports without TLS", { ADYEN_REPORT_BASE: "http://adyen.internal" }, "ADYEN_REPORT_BASE"],
    ["a stand-in for its script", { ADYEN_JS_URL: "https://cdn.example.com/adyen.js" }, "ADYEN_JS_URL"],
    ["a shop's name that its references cannot hold", { SHOP_ID: "a".repeat(27) }, "SHOP_ID"],
    ["orders that live longer than a session", { ORDER_TTL_MINUTES: "2000" }, "ORDER_TTL_MINUTES"],
    ["an offer of the mock", { PAYMENT_OFFERS: "MOCK" }, "PAYMENT_OFFERS"],
    ["an offer of nobody", { PAYMENT_OFFERS: "PAYPAL" }, "PAYMENT_OFFERS"],
    ["an offer in no currency", { PAYMENT_OFFERS: "ADYEN:EURO" }, "PAYMENT_OFFERS"],
    ["an offer in no country", { PAYMENT_OFFERS: "STRIPE,ADYEN:EUR@XX" }, "PAYMENT_OFFERS"],
    ["an offer that cannot be read", { PAYMENT_OFFERS: "ADYEN:EUR:JP" }, "PAYMENT_OFFERS"],
  ])("refuses production with %s", (_what, change, name) => {
    expect(problemsOf({ ...ADYEN, ...change })).toContain(name);
  });

  it("refuses PAYMENT_PROVIDER=ADYEN without a key", () => {
    expect(problemsOf({ PAYMENT_PROVIDER: "ADYEN" })).toContain("ADYEN_API_KEY");
  });
});

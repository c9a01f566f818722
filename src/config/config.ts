import { randomBytes } from "node:crypto";
import path from "node:path";
import { type EmailAddress, readEmailAddress } from "../kernel/email-address.js";
import { type CookieCheck, cookieProblems } from "./cookie-checks.js";
import type { Environment } from "./env.js";
import { readSecrets, splitSecrets } from "./secrets.js";
import { readShop } from "./shop.js";
import { readDefaultSupplier, readSuppliers } from "./suppliers.js";
import {
  type ConfigProblem,
  makeVariableReader,
  readTrustProxy,
  type TrustProxy,
  type VariableReader,
} from "./variables.js";

export type EnvironmentName = "development" | "test" | "production";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n` +
        problems.map(({ name, message }) => `  ${name} ${message}`).join("\n") +
        "\nEvery variable is described in .env.example.",
    );
  }
}

/** A limit of this value is off (the seed's rollback switch). */
export const LIMIT_OFF = 999_999;

export type Config = ReturnType<typeof readGroups>;

/**
 * Checks the whole environment and answers a frozen configuration, or throws one ConfigError that names every
 * variable with a problem.
 */
export function loadConfig(environment: Environment): Config {
  const reader = makeVariableReader(environment);
  const config = readGroups(reader);
  if (config.isProduction) reportProductionRefusals(reader, config);
  if (config.auth.cookie.isEnabled) reader.problems.push(...cookieProblems(cookieCheckOf(config)));
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return deepFreeze(config);
}

function readGroups(reader: VariableReader) {
  const environment: EnvironmentName = reader.choice(
    "ENVIRONMENT",
    ["development", "test", "production"],
    "development",
  );
  const isProduction = environment === "production";
  const dataDir = path.resolve(reader.textOr("DATA_DIR", ".data"));
  const port = reader.integer("PORT", 8000, { min: 0, max: 65_535 });
  return {
    environment,
    isProduction,
    dataDir,
    http: readHttp(reader, isProduction, port),
    database: readDatabase(reader),
    shop: readShop(reader),
    redisUrl: reader.url("REDIS_URL", ["redis:", "rediss:"]),
    adminEmails: readAdminEmails(reader),
    log: {
      level: reader.choice(
        "LOG_LEVEL",
        ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
        "info",
      ),
      format: reader.choice("LOG_FORMAT", ["json", "pretty"], isProduction ? "json" : "pretty"),
    },
    secrets: readSecrets(reader, { isProduction, dataDir }),
    auth: readAuth(reader, isProduction),
    mail: readMail(reader),
    payments: readPayments(reader, isProduction),
    orders: {
      ttlMinutes: reader.integer("ORDER_TTL_MINUTES", 60, { min: 1, max: 10_080 }),
      idempotencyKeyTtlHours: reader.integer("IDEMPOTENCY_KEY_TTL_HOURS", 720, { min: 24, max: 87_600 }),
      unpaidPerUserMax: 5,
    },
    esims: readEsims(reader, isProduction),
    catalog: {
      /** Null means the file that comes with the program. */
      deviceDataFile: reader.text("DEVICE_DATA_FILE"),
    },
  };
}

function readHttp(reader: VariableReader, isProduction: boolean, port: number) {
  return {
    host: reader.textOr("HOST", isProduction ? "0.0.0.0" : "127.0.0.1"),
    port,
    publicUrl:
      reader.url("PUBLIC_URL", isProduction ? ["https:", "http:"] : ["http:", "https:"]) ??
      `http://localhost:${port}`,
    trustProxy: readTrustProxy(reader) as TrustProxy,
    frontendOrigins: reader.list("FRONTEND_ORIGINS").map((origin) => readOrigin(reader, origin)),
    metricsToken: reader.text("METRICS_TOKEN"),
    /** Opens the development pages to callers that are not on loopback; printed at start. */
    devToken: reader.textOr("DEV_TOKEN", randomBytes(16).toString("hex")),
    drainSeconds: reader.integer("DRAIN_SECONDS", isProduction ? 5 : 0, { min: 0, max: 20 }),
    csvImportBytesMax: reader.integer("CSV_IMPORT_BYTES_MAX", 5_000_000, { min: 1_000, max: 100_000_000 }),
  };
}

export function cookieCheckOf({ auth, http, isProduction }: Config): CookieCheck {
  const { domain, sameSite } = auth.cookie;
  return { domain, sameSite, publicUrl: http.publicUrl, frontendOrigins: http.frontendOrigins, isProduction };
}

function readAdminEmails(reader: VariableReader): EmailAddress[] {
  return reader.list("ADMIN_EMAILS").flatMap((text) => {
    const email = readEmailAddress(text);
    if (email === undefined)
      reader.problem("ADMIN_EMAILS", `holds "${text}", which is not an e-mail address`);
    return email === undefined ? [] : [email];
  });
}

function readOrigin(reader: VariableReader, text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, "")) return new URL(text).origin;
  reader.problem(
    "FRONTEND_ORIGINS",
    `holds "${text}", which is not an origin such as https://shop.example.com`,
  );
  return text;
}

function readDatabase(reader: VariableReader) {
  return {
    /** Null means the embedded server in DATA_DIR. */
    url: reader.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    allowEmbeddedInProduction: reader.flag("ALLOW_EMBEDDED_IN_PRODUCTION", false),
    poolMax: reader.integer("DATABASE_POOL_MAX", 6, { min: 2, max: 500 }),
    /** Connections that webhooks and jobs have for themselves, so that a flood of reads cannot starve paid orders. */
    reservedPoolMax: reader.integer("DATABASE_RESERVED_POOL_MAX", 12, { min: 2, max: 500 }),
  };
}

function readAuth(reader: VariableReader, isProduction: boolean) {
  const algorithm = reader.textOr("JWT_ALGORITHM", "HS256");
  if (algorithm !== "HS256")
    reader.problem("JWT_ALGORITHM", "must be HS256, the only algorithm that is accepted");
  const sameSite = reader.choice("COOKIE_SAMESITE", ["lax", "strict", "none"], "lax");
  const limit = (name: string, fallback: number): number =>
    reader.integer(name, fallback, { min: 1, max: LIMIT_OFF });
  return {
    jwtExpirationMinutes: reader.integer("JWT_EXPIRATION_MINUTES", 1440, { min: 1, max: 43_200 }),
    cookie: {
      isEnabled: reader.flag("COOKIE_AUTH_ENABLED", true),
      domain: reader.text("COOKIE_DOMAIN")?.replace(/^\./, "").toLowerCase() ?? null,
      sameSite,
      isSecure: sameSite === "none" || isProduction || reader.flag("COOKIE_SECURE", false),
    },
    otp: {
      length: reader.integer("OTP_LENGTH", 6, { min: 6, max: 8 }),
      ttlMinutes: reader.integer("OTP_TTL_MINUTES", 10, { min: 1, max: 10 }),
      attemptsMax: reader.integer("OTP_MAX_ATTEMPTS", 5, { min: 1, max: 10 }),
    },
    limits: {
      codesPerMinute: limit("RATE_LIMIT_CODES_PER_MINUTE", 1),
      codesPerDay: limit("RATE_LIMIT_CODES_PER_DAY", 5),
      windowSeconds: reader.integer("RATE_LIMIT_WINDOW_SECONDS", 60, { min: 1, max: 86_400 }),
      windowHours: reader.integer("RATE_LIMIT_WINDOW_HOURS", 24, { min: 1, max: 168 }),
      codesPerAddressPerDay: limit("RATE_LIMIT_CODES_PER_IP_PER_DAY", 25),
      codesPerEmailPerDay: limit("RATE_LIMIT_CODES_PER_EMAIL_PER_DAY", 20),
    },
  };
}

function readMail(reader: VariableReader) {
  const host = reader.text("SMTP_HOST");
  return {
    /** Null means the development inbox. */
    smtp:
      host === null
        ? null
        : {
            host,
            port: reader.integer("SMTP_PORT", 587, { min: 1, max: 65_535 }),
            user: reader.text("SMTP_USER"),
            password: reader.text("SMTP_PASSWORD"),
            useTls: reader.flag("SMTP_USE_TLS", true),
          },
    fromEmail: reader.textOr("SMTP_FROM_EMAIL", "Tribi <no-reply@tribi.local>"),
  };
}

function readPayments(reader: VariableReader, isProduction: boolean) {
  const stripeSecretKey = reader.text("STRIPE_SECRET_KEY");
  const webhookSecretsText = reader.text("STRIPE_WEBHOOK_SECRET");
  const webhookSecrets = webhookSecretsText === null ? [] : splitSecrets(webhookSecretsText);
  if (webhookSecrets.includes("")) {
    reader.problem(
      "STRIPE_WEBHOOK_SECRET",
      "has an empty item between its commas; remove it, an empty secret would accept anything",
    );
  }
  if (stripeSecretKey !== null && webhookSecrets.length === 0) {
    reader.problem(
      "STRIPE_WEBHOOK_SECRET",
      "is missing although STRIPE_SECRET_KEY is set; copy it from the webhook endpoint's page at Stripe",
    );
  }
  const provider = reader.choice(
    "PAYMENT_PROVIDER",
    ["MOCK", "STRIPE"],
    stripeSecretKey !== null || isProduction ? "STRIPE" : "MOCK",
  );
  if (provider === "STRIPE" && stripeSecretKey === null) {
    reader.problem("STRIPE_SECRET_KEY", "is missing although PAYMENT_PROVIDER is STRIPE");
  }
  return {
    provider,
    defaultCurrency: reader.textOr("DEFAULT_CURRENCY", "USD").toUpperCase(),
    mockAutoConfirm: reader.flag("MOCK_AUTO_CONFIRM", false),
    stripe:
      stripeSecretKey === null
        ? null
        : {
            secretKey: stripeSecretKey,
            publishableKey: reader.text("STRIPE_PUBLISHABLE_KEY"),
            webhookSecrets,
            apiBase: readStripeBase(reader, isProduction),
          },
    /** Names this shop in provider metadata, so that two shops may share one account. */
    shopId: reader.textOr("SHOP_ID", "tribi"),
    reconcileIntervalMinutes: reader.integer("RECONCILE_INTERVAL_MINUTES", 5, { min: 1, max: 1440 }),
    autoRefundMaxPerHour: reader.integer("AUTO_REFUND_MAX_PER_HOUR", 20, { min: 0, max: 100_000 }),
  };
}

function readStripeBase(reader: VariableReader, isProduction: boolean): string | null {
  const url = reader.url("STRIPE_API_BASE", isProduction ? ["https:"] : ["https:", "http:"]);
  if (url !== null && new URL(url).origin !== url)
    reader.problem("STRIPE_API_BASE", "must be an origin such as https://api.stripe.com, without a path");
  return url;
}

function readEsims(reader: VariableReader, isProduction: boolean) {
  const suppliers = readSuppliers(reader, isProduction);
  return {
    suppliers,
    supplier: readDefaultSupplier(reader, suppliers),
    localSmdpAddress: reader.text("LOCAL_SMDP_ADDRESS"),
    localIccidFormat: reader.choice("LOCAL_ICCID_FORMAT", ["seed", "e118"], "seed"),
    /** The unit of every pause in the conversation with a supplier. */
    paceMillis: reader.integer("PROVISIONING_PACE_MILLIS", 1_000, { min: 10, max: 60_000 }),
    activationCodeTtlDays: reader.integer("ACTIVATION_CODE_TTL_DAYS", 180, { min: 1, max: 3650 }),
  };
}

/** CONTRACT §8: what production refuses, each by name. */
function reportProductionRefusals(reader: VariableReader, config: Config): void {
  if (config.payments.provider === "MOCK") {
    reader.problem(
      "PAYMENT_PROVIDER",
      "is the mock provider, which does not exist in production; use STRIPE",
    );
  }
  if (config.mail.smtp === null) reader.problem("SMTP_HOST", "is missing; production sends its mail by SMTP");
  if (config.database.url === null && !config.database.allowEmbeddedInProduction) {
    reader.problem(
      "DATABASE_URL",
      "is missing; set it, or ALLOW_EMBEDDED_IN_PRODUCTION=true to keep the embedded database",
    );
  }
  if (config.esims.supplier === "local" && config.esims.localSmdpAddress === null) {
    reader.problem(
      "LOCAL_SMDP_ADDRESS",
      "is missing; in production the local supplier needs the address of your own SM-DP+",
    );
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Buffer.isBuffer(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

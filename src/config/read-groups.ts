import { randomBytes } from "node:crypto";
import path from "node:path";
import { type EmailAddress, readEmailAddress } from "../kernel/email-address.js";
import { readBrand } from "./brand.js";
import { readCare } from "./care.js";
import { readMail } from "./mail.js";
import { readOperators } from "./operators.js";
import { readFrontendOrigins } from "./origins.js";
import { readPayments } from "./payments.js";
import { readRunTimeSettings } from "./run-time-settings.js";
import { readSecrets } from "./secrets.js";
import { readShop } from "./shop.js";
import { readDefaultSupplier, readSuppliers } from "./suppliers.js";
import { readSupply } from "./supply.js";
import { readTraces } from "./traces.js";
import { LIMIT_OFF, readTrustProxy, type TrustProxy, type VariableReader } from "./variables.js";

export type EnvironmentName = "development" | "test" | "production";

export type Config = ReturnType<typeof readGroups>;

/** Every group of settings, checked one by one; what does not fit is kept by the reader. */
export function readGroups(reader: VariableReader) {
  const environment: EnvironmentName = reader.choice(
    "ENVIRONMENT",
    ["development", "test", "production"],
    "development",
  );
  const isProduction = environment === "production";
  const dataDir = path.resolve(reader.textOr("DATA_DIR", ".data"));
  const shop = readShop(reader);
  const brand = readBrand(reader);
  const care = readCare(reader);
  const payments = readPayments(reader, isProduction);
  const port = reader.integer("PORT", 8000, { min: 0, max: 65_535 });
  return {
    environment,
    isProduction,
    dataDir,
    http: readHttp(reader, isProduction, port),
    database: readDatabase(reader),
    shop,
    brand,
    redisUrl: reader.url("REDIS_URL", ["redis:", "rediss:"]),
    adminEmails: readAdminEmails(reader),
    operators: readOperators(reader, isProduction),
    log: {
      level: reader.choice(
        "LOG_LEVEL",
        ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
        "info",
      ),
      format: reader.choice("LOG_FORMAT", ["json", "pretty"], isProduction ? "json" : "pretty"),
    },
    traces: readTraces(reader),
    secrets: readSecrets(reader, { isProduction, dataDir }),
    auth: readAuth(reader, isProduction),
    mail: readMail(reader, shop.name),
    payments,
    orders: {
      idempotencyKeyTtlHours: reader.integer("IDEMPOTENCY_KEY_TTL_HOURS", 720, { min: 24, max: 87_600 }),
      caps: {
        openMax: reader.integer("ORDERS_OPEN_MAX", 20, { min: 1, max: 999_999 }),
        perHourMax: reader.integer("ORDERS_PER_HOUR_MAX", 60, { min: 1, max: 999_999 }),
      },
      stockHoldMinutes: reader.integer("STOCK_HOLD_MINUTES", 15, { min: 1, max: 10_080 }),
    },
    esims: readEsims(reader, isProduction),
    /** What operators may change at run time: these are the defaults (modules/settings). */
    settings: readRunTimeSettings(reader, {
      hasPages: payments.isHosted || payments.adyen !== null,
      shop,
      brand,
      care,
    }),
    supply: readSupply(reader),
    webhooks: {
      /** Receivers on this machine or network, and without TLS: for development and tests. */
      allowPrivate: reader.flag("WEBHOOK_ALLOW_PRIVATE", false),
    },
    catalog: {
      /** Null means the file that comes with the program. */
      deviceDataFile: reader.text("DEVICE_DATA_FILE"),
      /** Where `tribi data import` puts what it has checked. */
      referenceFolder: path.join(dataDir, "reference"),
    },
  };
}

function readHttp(reader: VariableReader, isProduction: boolean, port: number) {
  return {
    host: reader.textOr("HOST", isProduction ? "0.0.0.0" : "127.0.0.1"),
    port,
    publicUrl: readPublicUrl(reader) ?? `http://localhost:${port}`,
    trustProxy: readTrustProxy(reader) as TrustProxy,
    frontendOrigins: readFrontendOrigins(reader, isProduction),
    metricsToken: reader.text("METRICS_TOKEN"),
    /** Opens the development pages to callers that are not on loopback; printed at start. */
    devToken: reader.textOr("DEV_TOKEN", randomBytes(16).toString("hex")),
    drainSeconds: reader.integer("DRAIN_SECONDS", isProduction ? 5 : 0, { min: 0, max: 20 }),
    csvImportBytesMax: reader.integer("CSV_IMPORT_BYTES_MAX", 5_000_000, { min: 1_000, max: 100_000_000 }),
  };
}

/** It stands in mails and before paths, so it has nothing behind its own path, and no password in it. */
function readPublicUrl(reader: VariableReader): string | null {
  const url = reader.url("PUBLIC_URL", ["https:", "http:"]);
  if (url === null) return null;
  const { username, password, search, hash } = new URL(url);
  if (username + password + search + hash !== "" || /[?#]/.test(url)) {
    reader.problem(
      "PUBLIC_URL",
      "must be an address such as https://shop.example.com, without password, ? or #",
    );
  }
  return url;
}

function readAdminEmails(reader: VariableReader): EmailAddress[] {
  return reader.list("ADMIN_EMAILS").flatMap((text) => {
    const email = readEmailAddress(text);
    if (email === undefined)
      reader.problem("ADMIN_EMAILS", `holds "${text}", which is not an e-mail address`);
    return email === undefined ? [] : [email];
  });
}

function readDatabase(reader: VariableReader) {
  return {
    /** Null means the embedded server in DATA_DIR. */
    url: reader.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    allowEmbeddedInProduction: reader.flag("ALLOW_EMBEDDED_IN_PRODUCTION", false),
    /** For a network that nobody else can listen on. */
    allowWithoutTls: reader.flag("ALLOW_DATABASE_WITHOUT_TLS", false),
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
      wrongEmailsPerAddress: limit("OTP_WRONG_EMAILS_PER_ADDRESS", 100),
      wrongTriesPerHour: limit("OTP_WRONG_TRIES_PER_HOUR", 10_000),
    },
    limits: {
      codesPerMinute: limit("RATE_LIMIT_CODES_PER_MINUTE", 1),
      codesPerDay: limit("RATE_LIMIT_CODES_PER_DAY", 5),
      windowSeconds: reader.integer("RATE_LIMIT_WINDOW_SECONDS", 60, { min: 1, max: 86_400 }),
      windowHours: reader.integer("RATE_LIMIT_WINDOW_HOURS", 24, { min: 1, max: 168 }),
      codesPerAddressPerDay: limit("RATE_LIMIT_CODES_PER_IP_PER_DAY", 25),
      codesPerNetworkPerDay: limit("RATE_LIMIT_CODES_PER_NETWORK_PER_DAY", 100),
      codesPerEmailPerDay: limit("RATE_LIMIT_CODES_PER_EMAIL_PER_DAY", 20),
      codesPerHour: limit("RATE_LIMIT_CODES_PER_HOUR", 50_000),
    },
  };
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

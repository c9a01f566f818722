import ipaddr from "ipaddr.js";
import { type EmailAddress, isDeliverable, readEmailAddress } from "../kernel/email-address.js";
import { hostOf, isLoopbackHost } from "./hosts.js";
import { isWebOrigin } from "./origins.js";
import { modeOf } from "./payments.js";
import type { Config } from "./read-groups.js";
import { LIMIT_OFF, type VariableReader } from "./variables.js";

/** What production refuses, each by name; all of it is reported at once. */
export function reportProductionRefusals(reader: VariableReader, config: Config): void {
  reportDatabase(reader, config);
  reportMail(reader, config);
  reportReservedAddresses(reader, config);
  reportMoney(reader, config);
  reportNetwork(reader, config);
  if (config.webhooks.allowPrivate) {
    reader.problem(
      "WEBHOOK_ALLOW_PRIVATE",
      "is on: whoever may enter a receiver could reach machines inside your network; remove it",
    );
  }
  if (config.esims.supplier === "local" && config.esims.localSmdpAddress === null) {
    reader.problem(
      "LOCAL_SMDP_ADDRESS",
      "is missing; in production the local supplier needs the address of your own SM-DP+",
    );
  }
}

function reportDatabase(reader: VariableReader, { database }: Config): void {
  if (database.url === null && !database.allowEmbeddedInProduction) {
    reader.problem(
      "DATABASE_URL",
      "is missing; set it, or ALLOW_EMBEDDED_IN_PRODUCTION=true to keep the embedded database",
    );
  }
  if (database.url !== null && !database.allowWithoutTls && !isPrivateConnection(database.url)) {
    reader.problem(
      "DATABASE_URL",
      "leads to another machine without TLS; add ?sslmode=verify-full, or set ALLOW_DATABASE_WITHOUT_TLS=true when nobody else is on that network",
    );
  }
}

/** On this machine (a socket's folder or a loopback address), or over TLS as node-postgres reads the address. */
function isPrivateConnection(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? decodeURIComponent(hostname);
  if (host === "" || host.startsWith("/") || isLoopbackHost(host)) return true;
  const mode = searchParams.get("sslmode");
  if (mode !== null) return ["require", "verify-ca", "verify-full", "no-verify"].includes(mode);
  return (
    ["true", "1"].includes(searchParams.get("ssl") ?? "") || searchParams.get("sslnegotiation") === "direct"
  );
}

/** RFC 6761: nobody's mail server is there, so what is sent from it or to it is lost. */
function reportReservedAddresses(reader: VariableReader, { mail, shop, adminEmails }: Config): void {
  const addresses: readonly (readonly [string, readonly (EmailAddress | null)[]])[] = [
    ["SMTP_FROM_EMAIL", [readEmailAddress(mail.from.address) ?? null]],
    ["SHOP_SUPPORT_EMAIL", [shop.supportEmail]],
    ["ADMIN_EMAILS", adminEmails],
  ];
  for (const [name, emails] of addresses) {
    const reserved = emails.filter((email) => email !== null && !isDeliverable(email));
    if (reserved.length > 0)
      reader.problem(name, "holds an address at .test, .localhost or .invalid, which no mail reaches");
  }
}

function reportMail(reader: VariableReader, { mail: { smtp } }: Config): void {
  if (smtp === null) reader.problem("SMTP_HOST", "is missing; production sends its mail by SMTP");
  else if (!smtp.useTls && !isLoopbackHost(smtp.host)) {
    reader.problem(
      "SMTP_USE_TLS",
      `is false, and ${smtp.host} is another machine: login codes would cross the network in clear; leave it true`,
    );
  }
}

function reportMoney(reader: VariableReader, { payments, esims }: Config): void {
  if (payments.provider === "MOCK") {
    reader.problem(
      "PAYMENT_PROVIDER",
      "is the mock provider, which does not exist in production; use STRIPE or ADYEN",
    );
  }
  if (payments.allowTestKeys) return;
  const isAllowed = "set ALLOW_TEST_KEYS_IN_PRODUCTION=true if that is meant";
  const keys = {
    STRIPE_SECRET_KEY: payments.stripe?.secretKey ?? null,
    STRIPE_PUBLISHABLE_KEY: payments.stripe?.publishableKey ?? null,
  };
  for (const [name, key] of Object.entries(keys)) {
    if (modeOf(key) === "test")
      reader.problem(name, `is a test key, with which customers get eSIMs and pay nothing; ${isAllowed}`);
  }
  if (payments.adyen !== null && payments.adyen.liveUrlPrefix === null)
    reader.problem(
      "ADYEN_LIVE_URL_PREFIX",
      `is missing, so Adyen's test environment is used, in which customers get eSIMs and pay nothing; ${isAllowed}`,
    );
  if (hostOf(esims.suppliers.airalo?.baseUrl ?? "").includes("sandbox"))
    reader.problem("AIRALO_API_BASE", `is a sandbox, whose eSIMs do not work; ${isAllowed}`);
}

function reportNetwork(reader: VariableReader, { http }: Config): void {
  const local = http.frontendOrigins.filter(
    (origin) => isWebOrigin(origin) && isLoopbackHost(hostOf(origin)),
  );
  if (local.length > 0) {
    reader.problem(
      "FRONTEND_ORIGINS",
      `holds ${local.join(", ")}: any program on a customer's own machine could act as them; remove it, and give an app's web view a host name or scheme of its own`,
    );
  }
  if (http.trustProxy === null) return;
  if ("hops" in http.trustProxy) {
    if (http.trustProxy.hops > HOPS_MAX)
      reader.problem(
        "TRUST_PROXY",
        `is more than ${HOPS_MAX} proxies: callers could write their own address`,
      );
    return;
  }
  const wide = http.trustProxy.networks.filter(isWide);
  if (wide.length > 0) {
    reader.problem(
      "TRUST_PROXY",
      `trusts ${wide.join(", ")}: whoever calls from there can write any address, and limits count by addresses; name the proxies' own networks`,
    );
  }
}

const HOPS_MAX = 10;
/** The widest published network of a content network is a /13, or a /29 of IPv6; private ones are a /8 and fc00::/7. */
const IPV4_BITS_MIN = 8;
const IPV6_BITS_MIN = 16;

function isWide(network: string): boolean {
  const [host = "", prefix] = network.split("/");
  const address = ipaddr.parse(host);
  if (prefix === undefined) return false;
  const bits = Number(prefix);
  if (address.kind() === "ipv4") return bits < IPV4_BITS_MIN;
  if ((address as ipaddr.IPv6).isIPv4MappedAddress()) return bits < 96 + IPV4_BITS_MIN;
  return bits < IPV6_BITS_MIN && address.range() !== "uniqueLocal";
}

/** What an operator should know of the configuration; the program runs all the same. */
export function configWarnings(config: Config): string[] {
  return config.isProduction ? productionWarnings(config) : developmentWarnings(config);
}

function developmentWarnings({ payments }: Config): string[] {
  return modeOf(payments.stripe?.secretKey ?? null) === "live"
    ? ["STRIPE_SECRET_KEY is a live key outside production: payments move real money."]
    : [];
}

function productionWarnings(config: Config): string[] {
  const { http, mail, shop, brand, auth, log, payments, database, redisUrl, esims } = config;
  const publicHost = hostOf(http.publicUrl);
  const plainOrigins = http.frontendOrigins.filter((origin) => origin.startsWith("http:"));
  const isOff = Object.values(auth.limits).includes(LIMIT_OFF);
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      isLoopbackHost(publicHost),
      `Links in mails begin with ${http.publicUrl}: set PUBLIC_URL to the store's own address.`,
    ],
    [
      !isLoopbackHost(publicHost) && http.publicUrl.startsWith("http:"),
      `PUBLIC_URL is ${http.publicUrl}: links in mails lead through the network in clear, and cookies are not sent; use https.`,
    ],
    [
      plainOrigins.length > 0,
      `FRONTEND_ORIGINS holds ${plainOrigins.join(", ")} without TLS: whoever is on the way can act as a customer.`,
    ],
    [
      mail.from.address.endsWith("@tribi.local"),
      "SMTP_FROM_EMAIL is not set: mailboxes refuse mail from tribi.local.",
    ],
    [
      shop.supportEmail === null,
      'SHOP_SUPPORT_EMAIL is not set: mails and pages that say "write to us" name no address.',
    ],
    [
      brand.textsFolder === null,
      "SHOP_TEXTS_FOLDER is not set: customers agree to the terms that come with the program; read them, and put your own there.",
    ],
    [http.metricsToken === null, "METRICS_TOKEN is not set: nobody can read /metrics."],
    [
      isOff,
      "A limit on login codes (RATE_LIMIT_…) is 999999, which is off: mailboxes can be flooded through this store.",
    ],
    [
      ["fatal", "silent"].includes(log.level),
      `LOG_LEVEL is ${log.level}: alarms and errors are not written.`,
    ],
    [payments.allowTestKeys, "ALLOW_TEST_KEYS_IN_PRODUCTION is on: customers may get eSIMs and pay nothing."],
    [
      payments.stripe !== null && payments.stripe.apiBase !== null,
      "STRIPE_API_BASE is set: Stripe's secret key and all payments go to that address.",
    ],
    [
      payments.adyen !== null && payments.adyen.apiBase !== null,
      "ADYEN_API_BASE is set: Adyen's key and all payments go to that address.",
    ],
    [
      payments.adyen !== null && payments.adyen.reportKey === null,
      "ADYEN_REPORT_KEY is not set: payments at Adyen are not compared with its reports.",
    ],
    [
      isUnproven(database.url),
      "DATABASE_URL does not verify the server's certificate: use sslmode=verify-full.",
    ],
    [isPlainRedis(redisUrl), "REDIS_URL leads to another machine without TLS: use rediss:."],
    [
      esims.suppliers.esimGo?.callbackVersion === "v2",
      "ESIM_GO_CALLBACK_VERSION is v2, whose callbacks are not signed: use v3.",
    ],
  ];
  return warnings.flatMap(([applies, warning]) => (applies ? [warning] : []));
}

function isUnproven(url: string | null): boolean {
  if (url === null) return false;
  const { searchParams } = new URL(url);
  const mode = searchParams.get("sslmode");
  const isLibpqs = searchParams.get("uselibpqcompat") === "true" && !searchParams.has("sslrootcert");
  return mode === "no-verify" || (isLibpqs && mode === "require");
}

const isPlainRedis = (url: string | null): boolean =>
  url?.startsWith("redis:") === true && !isLoopbackHost(hostOf(url));

import { createHash } from "node:crypto";

/** The same at every run, and as irregular as what `openssl rand` gives. */
const random = (purpose: string): Buffer => createHash("sha256").update(`tests: ${purpose}`).digest();

/** A complete environment of a production store, none of whose services is ever called. */
export const PRODUCTION = {
  ENVIRONMENT: "production",
  DATABASE_URL: "postgresql://db.internal/tribi?sslmode=verify-full",
  JWT_SECRET: random("jwt").toString("hex"),
  COOKIE_SECRET: random("cookie").toString("hex"),
  OTP_PEPPER: random("pepper").toString("hex"),
  DATA_INDEX_KEY: random("index").toString("hex"),
  DATA_ENCRYPTION_KEYS: `k1:${random("data").toString("base64")}`,
  SMTP_HOST: "smtp.internal",
  SMTP_FROM_EMAIL: "Shop <no-reply@shop.example.com>",
  SHOP_SUPPORT_EMAIL: "help@shop.example.com",
  PUBLIC_URL: "https://shop.example.com",
  METRICS_TOKEN: random("metrics").toString("hex"),
  STRIPE_SECRET_KEY: "sk_live_0123456789",
  STRIPE_WEBHOOK_SECRET: `whsec_${random("webhook").toString("base64url")}`,
  LOCAL_SMDP_ADDRESS: "rsp.shop.example.com",
} as const;

import type { VariableReader } from "./variables.js";

/** What the existing web and mobile clients of a developer use. */
const DEVELOPMENT_ORIGINS = ["http://localhost:3000", "http://localhost:19006"];

/**
 * Schemes whose pages are an app's or an extension's own (`capacitor://localhost`, `chrome-extension://…`) are taken
 * as they are; browsers send them in the Origin header in this form. These here have no origin that means anybody.
 */
const NO_ORIGIN = /^(file|data|blob|about|javascript|ws|wss|ftp|mailto):/;
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/;

/** The front ends that may call with cookies; outside production a developer's own by default. */
export function readFrontendOrigins(reader: VariableReader, isProduction: boolean): readonly string[] {
  if (reader.text("FRONTEND_ORIGINS") === null) return isProduction ? [] : DEVELOPMENT_ORIGINS;
  return reader.list("FRONTEND_ORIGINS").map((text) => {
    const origin = originOf(text);
    if (origin !== undefined) return origin;
    reader.problem(
      "FRONTEND_ORIGINS",
      `holds "${text}", which is not an origin such as https://shop.example.com or capacitor://localhost`,
    );
    return text;
  });
}

/** The form in which browsers send it, or undefined. */
function originOf(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/\/$/, "");
  // There are no patterns: one would look like an origin and match none.
  if (plain.includes("*")) return undefined;
  if (/^https?:/.test(plain)) {
    return URL.canParse(plain) && new URL(plain).origin === plain ? plain : undefined;
  }
  return APP_ORIGIN.test(plain) && !NO_ORIGIN.test(plain) ? plain : undefined;
}

export const isWebOrigin = (origin: string): boolean => /^https?:/.test(origin);

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ShopInfo } from "../../../web/src/page-contract.js";
import type { BrandSettings } from "../../config/brand.js";
import { type Color, contrastOf, parseColor, TEXT_CONTRAST, WHITE, writeColor } from "../../config/color.js";
import type { Config } from "../../config/config.js";

/** A file of the shop's own look, under an address that changes with it. */
export interface BrandFile {
  readonly address: string;
  readonly type: string;
  readonly content: Buffer;
}

const LOGO_TYPES: Readonly<Record<string, string>> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
};

export const BRAND_ICON = "/brand/icon.svg";

export interface BrandFiles {
  readonly style: BrandFile;
  readonly icon: BrandFile;
  readonly logo: BrandFile | null;
}

type Colors = Pick<BrandSettings, "color" | "accentColor">;

/** The style with the shop's colours, its logo, and an icon in its colours; made anew when the colours change. */
export function makeBrandFiles(
  { logoFile }: BrandSettings,
  colors: () => { readonly color: string; readonly accentColor: string },
): () => BrandFiles {
  const content = logoFile === null ? null : readFileSync(logoFile);
  const extension = path.extname(logoFile ?? "").toLowerCase();
  const logo =
    content === null ? null : fileOf("logo", extension, LOGO_TYPES[extension] ?? "image/png", content);
  let made: { readonly of: string; readonly files: BrandFiles } | undefined;
  return () => {
    const { color, accentColor } = colors();
    const of = `${color} ${accentColor}`;
    if (made?.of !== of) {
      const brand = { color: parseColor(color) ?? WHITE, accentColor: parseColor(accentColor) ?? WHITE };
      made = { of, files: { ...colored(brand), logo } };
    }
    return made.files;
  };
}

const colored = (brand: Colors): Pick<BrandFiles, "style" | "icon"> => ({
  style: fileOf("style", ".css", "text/css; charset=utf-8", Buffer.from(styleOf(brand))),
  icon: { address: BRAND_ICON, type: "image/svg+xml", content: Buffer.from(iconOf(brand)) },
});

function fileOf(name: string, extension: string, type: string, content: Buffer): BrandFile {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { address: `/brand/${name}-${hash}${extension}`, type, content };
}

const INK: Color = [18, 33, 31];
/** The ground of cards in the dark. */
const NIGHT: Color = [23, 37, 35];

const readableOn = (ground: Color): Color => (contrastOf(ground, WHITE) >= TEXT_CONTRAST ? WHITE : INK);

/** The colour as light as it must be to be read in the dark. */
function lightened(color: Color): Color {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = color.map((part) => Math.round(part + (255 - part) * share)) as unknown as Color;
    if (contrastOf(mixed, NIGHT) >= TEXT_CONTRAST + 1) return mixed;
  }
  return WHITE;
}

function styleOf({ color, accentColor }: Colors): string {
  const rules = [
    `--brand:${writeColor(color)}`,
    `--on-brand:${writeColor(readableOn(color))}`,
    `--accent:${writeColor(accentColor)}`,
    `--on-accent:${writeColor(contrastOf(accentColor, INK) >= TEXT_CONTRAST ? INK : WHITE)}`,
  ];
  return (
    `:root{${rules.join(";")};--link:${writeColor(color)}}` +
    `@media(prefers-color-scheme:dark){:root{--link:${writeColor(lightened(color))}}}`
  );
}

function iconOf({ color, accentColor }: Colors): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="${writeColor(color)}"/>` +
    `<path d="M9 21v-4M16 21v-8M23 21V9" fill="none" stroke="${writeColor(accentColor)}" stroke-width="3.4" stroke-linecap="round"/></svg>`
  );
}

/** What the pages know of the shop. Nothing of it is secret. */
export function shopInfoOf(
  config: Config,
  more: {
    readonly name: string;
    readonly currencies: readonly string[];
    readonly logo: string | null;
    readonly termsVersion: string;
  },
): ShopInfo {
  const { shop, brand, http, payments, mail, auth, isProduction } = config;
  return {
    name: more.name,
    legalName: brand.legalName,
    supportEmail: shop.supportEmail,
    logo: more.logo,
    publicUrl: http.publicUrl,
    currencies: more.currencies,
    defaultCurrency: payments.defaultCurrency,
    isDevelopment: !isProduction,
    codeMinutes: auth.otp.ttlMinutes,
    hasInbox: !isProduction && mail.smtp === null,
    payment: {
      provider: payments.provider,
      offers: payments.offers,
      stripeJsUrl: payments.stripeJsUrl,
      adyenJsUrl: payments.adyenJsUrl,
      isLive: payments.adyen?.liveUrlPrefix != null,
    },
    terms: { version: more.termsVersion, asksForImmediateDelivery: brand.asksForImmediateDelivery },
    tax: brand.tax,
  };
}

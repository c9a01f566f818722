import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Color, contrastOf, parseColor, TEXT_CONTRAST, WHITE } from "./color.js";
import type { VariableReader } from "./variables.js";

/** The colours, the logo and the texts of the pages. */
export interface BrandSettings {
  /** Who sells, as receipts and terms say it; null: the shop's name. */
  readonly legalName: string | null;
  /** The file of the logo; null shows the name alone. */
  readonly logoFile: string | null;
  readonly color: Color;
  readonly accentColor: Color;
  /** A folder with texts of the operator's own, `en/terms.md`; null: those that come with the program. */
  readonly textsFolder: string | null;
  readonly tax: TaxSettings;
  /** Whether customers ask for delivery at once before they pay, which ends their right of withdrawal. */
  readonly asksForImmediateDelivery: boolean;
}

export interface TaxSettings {
  readonly isIncluded: boolean;
  /** By ISO country code; `*` is every other country. */
  readonly rates: readonly TaxRate[];
}

export interface TaxRate {
  readonly country: string;
  readonly name: string;
  readonly percent: number;
}

const LOGO_TYPES = new Set([".svg", ".png", ".jpg", ".jpeg", ".webp"]);
const LOGO_BYTES_MAX = 300_000;

export function readBrand(reader: VariableReader): BrandSettings {
  const color = readColor(reader, "SHOP_COLOR", "#0b5f56");
  // It is the ground of white text and the colour of links on white.
  if (contrastOf(color, WHITE) < TEXT_CONTRAST) {
    reader.problem(
      "SHOP_COLOR",
      `is too light: white text on it has a contrast of ${contrastOf(color, WHITE).toFixed(1)}, and ${TEXT_CONTRAST} is needed; take a darker one`,
    );
  }
  const folder = reader.text("SHOP_TEXTS_FOLDER");
  if (folder !== null && !existsSync(folder))
    reader.problem("SHOP_TEXTS_FOLDER", "names a folder that is not there");
  return {
    legalName: reader.text("SHOP_LEGAL_NAME"),
    logoFile: readLogo(reader),
    color,
    accentColor: readColor(reader, "SHOP_ACCENT_COLOR", "#ffb648"),
    textsFolder: folder === null ? null : path.resolve(folder),
    tax: { isIncluded: reader.flag("SHOP_PRICES_INCLUDE_TAX", true), rates: readTaxRates(reader) },
    asksForImmediateDelivery: reader.flag("SHOP_ASK_IMMEDIATE_DELIVERY", false),
  };
}

function readColor(reader: VariableReader, name: string, fallback: string): Color {
  const text = reader.textOr(name, fallback);
  const color = parseColor(text);
  if (color === null) reader.problem(name, "must be a colour such as #0b5f56");
  return color ?? WHITE;
}

function readLogo(reader: VariableReader): string | null {
  const file = reader.text("SHOP_LOGO");
  if (file === null) return null;
  if (!LOGO_TYPES.has(path.extname(file).toLowerCase())) {
    reader.problem("SHOP_LOGO", "must be an SVG, PNG, JPEG or WebP file");
    return null;
  }
  try {
    if (readFileSync(file).length > LOGO_BYTES_MAX)
      reader.problem("SHOP_LOGO", `is larger than ${LOGO_BYTES_MAX / 1000} kB; every page loads it`);
  } catch {
    reader.problem("SHOP_LOGO", "names a file that cannot be read");
  }
  return path.resolve(file);
}

const TAX_LINE = /^(\*|[A-Z]{2}),([^,]{1,40}),(\d{1,2}(?:\.\d{1,2})?)$/;

/** Lines `country,name,percent`, such as `ES,IVA,21` and `*,VAT,20`. */
function readTaxRates(reader: VariableReader): TaxRate[] {
  const file = reader.text("SHOP_TAX_FILE");
  if (file === null) return [];
  if (!existsSync(file)) {
    reader.problem("SHOP_TAX_FILE", "names a file that is not there");
    return [];
  }
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const [, country = "", name = "", percent = ""] = TAX_LINE.exec(line.trim()) ?? [];
    if (country === "")
      reader.problem("SHOP_TAX_FILE", `line ${index + 1} must be country,name,percent, such as ES,IVA,21`);
    return [{ country, name: name.trim(), percent: Number(percent) }];
  });
}

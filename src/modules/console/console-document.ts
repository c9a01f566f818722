import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { escapeHtml } from "../../kernel/html.js";
import type { Language } from "../../kernel/language.js";

/** The built console; src/ and dist/ lie equally deep, so the path holds in both. */
export const BUILT = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  "..",
  "..",
  "..",
  "console",
  "dist",
);

export interface ConsoleDocument {
  readonly html: string;
  readonly policy: string;
}

export type MakeDocument = (language: Language) => ConsoleDocument;

interface ManifestEntry {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const ENTRY = "src/main.tsx";

/**
 * The one document of the console. Its components write style elements while they run, so the policy allows those
 * that carry the nonce of this very answer, and no others; scripts are files of ours.
 */
export function makeConsoleDocument({
  shop,
  hasInbox,
}: {
  readonly shop: { readonly name: string };
  readonly hasInbox: boolean;
}): MakeDocument {
  let files: {
    readonly script: string;
    readonly styles: readonly string[];
    readonly more: readonly string[];
  };
  return (language) => {
    files ??= readManifest();
    const nonce = randomBytes(16).toString("base64url");
    const styles = files.styles.map((file) => `<link rel="stylesheet" href="${file}" nonce="${nonce}">`);
    const more = files.more.map((file) => `<link rel="modulepreload" href="${file}">`);
    return {
      html:
        `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8">` +
        '<meta name="viewport" content="width=device-width, initial-scale=1">' +
        `<meta name="robots" content="noindex"><title>${escapeHtml(shop.name)}</title>` +
        `<link rel="icon" href="/brand/icon.svg">${styles.join("")}${more.join("")}` +
        `<script type="module" src="${files.script}"></script></head>` +
        `<body><div id="root" data-shop="${escapeHtml(shop.name)}" data-inbox="${hasInbox}"></div></body></html>\n`,
      policy: policyWith(nonce),
    };
  };
}

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function readManifest() {
  const file = path.join(BUILT, "manifest.json");
  if (!existsSync(file)) throw new Error("The console is not built. Run npm run build.");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, ManifestEntry>>;
  const entry = manifest[ENTRY];
  if (entry === undefined) throw new Error(`The console's manifest has no ${ENTRY}. Run npm run build.`);
  const names = [ENTRY, ...(entry.imports ?? [])];
  const addressOf = (name: string): string => `/console/${name}`;
  return {
    script: addressOf(entry.file),
    styles: names.flatMap((name) => manifest[name]?.css ?? []).map(addressOf),
    more: (entry.imports ?? []).flatMap((name) => manifest[name]?.file ?? []).map(addressOf),
  };
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { DocumentData, PageLanguage } from "../../../web/src/page-contract.js";

const OURS = path.join(path.dirname(fileURLToPath(import.meta.url)), "texts");

/** The pages of the operator's own words, by their address. */
export const DOCUMENTS = {
  "/help": "help",
  "/legal/terms": "terms",
  "/legal/refunds": "refunds",
  "/legal/privacy": "privacy",
} as const;
export type DocumentPath = keyof typeof DOCUMENTS;

export interface DocumentOptions {
  /** The operator's own texts, `en/terms.md`; what is not there is ours. */
  readonly folder: string | null;
  readonly seller: string;
  readonly supportEmail: string | null;
}

export interface Documents {
  find(path: DocumentPath, language: PageLanguage): Promise<DocumentData>;
  /** Changes with the words of the terms in any language; orders keep the one that was agreed to. */
  readonly termsVersion: string;
}

const CONTACT = {
  en: (email: string | null) => (email === null ? "" : `Write to <${email}>.`),
  es: (email: string | null) => (email === null ? "" : `Escribe a <${email}>.`),
};

/** Read at the start of the process; made into HTML when somebody first asks. */
export function makeDocuments(options: DocumentOptions): Documents {
  const sources = new Map<string, string>();
  const sourceOf = (name: string, language: PageLanguage): string => {
    const key = `${language}/${name}.md`;
    const known = sources.get(key);
    if (known !== undefined) return known;
    const own = options.folder === null ? null : path.join(options.folder, key);
    const file = own !== null && existsSync(own) ? own : path.join(OURS, key);
    const source = readFileSync(file, "utf8")
      .replaceAll("{{seller}}", options.seller)
      .replaceAll("{{contact}}", CONTACT[language](options.supportEmail));
    sources.set(key, source);
    return source;
  };
  const titleOf = (name: string, language: PageLanguage): string =>
    /^# (.+)$/m.exec(sourceOf(name, language))?.[1]?.trim() ?? name;
  const terms = createHash("sha256").update(sourceOf("terms", "en")).update(sourceOf("terms", "es"));

  return {
    termsVersion: terms.digest("hex").slice(0, 12),
    async find(address, language) {
      const name = DOCUMENTS[address];
      const others = Object.entries(DOCUMENTS).filter(([other]) => other !== address);
      return {
        kind: "document",
        slug: address,
        title: titleOf(name, language),
        html: await htmlOf(sourceOf(name, language)),
        others: others.map(([slug, other]) => ({ slug, name: titleOf(other, language) })),
      };
    },
  };
}

/** Markup inside the Markdown is shown as text, and addresses that run something are no links. */
async function htmlOf(source: string): Promise<string> {
  const { default: MarkdownIt } = await import("markdown-it");
  return new MarkdownIt({ html: false, linkify: false, typographer: false }).disable("image").render(source);
}

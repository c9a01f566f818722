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
  /** Named where there is no address to write to, of which production warns. */
  readonly shopUrl: string;
  /** Tells whoever sets the shop up which texts wait for their own. */
  readonly isDevelopment: boolean;
}

export interface Documents {
  find(path: DocumentPath, language: PageLanguage): Promise<DocumentData>;
  /** Changes with the words of the terms in any language; orders keep the one that was agreed to. */
  readonly termsVersion: string;
}

const CONTACT = {
  en: (email: string | null, url: string) =>
    email === null ? `Ask us at <${url}>.` : `Write to <${email}>.`,
  es: (email: string | null, url: string) =>
    email === null ? `Pregúntanos en <${url}>.` : `Escribe a <${email}>.`,
};

const OF_THE_OPERATOR = new Set(["terms", "privacy"]);
const DRAFT = {
  en: "*This text comes with the program. Put your own into SHOP_TEXTS_FOLDER; customers do not see this line.*",
  es: "*Este texto viene con el programa. Pon el tuyo en SHOP_TEXTS_FOLDER; los clientes no ven esta línea.*",
};

/** Read at the start of the process; made into HTML when somebody first asks. */
export function makeDocuments(options: DocumentOptions): Documents {
  const sources = new Map<string, string>();
  const ownFile = (key: string): string | null => {
    const file = options.folder === null ? null : path.join(options.folder, key);
    return file !== null && existsSync(file) ? file : null;
  };
  const sourceOf = (name: string, language: PageLanguage): string => {
    const key = `${language}/${name}.md`;
    const known = sources.get(key);
    if (known !== undefined) return known;
    const source = readFileSync(ownFile(key) ?? path.join(OURS, key), "utf8")
      .replaceAll("{{seller}}", options.seller)
      .replaceAll("{{contact}}", CONTACT[language](options.supportEmail, options.shopUrl));
    sources.set(key, source);
    return source;
  };
  /** Not a part of what is agreed to, so the terms' version knows nothing of it. */
  const shownOf = (name: string, language: PageLanguage): string => {
    const source = sourceOf(name, language);
    const isDraft = OF_THE_OPERATOR.has(name) && ownFile(`${language}/${name}.md`) === null;
    return options.isDevelopment && isDraft ? source.replace(/^# .+$/m, `$&\n\n${DRAFT[language]}`) : source;
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
        description: describe(sourceOf(name, language)),
        html: await htmlOf(shownOf(name, language)),
        others: others.map(([slug, other]) => ({ slug, name: titleOf(other, language) })),
      };
    },
  };
}

const DESCRIPTION_MAX = 155;

/** What the document tells of, as its headings name it; without headings how it begins. */
function describe(source: string): string {
  const headings = [...source.matchAll(/^## +(.+)$/gm)].map(([, heading = ""]) => heading.trim());
  const text = headings.length > 0 ? headings.join(" · ") : source.replace(/^# .+$/m, "");
  const plain = text
    .replace(/\]\([^()]{0,300}\)/g, "")
    .replace(/^[ \t]{0,20}[-*>][ \t]{1,20}|[*_`[\]<>#]/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length <= DESCRIPTION_MAX
    ? plain
    : `${plain.slice(0, DESCRIPTION_MAX).replace(/\s\S*$/, "")}…`;
}

/** Markup inside the Markdown is shown as text, and addresses that run something are no links. */
async function htmlOf(source: string): Promise<string> {
  const { default: MarkdownIt } = await import("markdown-it");
  return new MarkdownIt({ html: false, linkify: false, typographer: false }).disable("image").render(source);
}

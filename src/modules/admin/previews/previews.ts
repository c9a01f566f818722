import type { Language } from "../../../kernel/language.js";
import type { Letter, MailComposer, PageSample } from "../../mail/mail.module.js";

/** A mail or page as the shop would send or show it, about somebody invented. */
export interface Preview {
  /** Names it in addresses: the kind of mail, with a dot and which one of them where there are several. */
  readonly name: string;
  readonly kind: "mail" | "page";
  /** Null: a page. */
  readonly letter: Letter | null;
  /** Null: a mail that is nothing but text. Its pictures are in it. */
  readonly html: string | null;
}

export interface PreviewSources {
  readonly composers: readonly MailComposer[];
  readonly pageSamples: readonly PageSample[];
  /** The shop's public pages in this language. */
  readonly shopPages: (language: Language) => Promise<readonly string[]>;
}

export type ListPreviews = (language: Language) => readonly Preview[];

/** Made anew each time, so they say what a mail of this moment would say. */
export const makeListPreviews =
  ({ composers, pageSamples }: PreviewSources): ListPreviews =>
  (language) => [
    ...composers.flatMap(({ mail, samples }) =>
      samples(language).map(({ variant, letter }, _, all) => ({
        name: all.length === 1 ? mail.kind : `${mail.kind}.${variant}`,
        kind: "mail" as const,
        letter,
        html: htmlOf(letter),
      })),
    ),
    ...pageSamples.map((page) => ({
      name: page.name,
      kind: "page" as const,
      letter: null,
      html: page.html(language),
    })),
  ];

/** A mail's pictures come with it and are named by `cid:`, which no browser knows. */
function htmlOf({ html, attachments = [] }: Letter): string | null {
  if (html === undefined) return null;
  return attachments.reduce(
    (text, { contentId, contentType, content }) =>
      contentId === undefined
        ? text
        : text.replaceAll(`cid:${contentId}`, `data:${contentType};base64,${content.toString("base64")}`),
    html,
  );
}

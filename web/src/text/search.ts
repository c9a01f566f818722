/** Lower case without accents: what a person types on any keyboard. */
export const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .trim();

export interface Searched {
  readonly name: string;
  readonly iso2: string | null;
  readonly words: readonly string[];
}

/** Finds by the beginning of any word of a name in any language, or by the code. */
export function matches({ name, iso2, words }: Searched, typed: string): boolean {
  const wanted = plain(typed);
  if (wanted === "") return true;
  if (iso2?.toLowerCase() === wanted) return true;
  return [name, ...words].some((word) => ` ${plain(word)}`.includes(` ${wanted}`));
}

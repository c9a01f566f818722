const SAMPLE_VALUE =
  /change[-_ ]?(me|in|this)|your[-_ ]|secret-key|example|placeholder|xxxx|^(?<repeated>.)\k<repeated>+=*$/i;
const DIFFERENT_LETTERS_MIN = 8;
/** Random text hardly ever shows three letters in the same order twice; a word said three times does all along. */
const DIFFERENT_TRIPLES_MIN_SHARE = 0.5;

/** Why a value is no secret, or undefined. Says nothing about its length. */
export function weaknessOf(value: string): string | undefined {
  if (SAMPLE_VALUE.test(value)) return "is a sample value";
  return isRepetitive(value) ? "repeats itself, so that it is far shorter than it looks" : undefined;
}

/** Takes any text; bytes go in as their `latin1` text. */
export function isRepetitive(text: string): boolean {
  const triples = new Set<string>();
  for (let at = 0; at + 3 <= text.length; at += 1) triples.add(text.slice(at, at + 3));
  const share = triples.size / Math.max(1, text.length - 2);
  return new Set(text).size < DIFFERENT_LETTERS_MIN || share < DIFFERENT_TRIPLES_MIN_SHARE;
}

/**
 * The text without these letters at its end. The pattern /0+$/ tries every run of zeros anew and takes seconds for
 * 64 KiB of them.
 */
export function trimEndOf(text: string, letters: string): string {
  let end = text.length;
  while (end > 0 && letters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

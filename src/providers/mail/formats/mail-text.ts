/**
 * Lays out the plain text of a mail: paragraphs, and below the line that mail programs know the lines of who sends it.
 * Plain text comes first; HTML is an addition for mails that show something (a QR symbol).
 */
export function mailText(paragraphs: readonly string[], signature: readonly string[]): string {
  return `${paragraphs.map((one) => one.trim()).join("\n\n")}\n\n-- \n${signature.join("\n")}\n`;
}

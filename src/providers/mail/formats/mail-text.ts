/**
 * Lays out the plain text of a mail: paragraphs, a greeting line and the store's name. Plain text comes first;
 * HTML is an addition for mails that show something (a QR symbol).
 */
export function mailText(paragraphs: readonly string[], storeUrl: string): string {
  return `${paragraphs.map((one) => one.trim()).join("\n\n")}\n\n-- \nTribi travel eSIMs\n${storeUrl}\n`;
}

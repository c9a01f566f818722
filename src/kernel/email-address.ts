import { domainToASCII, domainToUnicode } from "node:url";

declare const canonical: unique symbol;

/**
 * An address in its one form: trimmed, lower case, ASCII. Made once at the edge and used for look-up, limits,
 * storage and the mail's envelope, so that two spellings can never be two people.
 */
export type EmailAddress = string & { readonly [canonical]: true };

/** The mailbox behind an address, without sub-address (RFC 5233): `name+anything@…` is `name@…`. As `mailbox_of` in SQL. */
export const mailboxOf = (email: EmailAddress): EmailAddress =>
  email.replace(/^([^+@]+)\+[^@]*@/, "$1@") as EmailAddress;

/** Names that no mail server has: reserved for good by RFC 6761 (§6.2 to §6.4). */
const RESERVED_DOMAIN = /[@.](?:test|localhost|invalid)$/;
/** What the address of a deleted person becomes. */
const DELETED_DOMAIN = /[@.]deleted\.invalid$/;

/** Whether mail to the address can arrive anywhere. */
export const isDeliverable = (email: EmailAddress): boolean => !RESERVED_DOMAIN.test(email);

/** Whether nobody may sign in with the address, since the store itself writes such addresses. */
export const isOfDeletedPerson = (email: EmailAddress): boolean => DELETED_DOMAIN.test(email);

/** RFC 5321 §4.5.3.1: octets of the local part, and of a path without its angle brackets. */
const LOCAL_BYTES_MAX = 64;
const ADDRESS_BYTES_MAX = 254;
const LABEL_BYTES_MAX = 63;

/**
 * RFC 5322 §3.2.3 atext without `%` and `!`: both were once routes to a further host (RFC 1123 §5.2.16), and `%`
 * smuggles encoded line breaks past whoever decodes later.
 */
const ATOM = /^[a-z0-9#$&'*+/=?^_`{|}~-]+$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const NON_ASCII = /[^\x20-\x7e]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical form of what a person typed, or undefined when it is not a plain address of one mailbox
 * (RFC 5321 dot-string at a domain name of two labels or more). Never throws; time is linear in the text's length.
 */
export function readEmailAddress(text: string): EmailAddress | undefined {
  // Bounds the work before anything looks at single characters; a Unicode domain may shrink, never grow, to fit.
  if (text.length > ADDRESS_BYTES_MAX * 2) return undefined;
  const trimmed = trimBlanks(text);
  const at = trimmed.lastIndexOf("@");
  if (at < 1) return undefined;
  const local = readLocalPart(trimmed.slice(0, at));
  const domain = readDomain(trimmed.slice(at + 1));
  if (local === undefined || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  return address.length <= ADDRESS_BYTES_MAX ? (address as EmailAddress) : undefined;
}

/** Only blanks and tabs: a line break beside an address is an attempt at a header, not a slip of the thumb. */
function trimBlanks(text: string): string {
  const isBlank = (index: number): boolean => text[index] === " " || text[index] === "\t";
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}

function readLocalPart(text: string): string | undefined {
  // Before lower-casing: U+212A (Kelvin sign) becomes an ordinary k there and would be somebody else's address.
  if (NON_ASCII.test(text) || text.length > LOCAL_BYTES_MAX) return undefined;
  const local = text.toLowerCase();
  return local.split(".").every((atom) => ATOM.test(atom)) ? local : undefined;
}

function readDomain(text: string): string | undefined {
  const ascii = NON_ASCII.test(text) ? readUnicodeDomain(text) : text.toLowerCase();
  if (ascii === undefined) return undefined;
  const labels = ascii.split(".");
  if (labels.length < 2 || !labels.every((label) => label.length <= LABEL_BYTES_MAX && LABEL.test(label))) {
    return undefined;
  }
  // No top-level domain is a number (RFC 3696 §2): what looks like one is an IP address in some spelling.
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return undefined;
  const encoded = labels.filter((label) => label.slice(2, 4) === "--");
  return encoded.every(isSoundEncodedLabel) ? ascii : undefined;
}

/**
 * UTS #46 folds full-width letters, the Kelvin sign, ideographic full stops and more into plain ones. Whoever types
 * those is not typing their address: only letters that stand for themselves (case aside) are taken.
 */
function readUnicodeDomain(text: string): string | undefined {
  if (LONE_SURROGATE.test(text)) return undefined;
  const lower = text.replace(/./gu, lowerWithinItsAlphabet);
  if (!lower.split(".").every(isOfOneWritingSystem)) return undefined;
  const ascii = domainToASCII(lower);
  return ascii !== "" && domainToUnicode(ascii) === lower ? ascii : undefined;
}

/** The Kelvin sign's lower-case form is a plain k: such a letter stays as it is and fails the comparison above. */
function lowerWithinItsAlphabet(letter: string): string {
  const lower = letter.toLowerCase();
  return NON_ASCII.test(letter) === NON_ASCII.test(lower) ? lower : letter;
}

/** `xn--…` must be the encoding of what it decodes to; any other `??--` is reserved (RFC 5891 §4.2.3.1). */
function isSoundEncodedLabel(label: string): boolean {
  if (!label.startsWith("xn--")) return false;
  const unicode = domainToUnicode(label);
  return (
    unicode !== "" && unicode !== label && domainToASCII(unicode) === label && isOfOneWritingSystem(unicode)
  );
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
];

/** A label that mixes alphabets with look-alike letters (Latin and Cyrillic `a`) imitates another one (UTS #39 §5). */
function isOfOneWritingSystem(label: string): boolean {
  return SCRIPTS.filter((script) => script.test(label)).length <= 1;
}

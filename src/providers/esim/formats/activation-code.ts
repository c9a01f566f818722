import { canonicalMatchingId, isReadableMatchingId } from "./matching-id.js";

/**
 * GSMA SGP.22 section 4.1 activation codes: `1$<SM-DP+ host>$<matching id>[$<OID>[$<1 = confirmation code needed>]]`.
 * Pure text work; what a reader tolerates depends on where the text came from.
 */
export interface ActivationCode {
  readonly smdpAddress: string;
  /** Case is never changed: the server may compare exactly. "" is legal (bound by EID or IMEI). */
  readonly matchingId: string;
  readonly oid: string | null;
  readonly isConfirmationCodeRequired: boolean;
}

/** strict: typed or imported by a person. supplier: what an adapter got; repaired where the meaning is certain. */
export type ReadingMode = "strict" | "supplier";

export type ActivationCodeFault =
  | "empty"
  | "too_long"
  | "not_an_activation_code"
  | "unsupported_format"
  | "missing_field"
  | "bad_host"
  | "bad_token"
  | "bad_oid"
  | "bad_flag";

export type ActivationCodeWarning =
  | "inner_space_trimmed"
  | "scheme_stripped"
  | "lowercase_token"
  | "bad_oid"
  | "bad_flag"
  | "extra_fields";

export type ActivationCodeReading =
  | {
      readonly valid: true;
      readonly code: ActivationCode;
      /** `LPA:1$…` by section 3.2 of the format notes: what goes into a QR symbol. */
      readonly canonical: string;
      /** The text without surrounding space, quotes and byte order mark, otherwise as it came. */
      readonly asGiven: string;
      readonly warnings: readonly ActivationCodeWarning[];
    }
  | { readonly valid: false; readonly reason: ActivationCodeFault };

/** Characters without the `LPA:` prefix (SGP.22 4.1). */
export const ACTIVATION_CODE_LENGTH_MAX = 255;

const HOST =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const OID = /^[0-2](\.(0|[1-9][0-9]*))+$/;
const PREFIX = /^lpa:/i;
const QUOTE_PAIRS = ['""', "''", "“”", "‘’", "«»", "``"];

/** A fully qualified host name in ASCII: no scheme, port, path or IP literal. */
export function isSmdpAddress(text: string): boolean {
  return HOST.test(text);
}

/** Reads `LPA:1$…` or `1$…`; never throws, whatever the value. */
export function readActivationCode(value: unknown, mode: ReadingMode): ActivationCodeReading {
  if (value === null || value === undefined) return fault("empty");
  if (typeof value !== "string") return fault("not_an_activation_code");
  const asGiven = withoutWrapping(value);
  if (asGiven === "") return fault("empty");
  const bare = asGiven.replace(PREFIX, "");
  if (bare.length > ACTIVATION_CODE_LENGTH_MAX) return fault("too_long");
  if (!bare.includes("$")) return fault("not_an_activation_code");

  const warnings = new Set<ActivationCodeWarning>();
  const fields = mode === "supplier" ? trimmedFields(bare, warnings) : bare.split("$");
  if (fields[0] !== "1") return fault("unsupported_format");
  const [, hostField, matchingId, oidField = "", flagField = ""] = fields;
  if (hostField === undefined || matchingId === undefined) return fault("missing_field");
  const smdpAddress = mode === "supplier" ? bareHost(hostField, warnings) : hostField;
  if (!isSmdpAddress(smdpAddress)) return fault("bad_host");
  if (!isReadableMatchingId(matchingId)) return fault("bad_token");
  if (matchingId !== canonicalMatchingId(matchingId)) warnings.add("lowercase_token");
  const hasBadOid = oidField !== "" && !OID.test(oidField);
  const hasBadFlag = !["", "0", "1"].includes(flagField);
  if (mode === "strict" && hasBadOid) return fault("bad_oid");
  if (mode === "strict" && hasBadFlag) return fault("bad_flag");
  if (hasBadOid) warnings.add("bad_oid");
  if (hasBadFlag) warnings.add("bad_flag");
  if (fields.length > 5) warnings.add("extra_fields");

  const code: ActivationCode = {
    smdpAddress,
    matchingId,
    oid: oidField === "" || hasBadOid ? null : oidField,
    isConfirmationCodeRequired: flagField === "1",
  };
  return { valid: true, code, canonical: qrPayload(code), asGiven, warnings: [...warnings] };
}

/** The bare code, for typing and for Android's platform interface. Throws RangeError for parts no code can have. */
export function writeActivationCode(code: ActivationCode): string {
  if (!isSmdpAddress(code.smdpAddress)) throw new RangeError("The SM-DP+ address is not a host name");
  if (!isReadableMatchingId(code.matchingId)) throw new RangeError("The matching id has illegal characters");
  if (code.oid !== null && !OID.test(code.oid)) throw new RangeError("The SM-DP+ OID is not an OID");
  let text = `1$${code.smdpAddress}$${code.matchingId}`;
  // An empty OID has to be written when the flag follows: readers count fields.
  if (code.oid !== null || code.isConfirmationCodeRequired) text += `$${code.oid ?? ""}`;
  if (code.isConfirmationCodeRequired) text += "$1";
  if (text.length > ACTIVATION_CODE_LENGTH_MAX) throw new RangeError("The activation code is too long");
  return text;
}

/** The content of a QR symbol and of install links: always an upper-case `LPA:` before the code. */
export function qrPayload(code: ActivationCode): string {
  return `LPA:${writeActivationCode(code)}`;
}

const fault = (reason: ActivationCodeFault): ActivationCodeReading => ({ valid: false, reason });

/** trim() takes white space, no-break space and the byte order mark alike (ECMA-262 WhiteSpace). */
function withoutWrapping(text: string): string {
  const trimmed = text.trim();
  const ends = trimmed.slice(0, 1) + trimmed.slice(-1);
  return trimmed.length > 1 && QUOTE_PAIRS.includes(ends) ? withoutWrapping(trimmed.slice(1, -1)) : trimmed;
}

function trimmedFields(bare: string, warnings: Set<ActivationCodeWarning>): string[] {
  const fields = bare.split("$");
  const trimmed = fields.map((field) => field.trim());
  if (trimmed.some((field, index) => field !== fields[index])) warnings.add("inner_space_trimmed");
  return trimmed;
}

/** eSIM Go's samples have the address as a URL as well as bare: the host is what a code needs. */
function bareHost(field: string, warnings: Set<ActivationCodeWarning>): string {
  const host = field.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, "").replace(/[/?#].*$/s, "");
  if (host !== field) warnings.add("scheme_stripped");
  return host;
}

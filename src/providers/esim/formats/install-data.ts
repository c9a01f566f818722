import type { InstallData } from "../port.js";
import { type ActivationCodeReading, readActivationCode } from "./activation-code.js";
import { readSupplierIccid } from "./iccid.js";
import { passInstallLink, qrPayloadOfLink } from "./install-links.js";

/** What a supplier's answer has about one eSIM, field by field, before anybody trusts it. */
export interface GivenInstallData {
  readonly supplierReference: string;
  /** The full code, with or without `LPA:`; null where the supplier sends parts only. */
  readonly code: string | null;
  readonly smdpAddress: string | null;
  readonly matchingId: string | null;
  readonly confirmationCode: string | null;
  /** Text; a JSON number has been read losslessly. */
  readonly iccid: string;
  readonly appleLink?: string | null;
  readonly androidLink?: string | null;
  readonly apn?: InstallData["apn"];
  readonly useBy?: InstallData["useBy"];
  readonly validityStarts?: InstallData["validityStarts"];
}

export type InstallDataReading =
  | { readonly ok: true; readonly data: InstallData }
  /** Never contains the code. */
  | { readonly ok: false; readonly problem: string };

/** SGP.22 4.7: 1 to 32 characters, which the phone hashes; so it is delivered exactly as it was given. */
const CONFIRMATION_CODE = /^[\x21-\x7e]{1,32}$/;

/**
 * Validates a supplier's data and passes it on as it came. The full code wins over the parts beside it; one that
 * cannot be read is never replaced by a code made of the parts, which the supplier did not send.
 */
export function readInstallData(given: GivenInstallData): InstallDataReading {
  const warnings: string[] = [];
  const fromCode = given.code === null ? null : readActivationCode(given.code, "supplier");
  const fromParts =
    given.smdpAddress === null || given.matchingId === null
      ? null
      : readActivationCode(`1$${given.smdpAddress}$${given.matchingId}`, "supplier");
  const reading = fromCode ?? fromParts;
  if (!reading?.valid) {
    return { ok: false, problem: `the activation code is not installable: ${reading?.reason ?? "empty"}` };
  }
  warnings.push(...reading.warnings);
  if (fromCode !== null && fromParts?.valid && reading.code.matchingId !== fromParts.code.matchingId) {
    warnings.push("parts_differ");
  }
  const iccid = readSupplierIccid(given.iccid);
  warnings.push(...(iccid.accepted ? iccid.warnings : ["iccid_shape"]));
  const confirmationCode = given.confirmationCode === "" ? null : given.confirmationCode;
  if (confirmationCode !== null && !CONFIRMATION_CODE.test(confirmationCode))
    warnings.push("odd_confirmation_code");
  const isFromCode = reading === fromCode;
  const links = {
    apple: readableLink(given.appleLink, "apple", warnings),
    android: readableLink(given.androidLink, "android", warnings),
  };
  return {
    ok: true,
    data: {
      supplierReference: given.supplierReference,
      smdpAddress: reading.code.smdpAddress,
      matchingId: reading.code.matchingId,
      confirmationCode,
      isConfirmationCodeRequired: reading.code.isConfirmationCodeRequired,
      activationCodeText: isFromCode ? reading.asGiven : reading.canonical,
      qrPayload: isFromCode && hasMeaningBeyond(reading) ? withPrefix(reading.asGiven) : reading.canonical,
      iccid: iccid.accepted ? iccid.iccid : null,
      iccidAsGiven: given.iccid,
      warnings,
      installLinks: links.apple === null && links.android === null ? null : links,
      apn: given.apn ?? null,
      activationCode: null,
      useBy: given.useBy ?? null,
      validityStarts: given.validityStarts ?? "unknown",
    },
  };
}

/**
 * A full code whose matching id is empty. It is legal for eSIMs that are bound to a phone by its EID, which we name to no
 * supplier: here it is a code that is not there yet.
 */
export function hasNoMatchingId(code: string): boolean {
  const reading = readActivationCode(code, "supplier");
  return reading.valid && reading.code.matchingId === "";
}

/** A link whose code no phone can read is left out: one is written from the code instead. */
function readableLink(link: unknown, platform: "apple" | "android", warnings: string[]): string | null {
  const passed = passInstallLink(link, platform);
  if (passed === null || qrPayloadOfLink(passed) !== null) return passed;
  warnings.push(`${platform}_link_unreadable`);
  return null;
}

/** What a person has to be shown beside the QR symbol. */
export function installAdvice(
  data: Pick<InstallData, "qrPayload" | "confirmationCode" | "isConfirmationCodeRequired">,
) {
  return {
    /** Some carriers ask for a code although the flag is not set, so it is shown whenever there is one. */
    showConfirmationCode: data.confirmationCode !== null,
    /** The phone will ask for a code that the supplier did not give: say so in words. */
    isConfirmationCodeMissing: data.isConfirmationCodeRequired && data.confirmationCode === null,
    /** Android's DownloadableSubscription.forActivationCode takes the bare form. */
    androidCode: data.qrPayload.replace(/^LPA:/, ""),
  };
}

/** SGP.22 version 3 adds fields 5 and 6; a phone may need them, so such a code is passed on whole. */
function hasMeaningBeyond(reading: ActivationCodeReading & { valid: true }): boolean {
  const isOtherwiseClean = reading.warnings.every(
    (name) => name === "extra_fields" || name === "lowercase_token",
  );
  const laterFields = reading.asGiven.split("$").slice(5);
  return isOtherwiseClean && laterFields.some((field) => field !== "");
}

const withPrefix = (text: string): string => `LPA:${text.replace(/^lpa:/i, "")}`;

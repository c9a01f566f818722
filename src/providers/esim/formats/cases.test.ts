import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { decodedPixels, decodedPng } from "../../../../tests/support/decode-qr.js";
import { parseJson, textOf } from "../json.js";
import { qrPayload, readActivationCode, writeActivationCode } from "./activation-code.js";
import { volumeFromBytes, volumeFromMegabytes, volumeText } from "./data-volume.js";
import { maskedForLog, readEid, readImei, withEidCheckDigits } from "./eid.js";
import { decodeEfIccid, encodeEfIccid, isIccidMatch, isStandardIccid, readSupplierIccid } from "./iccid.js";
import { type GivenInstallData, installAdvice, readInstallData } from "./install-data.js";
import { installLinks, passInstallLink, qrPayloadOfLink } from "./install-links.js";
import { isLocalIccid } from "./local-iccid.js";
import { isLuhnValid, luhnDigit } from "./luhn.js";
import { matchingIdOfActivationCode } from "./matching-id.js";
import { qrPng, qrSvg, qrSymbol } from "./qr.js";
import { moneyFromCents, moneyFromDecimal, moneyFromTenThousandths } from "./supplier-amount.js";

/** Every case of the shared files whose function lives here. Scenarios are end-to-end tests, payments has its own. */
type Json = Record<string, unknown>;
interface Case {
  readonly id: string;
  readonly input: Json & { readonly op: string };
  readonly expect: Json;
  readonly why: string;
}

const load = (name: string): Case[] =>
  JSON.parse(
    readFileSync(new URL(`../../../../tests/cases/${name}.json`, import.meta.url), "utf8"),
  ) as Case[];
const text = (value: unknown): string => String(value);

const run: Record<string, (input: Json) => Json> = {
  parse(input) {
    const reading = readActivationCode(input.text, input.mode as "strict" | "supplier");
    if (!reading.valid) return { valid: false, reason: reading.reason };
    return {
      valid: true,
      smdp_address: reading.code.smdpAddress,
      matching_id: reading.code.matchingId,
      oid: reading.code.oid,
      confirmation_code_required: reading.code.isConfirmationCodeRequired,
      canonical: reading.canonical,
      warnings: reading.warnings,
    };
  },
  format(input) {
    const code = {
      smdpAddress: text(input.smdp_address),
      matchingId: text(input.matching_id),
      oid: input.oid as string | null,
      isConfirmationCodeRequired: input.confirmation_code_required === true,
    };
    return { code: writeActivationCode(code), canonical: qrPayload(code) };
  },
  local_profile(input) {
    const matchingId = matchingIdOfActivationCode(text(input.activation_code));
    const code = {
      smdpAddress: text(input.smdp_address),
      matchingId,
      oid: null,
      isConfirmationCodeRequired: false,
    };
    return { matching_id: matchingId, qr_payload: qrPayload(code) };
  },
  from_supplier(input) {
    const reading = readInstallData(givenBy(input));
    if (!reading.ok) throw new Error(reading.problem);
    const { data } = reading;
    const advice = installAdvice(data);
    return {
      smdp_address: data.smdpAddress,
      matching_id: data.matchingId,
      qr_payload: data.qrPayload,
      confirmation_code: data.confirmationCode,
      confirmation_code_required: data.isConfirmationCodeRequired,
      show_confirmation_code: advice.showConfirmationCode,
      message_needed: advice.isConfirmationCodeMissing,
      android_code: advice.androidCode,
    };
  },
  install_links: (input) => installLinks(text(input.qr_payload)),
  parse_link: (input) => ({ qr_payload: qrPayloadOfLink(text(input.url)) }),
  pass_link: (input) => ({ apple: passInstallLink(input.supplier_url, "apple") }),
  qr(input) {
    const symbol = qrSymbol(text(input.qr_payload));
    return {
      mode: symbol.mode,
      version: symbol.version,
      decodes_to: decodedPng(qrPng(text(input.qr_payload))),
    };
  },
  qr_image(input) {
    const payload = text(input.qr_payload);
    const svg = qrSvg(payload);
    const drawn = rasterised(svg);
    const png = qrPng(payload);
    const pictures = [
      { data: decodedPng(png), quietZone: quietZoneOf(png) },
      { data: drawn.data, quietZone: drawn.quietZone },
    ];
    return {
      quiet_zone_modules: Math.min(...pictures.map((picture) => picture.quietZone)),
      dark_on_light: drawn.isDarkOnLight,
      light_background_painted: /<path fill="#fff" d="M0 0h(\d+)v\1H0z"\/>/.test(svg),
      decodes_to: new Set(pictures.map((picture) => picture.data)).size === 1 ? drawn.data : "the two differ",
    };
  },
  luhn(input) {
    const iccid = text(input.iccid);
    return {
      luhn_valid: isLuhnValid(iccid),
      length: iccid.length,
      check_digit_expected: luhnDigit(iccid.slice(0, -1)),
    };
  },
  accept(input) {
    const reading = readSupplierIccid(input.raw);
    if (!reading.accepted) return { ...reading };
    return { accepted: true, stored: reading.iccid, warnings: reading.warnings };
  },
  append_check_digit: (input) => ({ iccid: text(input.payload) + luhnDigit(text(input.payload)) }),
  ef_iccid_decode: (input) => ({ iccid: decodeEfIccid(text(input.hex)) }),
  ef_iccid_encode: (input) => ({ hex: encodeEfIccid(text(input.iccid)) }),
  read_json_iccid: (input) => ({ iccid: textOf((parseJson(text(input.json)) as Json).iccid) }),
  search_match: (input) => ({ match: isIccidMatch(text(input.query), text(input.stored)) }),
  local_format: (input) => ({
    matches: isLocalIccid(text(input.iccid), input.format as "seed" | "e118"),
  }),
  is_standard_length: (input) => ({ standard: isStandardIccid(text(input.iccid)) }),
  eid: (input) => ({ ...readEid(input.eid) }),
  eid_check_digits: (input) => ({ eid: withEidCheckDigits(text(input.digits)) }),
  imei: (input) => ({ ...readImei(input.imei) }),
  mask_for_log: (input) => ({ masked: maskedForLog(text(input.value)) }),
  supplier_amount(input) {
    const read = { esimaccess: moneyFromTenThousandths, celitech: moneyFromCents }[text(input.supplier)];
    const money = (read ?? moneyFromDecimal)(text(input.amount), text(input.currency));
    if (!money) return { error: "not_an_amount" };
    if (money.amountMinor !== null) return { minor: money.amountMinor };
    return { error: "not_whole_minor_units", exact_major: money.amountText };
  },
  data_volume(input) {
    const value = text(input.value);
    const volume = {
      airalo: volumeFromMegabytes(value, 1024),
      esimaccess: volumeFromBytes(value, 1024),
      esimgo: volumeFromBytes(value, 1000),
    }[text(input.supplier)];
    return volume ? { bytes: volume.bytes.toString(), display: volumeText(volume) } : {};
  },
};

/** One shape of each supplier; the adapters' own readers are tested beside them. */
function givenBy(input: Json): GivenInstallData {
  const fields = (input.sim ?? input.assignment ?? input.esim ?? input.profile ?? input) as Json;
  const pick = (...names: string[]) =>
    names.map((name) => fields[name]).find((value) => typeof value === "string");
  return {
    supplierReference: "1",
    code: (pick("qrcode", "ac", "manualActivationCode", "code") as string | undefined) ?? null,
    smdpAddress: (pick("lpa", "smdpAddress") as string | undefined) ?? null,
    matchingId: (pick("matching_id", "matchingId") as string | undefined) ?? null,
    confirmationCode: (pick("confirmation_code") as string | undefined) ?? null,
    iccid: "8999999100000000006",
  };
}

function quietZoneOf(png: Buffer): number {
  const { data, width } = PNG.sync.read(png);
  const firstDark = data.findIndex((value, index) => index % 4 === 0 && value === 0) / 4;
  return Math.floor(firstDark / width) / 8;
}

/** Paints our SVG's two paths into pixels: an independent reading of the drawing, four pixels to a module. */
function rasterised(svg: string): { data: string | undefined; quietZone: number; isDarkOnLight: boolean } {
  const side = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const scale = 4;
  const pixels = new Uint8ClampedArray((side * scale) ** 2 * 4).fill(255);
  let quietZone = side;
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    quietZone = Math.min(
      quietZone,
      Number(x),
      Number(y),
      side - Number(x) - Number(length),
      side - Number(y) - 1,
    );
    for (let row = 0; row < scale; row += 1) {
      for (let column = 0; column < Number(length) * scale; column += 1) {
        const at = ((Number(y) * scale + row) * side * scale + Number(x) * scale + column) * 4;
        pixels.fill(0, at, at + 3);
      }
    }
  }
  const data = decodedPixels(pixels, side * scale, side * scale);
  return { data, quietZone, isDarkOnLight: svg.indexOf('"#fff"') < svg.indexOf('"#000"') };
}

function check(entry: Case): void {
  const operation = run[entry.input.op];
  if (!operation) throw new Error(`no function for ${entry.input.op}`);
  const { must_not_contain, max_visible_digits, version_max, quiet_zone_modules_min, ...exact } =
    entry.expect;
  const result = operation(entry.input);
  expect(result).toMatchObject(exact);
  if (must_not_contain) expect(JSON.stringify(result)).not.toContain(must_not_contain);
  if (max_visible_digits) expect(text(result.masked).replace(/\D/g, "").length).toBeLessThanOrEqual(8);
  if (version_max) expect(result.version).toBeLessThanOrEqual(version_max as number);
  if (quiet_zone_modules_min) expect(result.quiet_zone_modules).toBeGreaterThanOrEqual(4);
}

const payments = ["iso_exponent", "amount_major", "to_minor", "to_stripe", "from_stripe"];

for (const name of ["activation-codes", "iccids", "eids", "currencies"]) {
  describe(name, () => {
    const cases = load(name).filter((entry) => !["scenario", ...payments].includes(entry.input.op));
    test.each(cases.map((entry) => [entry.id, entry.why, entry] as const))("%s: %s", (_id, _why, entry) => {
      check(entry);
    });
  });
}

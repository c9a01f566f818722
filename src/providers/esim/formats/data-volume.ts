import { trimEndOf } from "../../../kernel/trim-end.js";
import type { DataVolume, UnitBase } from "../package-port.js";

/**
 * Data volumes: bytes as bigint and the base that the supplier counts in, so that a plan sold as "10 GB" shows as
 * 10 GB. Sums of large plans do not fit a JavaScript number.
 */

const DECIMAL = /^([0-9]+)(?:\.([0-9]+))?$/;

/** From the text of a number of bytes; a fraction of a byte is dropped. null for anything else, also negative. */
export function volumeFromBytes(text: string, base: UnitBase): DataVolume | null {
  return scaledVolume(text, 1n, base);
}

/** From the text of a number of megabytes (1000² or 1024² bytes). */
export function volumeFromMegabytes(text: string, base: UnitBase): DataVolume | null {
  return scaledVolume(text, BigInt(base) ** 2n, base);
}

/** "1 GB", "0.5 GB", below a tenth of a gigabyte "50 MB"; at most two decimals, in the volume's own base. */
export function volumeText(volume: DataVolume): string {
  const base = BigInt(volume.base);
  const gigabyte = base ** 3n;
  const [unit, name] = volume.bytes * 10n >= gigabyte ? [gigabyte, "GB"] : [base ** 2n, "MB"];
  const hundredths = (volume.bytes * 100n + unit / 2n) / unit;
  const decimals = trimEndOf((hundredths % 100n).toString().padStart(2, "0"), "0");
  return `${hundredths / 100n}${decimals === "" ? "" : `.${decimals}`} ${name}`;
}

function scaledVolume(text: string, unit: bigint, base: UnitBase): DataVolume | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const decimals = match[2] ?? "";
  const bytes = (BigInt(`${match[1]}${decimals}`) * unit) / 10n ** BigInt(decimals.length);
  return { bytes, base };
}

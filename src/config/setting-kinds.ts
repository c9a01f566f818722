import { contrastOf, parseColor, TEXT_CONTRAST, WHITE } from "./color.js";

/** What a setting's value may be. On the wire and in the database it is a whole number or a text. */
export type SettingKind = "integer" | "levels" | "text" | "color";

/** Of a text its length in characters, of levels each of them, else the value itself. */
export interface SettingBounds {
  readonly min: number;
  readonly max: number;
}

const LEVELS_MAX = 5;

/** "75,90" is two levels and "none" is none; null when it is neither. */
export function readLevels(text: string, max: number): readonly number[] | null {
  if (text === "none") return [];
  const levels = text.split(",").map(Number);
  const isFine = /^\d{1,2}(,\d{1,2})*$/.test(text) && levels.every((one) => one >= 1 && one <= max);
  return isFine && levels.length <= LEVELS_MAX && new Set(levels).size === levels.length ? levels : null;
}

export const writeLevels = (levels: readonly number[]): string =>
  levels.length === 0 ? "none" : levels.join(",");

interface Kind {
  allows(value: unknown, bounds: SettingBounds, isGround: boolean): boolean;
  /** For a person: "must be …". */
  rule(bounds: SettingBounds, isGround: boolean): string;
}

export const KINDS: Readonly<Record<SettingKind, Kind>> = {
  integer: {
    allows: (value, { min, max }) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
    rule: ({ min, max }) => `a whole number from ${min} to ${max}`,
  },
  levels: {
    allows: (value, { max }) => typeof value === "string" && readLevels(value, max) !== null,
    rule: ({ min, max }) =>
      `1 to ${LEVELS_MAX} different whole numbers from ${min} to ${max} with commas between them, or none`,
  },
  text: {
    allows: (value, { min, max }) =>
      typeof value === "string" && value === value.trim() && !/\p{C}/u.test(value) && isLong(value, min, max),
    rule: ({ min, max }) => `one line of ${min} to ${max} characters`,
  },
  color: {
    allows: (value, _bounds, isGround) => {
      const color = typeof value === "string" ? parseColor(value) : null;
      return color !== null && (!isGround || contrastOf(color, WHITE) >= TEXT_CONTRAST);
    },
    rule: (_bounds, isGround) =>
      `a colour such as #0b5f56${isGround ? ", dark enough for white text on it" : ""}`,
  },
};

const isLong = (text: string, min: number, max: number): boolean => {
  const { length } = [...text];
  return length >= min && length <= max;
};

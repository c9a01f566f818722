import { readFileSync } from "node:fs";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

export const Verdict = Type.Union([
  Type.Literal("likely_compatible"),
  Type.Literal("unknown"),
  Type.Literal("likely_incompatible"),
]);
export type Verdict = Static<typeof Verdict>;

export const WORDS_MAX = 2_000;
export const SOURCE_CHARACTERS_MAX = 500;

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: WORDS_MAX });

export const Device = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    verdict: Verdict,
    /** The names under which it is sold, for people who look for theirs. */
    models: Type.Optional(Words),
    names: Type.Optional(Words),
    prefixes: Type.Optional(Words),
    except_suffixes: Type.Optional(Words),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    note_es: Type.Optional(Type.String({ maxLength: 500 })),
    /** Where it is said, and as of when. */
    source: Type.Optional(Type.String({ minLength: 1, maxLength: SOURCE_CHARACTERS_MAX })),
    date: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
  },
  { additionalProperties: false },
);
export type Device = Static<typeof Device>;

const DeviceData = Type.Object(
  {
    about: Type.Optional(Type.String()),
    reviewed: Type.Optional(Type.String()),
    /** Of the devices that name none of their own. */
    source: Type.Optional(Type.String({ minLength: 1, maxLength: SOURCE_CHARACTERS_MAX })),
    apple: Type.Object(
      {
        /** The first iOS that runs on no iPhone without eSIM hardware: iOS 17 needs an iPhone XS, XR or later. */
        likely_compatible_from_ios: Type.Integer({ minimum: 1 }),
        /** Below this no iPhone has an eSIM: the first ones shipped with iOS 12. */
        unsupported_below_ios: Type.Integer({ minimum: 1 }),
        note: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    devices: Type.Array(Device, { maxItems: 5_000 }),
  },
  { additionalProperties: false },
);
export type DeviceData = Static<typeof DeviceData>;

const DEFAULT_FILE = new URL("./data/esim-devices.json", import.meta.url);

/**
 * Reads the operator's file, or the one that comes with the program when `file` is null. Throws an Error that names
 * the file and the place in it when it cannot be used: a shop must not start with half of its devices.
 */
export function readDeviceData(file: string | null): DeviceData {
  const source = file ?? DEFAULT_FILE;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(source, "utf8"));
  } catch (error) {
    throw new Error(`The device data file ${String(source)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const [problem] = Value.Errors(DeviceData, parsed);
  if (problem !== undefined) {
    throw new Error(
      `The device data file ${String(source)} is wrong at ${problem.instancePath || "/"}: ${problem.message}`,
    );
  }
  return parsed as DeviceData;
}

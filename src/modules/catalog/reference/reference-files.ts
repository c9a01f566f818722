import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { Device, SOURCE_CHARACTERS_MAX } from "../device-data.js";

const Iso2 = Type.String({ pattern: "^[A-Z]{2}$" });
const Name = Type.String({ minLength: 1, maxLength: 100 });

const CountryName = Type.Object({
  country: Iso2,
  /** Empty: what it is also called, in any language. */
  language: Type.Union([Type.Literal("en"), Type.Literal("es"), Type.Literal("")]),
  name: Name,
});
export type CountryName = Static<typeof CountryName>;

const Region = Type.Object({
  region: Name,
  name_es: Type.Optional(Name),
  /** What it is also called, in any language. */
  also: Type.Optional(Type.Array(Name, { minItems: 1, uniqueItems: true })),
  countries: Type.Array(Iso2, { minItems: 2, uniqueItems: true }),
});
export type Region = Static<typeof Region>;

const fileOf = <Row extends TSchema>(row: Row) =>
  Type.Object({
    source: Type.String({ minLength: 1, maxLength: SOURCE_CHARACTERS_MAX }),
    /** As of when the source says so. */
    date: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
    rows: Type.Array(row, { minItems: 1 }),
  });

const FILES = {
  "country-names": fileOf(CountryName),
  regions: fileOf(Region),
  devices: fileOf(Device),
};
export type ReferenceKind = keyof typeof FILES;
export const REFERENCE_KINDS = Object.keys(FILES) as ReferenceKind[];
export type ReferenceFile<Kind extends ReferenceKind> = Static<(typeof FILES)[Kind]>;

const placeOf = (folder: string, kind: ReferenceKind): string => path.join(folder, `${kind}.json`);

/**
 * What `tribi data import` has put there; null when it has not. Throws an Error that names the file when somebody has
 * spoiled it: a shop must not start with half of its data.
 */
export function readReference<Kind extends ReferenceKind>(
  folder: string,
  kind: Kind,
): ReferenceFile<Kind> | null {
  const file = placeOf(folder, kind);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const parsed = parseJson(text);
  const [problem] = Value.Errors(FILES[kind], parsed);
  if (problem === undefined) return parsed as ReferenceFile<Kind>;
  throw new Error(
    `${file} is wrong at ${problem.instancePath || "/"}: ${problem.message}. Import it again, or remove it.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Whole or not at all: a process that starts meanwhile reads the old file or the new one. Throws an Error for what
 * readReference would refuse, or no shop would start again.
 */
export function writeReference<Kind extends ReferenceKind>(
  folder: string,
  kind: Kind,
  content: ReferenceFile<Kind>,
): void {
  const [problem] = Value.Errors(FILES[kind], content);
  if (problem !== undefined)
    throw new Error(`${problem.instancePath} ${problem.message}. Nothing was imported.`);
  mkdirSync(folder, { recursive: true });
  const file = placeOf(folder, kind);
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 1)}\n`, { flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A fault that a tired engineer could commit, with the guarantee that has to notice it. */
export interface Defect {
  /** Kept for good: results and reports name it. */
  readonly number: number;
  /** What the program does wrong, in one sentence. */
  readonly title: string;
  readonly area: Area;
  readonly edits: readonly Edit[];
  /** The test that has to fail, by its own title. */
  readonly target: { readonly file: string; readonly test: string };
  /** What the failure says: the reason that was predicted before the run. */
  readonly reason: RegExp;
}

/**
 * `from` stands exactly once in the file and becomes `to`. In one of the `to` of a defect `MARK` stands where the
 * wrong line runs: in TypeScript an expression, in SQL of the migrations a statement of PL/pgSQL.
 */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export type Area =
  | "money"
  | "purchases"
  | "login"
  | "delivery"
  | "catalogue"
  | "migrations"
  | "console"
  | "storefront"
  | "operation";

export const MARK = "MARK";

/** For a wrong line in an SQL text, which says nothing by itself: the statement of the code that sends it. */
export const runsAt = (file: string, from: string): Edit => ({
  file,
  from,
  to: from.replace(/\S/, `${MARK};\n$&`),
});

/** The layer that has to notice it. */
export function layerOf({ target }: Defect): string {
  const [top = "", folder = ""] = target.file.split("/");
  return top === "tests" ? folder : "unit";
}

export const labelOf = ({ number }: Pick<Defect, "number">): string => String(number).padStart(2, "0");

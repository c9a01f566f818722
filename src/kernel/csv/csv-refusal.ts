/** A row that was not taken, and why. `line` is the line of the file in which the row begins; `column` its header. */
export interface RefusedRow {
  readonly line: number;
  /** "" when the whole row is meant. */
  readonly column: string;
  readonly reason: string;
}

/** The whole file was refused: nothing of it can be read with confidence. */
export interface RefusedFile {
  readonly kind: "refused_file";
  readonly line: number;
  readonly reason: string;
}

/** Ends the reading of a file from within. */
export class CsvRefusal extends Error {
  override readonly name = "CsvRefusal";

  constructor(
    /** The line of the file, where it is known. */
    readonly line: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** A migration that cannot or must not run; the message says what to do next. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

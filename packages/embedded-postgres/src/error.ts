export type EmbeddedPostgresErrorCode =
  | "unsupported_platform"
  | "already_running"
  | "other_major_version"
  | "no_unprivileged_user"
  | "start_failed";

/** The embedded database did not start. The message is for the operator and says what to do next. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}

/** The `code` of a system error such as ENOENT, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import {
  type DestinationStream,
  destination,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from "pino";

export type { Logger };

/** Members that never reach a log line, wherever they stand. Values are masked, not dropped, so that a reader sees that there was one. */
const REDACTED = [
  "authorization",
  "cookie",
  "code",
  "token",
  "refresh_token",
  "challenge",
  "password",
  "secret",
  "email",
  "activation_code",
  "matching_id",
  "qr_payload",
  "confirmation_code",
  "client_secret",
];

const CENSOR = "[redacted]";

/** One write for many lines: at a thousand orders a second a write for each costs more than the rest of logging. */
const BUFFER_BYTES = 4096;
/** How long a line may wait in the buffer. The end of the process and a fatal line flush it at once. */
const FLUSH_MILLIS = 200;

export function makeLog(options: {
  level: string;
  format: "json" | "pretty";
  /** Takes the JSON lines instead of standard output. */
  sink?: DestinationStream;
}): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*["${name}"]`]), censor: CENSOR },
  };
  if (options.sink !== undefined) return pino(settings, options.sink);
  if (options.format === "json") {
    return pino(settings, destination({ sync: true, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MILLIS }));
  }
  const pretty = {
    target: "pino-pretty",
    // An event's name is its message as well.
    options: { ignore: "pid,hostname,event", translateTime: "HH:MM:ss" },
  };
  return pino({ ...settings, transport: pretty });
}

/**
 * For lines whose members are plain values: looks for the redacted names where they can stand, and not one level
 * deeper. Under load that looking was a sixth of what a payment's webhook cost the process.
 */
export function flatLog(log: Logger): Logger {
  return log.child({}, { redact: { paths: [...REDACTED], censor: CENSOR } });
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** SQLSTATE of PostgreSQL, Node's name of a system error, or ours (kernel/errors.ts). */
  readonly error_code?: unknown;
  readonly constraint?: unknown;
  readonly cause?: DescribedError;
  /** Of an AggregateError: why each address of a host failed. */
  readonly errors?: readonly DescribedError[];
}

const CAUSES_MAX = 5;
const ERRORS_MAX = 5;

/**
 * Only what is named here is written: libraries hang whole connections, requests and rows on their errors
 * (PostgreSQL's `detail` quotes values).
 */
function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === "string" ? thrown : `a thrown ${typeof thrown}`;
    return { type: "not an Error", message, stack: undefined };
  }
  const { code, constraint, errors } = thrown as { code?: unknown; constraint?: unknown; errors?: unknown };
  const isTooDeep = depth === CAUSES_MAX;
  const describeInner = (inner: unknown): DescribedError => describeError(inner, depth + 1);
  return {
    type: thrown.constructor.name,
    message: thrown.message,
    stack: thrown.stack,
    ...(code === undefined ? {} : { error_code: code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(thrown.cause == null || isTooDeep ? {} : { cause: describeInner(thrown.cause) }),
    ...(Array.isArray(errors) && !isTooDeep
      ? { errors: errors.slice(0, ERRORS_MAX).map(describeInner) }
      : {}),
  };
}

/** `a•••@example.com`: enough for an operator to recognise, not enough to write to. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "•••" : `${email.slice(0, 1)}•••${email.slice(at)}`;
}

import { type Logger, pino, stdTimeFunctions } from "pino";

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

export function makeLog(options: { level: string; format: "json" | "pretty" }): Logger {
  return pino({
    level: options.level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*["${name}"]`]), censor: "[redacted]" },
    ...(options.format === "pretty"
      ? {
          transport: {
            target: "pino-pretty",
            options: { ignore: "pid,hostname", translateTime: "HH:MM:ss" },
          },
        }
      : {}),
  });
}

/** `a•••@example.com`: enough for an operator to recognise, not enough to write to. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "•••" : `${email.slice(0, 1)}•••${email.slice(at)}`;
}

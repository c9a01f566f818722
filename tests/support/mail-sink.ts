import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { eventually } from "./eventually.js";

export interface MailSink {
  readonly environment: Readonly<Record<string, string>>;
  /** Raw mails by recipient, oldest first. */
  mailsTo(address: string): readonly string[];
  total(): number;
  /** By which names it was greeted. */
  greetings(): readonly string[];
  /** The code of the newest mail to this address, once there are `count`. */
  code(address: string, count?: number): Promise<string>;
  /** Answers 451 to every mail until called with false. */
  refuseForNow(isRefusing: boolean): void;
  stop(): Promise<void>;
}

/** A mail server that keeps what it gets in memory. */
export async function startMailSink(): Promise<MailSink> {
  const mails = new Map<string, string[]>();
  const greetings = new Set<string>();
  let total = 0;
  let isRefusing = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    logger: false,
    onMailFrom(_address, session, done) {
      greetings.add(session.hostNameAppearsAs);
      done();
    },
    onData(stream, session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        if (isRefusing) {
          done(Object.assign(new Error("Try again later"), { responseCode: 451 }));
          return;
        }
        for (const { address } of session.envelope.rcptTo) {
          mails.set(address, [...(mails.get(address) ?? []), text]);
          total += 1;
        }
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const mailsTo = (address: string): readonly string[] => mails.get(address) ?? [];
  return {
    environment: {
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(port),
      SMTP_USE_TLS: "false",
      SMTP_FROM_EMAIL: "Tribi <no-reply@tribi.example>",
    },
    mailsTo,
    total: () => total,
    greetings: () => [...greetings],
    code: (address, count = 1) =>
      eventually(
        () =>
          mailsTo(address).length >= count &&
          /code for Tribi is (\d{6,8})/.exec(mailsTo(address).at(-1) ?? "")?.[1],
        { what: `A code for ${address}` },
      ),
    refuseForNow: (value) => {
      isRefusing = value;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

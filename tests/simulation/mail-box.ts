import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  readonly to: string;
  /** When the sender wrote it, in whole seconds: how long the mail server takes is not the sender's doing. */
  readonly writtenAtMillis: number;
  /** It has an activation code in it, or the link to one. */
  readonly isSecret: boolean;
  /** Of a mail that signs somebody in. */
  readonly loginCode: string | null;
}

/** The mailboxes of everybody: what arrived, for whom and when. Of the mails themselves nothing is kept. */
export interface MailBox {
  readonly environment: Readonly<Record<string, string>>;
  readonly mails: readonly ReceivedMail[];
  /** Answers 451 to every mail until called with false. */
  refuseForNow(isRefusing: boolean): void;
  stop(): Promise<void>;
}

const SECRET = /esim-qr\.png|\/install\//;

export async function startMailBox(): Promise<MailBox> {
  const mails: ReceivedMail[] = [];
  let isRefusing = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (isRefusing) {
          done(Object.assign(new Error("Try again later"), { responseCode: 451 }));
          return;
        }
        // Long lines are broken with "=" in this encoding.
        const text = Buffer.concat(chunks).toString().replaceAll("=\r\n", "");
        const loginCode = /code for Tribi is (\d{6,8})/.exec(text)?.[1] ?? null;
        const writtenAtMillis = Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? "");
        for (const { address } of session.envelope.rcptTo)
          mails.push({ to: address, writtenAtMillis, isSecret: SECRET.test(text), loginCode });
        done();
      });
    },
  });
  // A process that is killed in the middle of a mail.
  server.on("error", () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    environment: {
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(port),
      SMTP_USE_TLS: "false",
      SMTP_FROM_EMAIL: "Tribi <no-reply@tribi.example>",
    },
    mails,
    refuseForNow: (value) => {
      isRefusing = value;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

import { SMTPServer } from "smtp-server";

export interface MailSink {
  readonly port: number;
  /** The last code that was mailed to each address. */
  readonly codes: ReadonlyMap<string, string>;
  received(): number;
  stop(): Promise<void>;
}

/** A mail server in this process that keeps the login codes. */
export async function startMailSink(): Promise<MailSink> {
  const codes = new Map<string, string>();
  let received = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        received += 1;
        const text = Buffer.concat(chunks).toString();
        const body = text.slice(text.indexOf("\r\n\r\n"));
        const code = /(?<![\d=])\d{6,8}(?!\d)/.exec(body)?.[0];
        for (const { address } of session.envelope.rcptTo) if (code !== undefined) codes.set(address, code);
        callback();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return {
    port,
    codes,
    received: () => received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

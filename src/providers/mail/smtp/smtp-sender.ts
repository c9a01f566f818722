import { createTransport } from "nodemailer";
import { done, refused, unknown } from "../../../kernel/outcome.js";
import { messageIdOf, refuseUnsafe } from "../mail-shape.js";
import type { Mail, MailAddress, MailOutcome, MailSender } from "../port.js";
import { enhancedStatusOf, type SmtpFailure, verdictOf } from "./reply-verdict.js";

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  /** True: port 465 speaks TLS from the first byte, any other must offer STARTTLS. False: no TLS, for a relay on this machine. */
  readonly useTls: boolean;
  /** How we greet the mail server (RFC 5321 §4.1.1.1): a host name, or an address in brackets. */
  readonly ehloName: string;
  readonly from: MailAddress;
  /** Certificates to trust besides the system's, in PEM. */
  readonly trustedCertificates?: string;
}

const IMPLICIT_TLS_PORT = 465;
const CONNECT_MILLIS = 10_000;
const SILENCE_MILLIS = 20_000;
const CONNECTIONS_MAX = 4;

function openTransport(options: SmtpOptions) {
  return createTransport({
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    host: options.host,
    name: options.ehloName,
    port: options.port,
    secure: options.useTls && options.port === IMPLICIT_TLS_PORT,
    requireTLS: options.useTls,
    ignoreTLS: !options.useTls,
    tls: {
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
    },
    ...(options.user === null ? {} : { auth: { user: options.user, pass: options.password ?? "" } }),
    connectionTimeout: CONNECT_MILLIS,
    greetingTimeout: CONNECT_MILLIS,
    socketTimeout: SILENCE_MILLIS,
    // Attachments are given as bytes; a path or URL in a mail must never be read from this machine.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Sends over a few kept connections. A job calls this, never a request. */
export function makeSmtpSender(options: SmtpOptions): MailSender {
  const { from } = options;
  const transport = openTransport(options);
  return {
    async send(mail) {
      const unsafe = refuseUnsafe(mail);
      if (unsafe !== undefined) return unsafe;
      try {
        const { messageId } = await transport.sendMail(messageOf(mail, from));
        return done({ messageId });
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Connects, greets, turns to TLS and signs in, and sends nothing. Null when the server took us, else codes alone. */
export async function trySmtp(options: SmtpOptions): Promise<string | null> {
  const transport = openTransport(options);
  try {
    await transport.verify();
    return null;
  } catch (error) {
    const { code, command, responseCode, response } = error as SmtpFailure;
    const parts = [code, command, responseCode, enhancedStatusOf(response)];
    return parts.filter((part) => part !== undefined).join(" ") || "no connection";
  } finally {
    transport.close();
  }
}

/** Addresses go in as structures, so nothing in them is parsed as a list or a header. */
function messageOf(mail: Mail, from: MailAddress) {
  return {
    messageId: messageIdOf(mail.reference, from),
    from: { name: from.name ?? "", address: from.address },
    to: { name: mail.to.name ?? "", address: mail.to.address },
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    // RFC 3834: a machine wrote this, so no holiday note should answer it.
    headers: { "Auto-Submitted": "auto-generated", ...unsubscribeHeaders(mail) },
    attachments: (mail.attachments ?? []).map(({ filename, contentType, content, contentId }) => ({
      filename,
      contentType,
      content,
      ...(contentId === undefined
        ? { contentDisposition: "attachment" as const }
        : { cid: contentId, contentDisposition: "inline" as const }),
    })),
  };
}

/** The address is ours; RFC 8058 §2 wants both headers, and their names in the DKIM signature. */
const unsubscribeHeaders = ({ unsubscribeUrl }: Mail): Readonly<Record<string, string>> =>
  unsubscribeUrl === undefined
    ? {}
    : {
        "List-Unsubscribe": `<${unsubscribeUrl}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      };

/** The server's own words may quote the recipient: only codes are kept. */
function outcomeOf(error: unknown): MailOutcome {
  const failure = error as SmtpFailure;
  const { code, command, responseCode, response } = failure;
  const parts = [code, command, responseCode, enhancedStatusOf(response)];
  const seen = parts.filter((part) => part !== undefined).join(" ") || "The mail server could not be used";
  switch (verdictOf(failure)) {
    case "recipient":
      return refused("rejected", seen);
    case "sender":
      return refused("sender_refused", seen);
    case "later":
      return unknown(seen);
  }
}

import { readEmailAddress } from "../kernel/email-address.js";
import { hostOf, isDomainName, isLoopbackHost } from "./hosts.js";
import type { VariableReader } from "./variables.js";

export function readMail(reader: VariableReader, shopName: string) {
  const host = reader.text("SMTP_HOST");
  const from = readSender(reader, shopName);
  return {
    /** Null means the development inbox. */
    smtp: host === null ? null : { host, ...readSmtp(reader, from.address) },
    from,
  };
}

function readSmtp(reader: VariableReader, senderAddress: string) {
  const user = reader.text("SMTP_USER");
  // Blanks may be a part of a password; the end of a line never is.
  const password = reader.verbatim("SMTP_PASSWORD")?.replace(/[\r\n]+$/, "") ?? null;
  if ((user === null) !== (password === null)) {
    reader.problem(
      user === null ? "SMTP_USER" : "SMTP_PASSWORD",
      "is missing although the other half of the mail server's credentials is set",
    );
  }
  return {
    port: reader.integer("SMTP_PORT", 587, { min: 1, max: 65_535 }),
    user,
    password,
    useTls: reader.flag("SMTP_USE_TLS", true),
    ehloName: readEhloName(reader, senderAddress),
  };
}

/**
 * The name by which we greet the mail server. A machine in a container has none that anybody knows, and servers
 * refuse `[127.0.0.1]`; the store's own name is one that exists.
 */
function readEhloName(reader: VariableReader, senderAddress: string): string {
  const name = reader.text("SMTP_EHLO_NAME");
  if (name !== null) {
    if (!isDomainName(name) && !/^\[(IPv6:)?[\da-f.:]+\]$/i.test(name))
      reader.problem("SMTP_EHLO_NAME", "must be a host name such as mail.shop.example.com, or [192.0.2.1]");
    return name;
  }
  const publicHost = hostOf(reader.text("PUBLIC_URL") ?? "");
  return isDomainName(publicHost) && !isLoopbackHost(publicHost)
    ? publicHost
    : senderAddress.slice(senderAddress.lastIndexOf("@") + 1);
}

const MAILBOX_WITH_NAME = /^(?:"([^"<>\p{Cc}]*)"\s*|([^"<>\p{Cc}]*))<([^<>]*)>$/u;

/** Whom the store's mail is from: one address, under the name beside it or the shop's. */
function readSender(reader: VariableReader, shopName: string) {
  const text = reader.textOr("SMTP_FROM_EMAIL", "no-reply@tribi.local");
  const [, quoted, plain, inBrackets] = MAILBOX_WITH_NAME.exec(text) ?? [];
  const address = readEmailAddress(inBrackets ?? text);
  if (address === undefined) {
    reader.problem(
      "SMTP_FROM_EMAIL",
      "must be an address, or a name and an address in brackets: Shop <no-reply@shop.example.com>",
    );
  }
  const name = (quoted ?? plain ?? "").trim();
  return { address: address ?? "", name: name === "" ? shopName : name };
}

import { expect, it } from "vitest";
import { type ReplyVerdict, type SmtpFailure, verdictOf } from "./reply-verdict.js";

const at = (command: string, response: string): SmtpFailure => ({
  code: "EENVELOPE",
  command,
  responseCode: Number(response.slice(0, 3)),
  response,
});

it.each<[SmtpFailure, ReplyVerdict]>([
  [at("RCPT TO", "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown"), "recipient"],
  [at("RCPT TO", "550 5.1.10 Recipient not found"), "recipient"],
  [at("RCPT TO", "550 5.1.2 Bad destination system"), "recipient"],
  [at("RCPT TO", "550 5.2.1 The account is disabled"), "recipient"],
  [at("RCPT TO", "550 5.4.1 Recipient address rejected: Access denied"), "recipient"],
  [at("RCPT TO", "550-5.1.1 The account does not exist\n550 5.1.1 Try another"), "recipient"],
  [at("RCPT TO", "550 No such user here"), "recipient"],
  [at("RCPT TO", "551 User not local"), "recipient"],
  [at("RCPT TO", "553 Mailbox name not allowed"), "recipient"],
  [at("DATA", "550 5.1.1 User unknown"), "recipient"],

  [at("MAIL FROM", "530 5.7.0 Authentication required"), "sender"],
  [at("RCPT TO", "530 5.7.0 Must issue a STARTTLS command first"), "sender"],
  [at("RCPT TO", "550 5.7.1 Relaying denied"), "sender"],
  [at("RCPT TO", "554 5.7.1 <a@b.example>: Relay access denied"), "sender"],
  [at("RCPT TO", "550 5.1.8 <no-reply@shop.example>: Sender address rejected: Domain not found"), "sender"],
  [at("RCPT TO", "553 5.1.7 Bad sender's mailbox address syntax"), "sender"],
  [at("MAIL FROM", "550 5.1.0 Sender denied"), "sender"],
  [at("MAIL FROM", "553 Sender not allowed"), "sender"],
  [at("MAIL FROM", "552 5.3.4 Message too big"), "sender"],
  [at("MAIL FROM", "501 5.1.7 Syntax error"), "sender"],
  [at("RCPT TO", "501 Syntax error in parameters"), "sender"],
  [at("RCPT TO", "554 No SMTP service here"), "sender"],
  [at("DATA", "552 Too much mail data"), "sender"],
  [at("DATA", "554 5.7.1 Spam message rejected"), "sender"],
  [at("DATA", "550 5.7.26 Unauthenticated email is not accepted"), "sender"],
  [at("DATA", "554 Transaction failed"), "sender"],
  [at("CONN", "554 5.7.1 Your address is blocked"), "sender"],
  [at("EHLO", "504 5.5.2 Helo command rejected: need fully-qualified hostname"), "sender"],
  [
    { code: "EAUTH", command: "AUTH PLAIN", responseCode: 535, response: "535 5.7.8 Bad credentials" },
    "sender",
  ],
  [{ code: "ETLS", command: "STARTTLS" }, "sender"],
  [{ code: "EMESSAGE", command: "MAIL FROM" }, "sender"],

  [at("RCPT TO", "450 4.2.0 Greylisted"), "later"],
  [at("RCPT TO", "452 4.2.2 Mailbox full"), "later"],
  [at("RCPT TO", "552 5.2.2 Mailbox full"), "later"],
  [at("DATA", "552 5.2.2 The mailbox is over quota"), "later"],
  [at("DATA", "451 4.3.0 Temporary failure"), "later"],
  [at("CONN", "421 4.7.0 Too many connections"), "later"],
  [{ code: "ECONNECTION", command: "CONN" }, "later"],
  [{ code: "ETIMEDOUT", command: "DATA" }, "later"],
  [{ code: "EDNS" }, "later"],
  [{}, "later"],
])("%j is a verdict on: %s", (failure, verdict) => {
  expect(verdictOf(failure)).toBe(verdict);
});

import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listMails } from "../../src/modules/mail/inbox-store.js";
import { makeMailModule } from "../../src/modules/mail/mail.module.js";
import { makeMailer } from "../../src/modules/mail/mailer.js";
import { makeInboxSender } from "../../src/providers/mail/inbox/inbox-sender.js";
import type { Mail, MailSender } from "../../src/providers/mail/port.js";
import { makeSmtpSender, type SmtpOptions } from "../../src/providers/mail/smtp/smtp-sender.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const FROM = { name: "Tribi, the store", address: "no-reply@shop.example" };
const MAIL: Mail = {
  template: "login_code",
  reference: "login-code-17",
  to: { address: "traveller@example.com" },
  subject: "Your code — код",
  text: "Your code is 123456\n\nIt works for ten minutes.\n",
};
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

interface Delivered {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}

/** A mail server that keeps what it gets, with scripted answers. */
async function startSink(options: { offersTls: boolean }) {
  const mails: { envelope: readonly string[]; parsed: ParsedMail }[] = [];
  const script: { onSender?: string; onRecipient?: string; onData?: string } = {};
  const greetings: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.offersTls ? [] : ["STARTTLS"],
    logger: false,
    onMailFrom(_address, session, callback) {
      greetings.push(session.hostNameAppearsAs);
      callback(script.onSender === undefined ? null : answer(script.onSender));
    },
    onRcptTo(_address, _session, callback) {
      callback(script.onRecipient === undefined ? null : answer(script.onRecipient));
    },
    onData(stream, session, callback) {
      void simpleParser(stream).then((parsed) => {
        if (script.onData !== undefined) {
          callback(answer(script.onData));
          return;
        }
        mails.push({ envelope: session.envelope.rcptTo.map(({ address }) => address), parsed });
        callback();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return {
    mails,
    script,
    greetings,
    port,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const answer = (reply: string): Error =>
  Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });

function smtpTo(port: number, changes: Partial<SmtpOptions> = {}): MailSender {
  return makeSmtpSender({
    host: "127.0.0.1",
    port,
    user: null,
    password: null,
    useTls: false,
    ehloName: "shop.example",
    from: FROM,
    ...changes,
  });
}

describe.each(["smtp", "inbox"] as const)("every mail adapter: %s", (kind) => {
  let sink: Awaited<ReturnType<typeof startSink>>;
  let database: TestDatabase;
  let sender: MailSender;
  const announced: string[] = [];

  beforeAll(async () => {
    sink = await startSink({ offersTls: false });
    database = await makeTestDatabase();
    const events = makeEvents(makeLog({ level: "silent", format: "json" }), makeMetrics().registry);
    makeMailModule({
      db: database.db,
      events,
      wakeWorkers: () => undefined,
      composers: [],
      refreshSettings: async () => undefined,
      isProduction: false,
      openSender: (keep) => {
        sender =
          kind === "smtp"
            ? smtpTo(sink.port)
            : makeInboxSender({ keep, announce: (line) => announced.push(line), from: FROM });
        return sender;
      },
    });
  });
  beforeEach(async () => {
    sink.mails.length = 0;
    announced.length = 0;
    await database.query("delete from dev_inbox");
  });
  afterAll(async () => {
    sender.close();
    await sink.stop();
    await database.drop();
  });

  async function delivered(): Promise<Delivered[]> {
    if (kind === "inbox") {
      return (await listMails(database.db)).map((mail) => ({
        ...mail,
        to: [mail.to],
        html: mail.html ?? undefined,
      }));
    }
    return sink.mails.map(({ parsed }) => ({
      to: (parsed.to as AddressObject).value.map(({ address }) => address ?? ""),
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      html: parsed.html === false ? undefined : parsed.html,
    }));
  }

  it("delivers subject and plain text in any alphabet to one recipient", async () => {
    expect(await sender.send(MAIL)).toMatchObject({
      kind: "done",
      value: { messageId: expect.stringMatching(/@shop\.example>$/) },
    });
    expect(await delivered()).toMatchObject([
      { to: ["traveller@example.com"], subject: MAIL.subject, text: MAIL.text },
    ]);
  });

  it("gives the same mail the same message id, and another mail another one", async () => {
    const ids = [];
    for (const mail of [MAIL, MAIL, { ...MAIL, reference: "login-code-18" }]) {
      const outcome = await sender.send(mail);
      ids.push(outcome.kind === "done" ? outcome.value.messageId : outcome.kind);
    }
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("carries an inline image with the HTML", async () => {
    const image = { filename: "qr.png", contentType: "image/png", content: PIXEL, contentId: "qr@tribi" };
    await sender.send({
      ...MAIL,
      html: '<p>Scan</p><img src="cid:qr@tribi" alt="QR">',
      attachments: [image],
    });
    const [mail] = await delivered();
    expect(mail?.html).toContain(`data:image/png;base64,${PIXEL.toString("base64")}`);
  });

  it.each([
    ["subject", { subject: "Code\r\nBcc: thief@evil.test" }],
    ["subject with a bare line feed", { subject: "Code\nBcc: thief@evil.test" }],
    ["address with a line break", { to: { address: "a@example.com\r\nRCPT TO:<thief@evil.test>" } }],
    ["address list", { to: { address: "a@example.com,thief@evil.test" } }],
    ["address with a route", { to: { address: "<thief@evil.test> a@example.com" } }],
    ["quoted local part", { to: { address: '"thief@evil.test x"@example.com' } }],
    ["recipient's name", { to: { address: "a@example.com", name: "A\r\nBcc: thief@evil.test" } }],
    ["reference", { reference: "x>\r\nBcc: thief@evil.test" }],
    [
      "attachment's name",
      { attachments: [{ filename: "a\r\nBcc: x@evil.test", contentType: "image/png", content: PIXEL }] },
    ],
  ])("refuses a header injection by the %s, and nothing leaves", async (_what, change) => {
    expect(await sender.send({ ...MAIL, ...change })).toMatchObject({ kind: "refused", reason: "rejected" });
    expect(await delivered()).toEqual([]);
  });

  it("treats a recipient's name that looks like addresses as a name", async () => {
    await sender.send({ ...MAIL, to: { address: "a@example.com", name: "b@evil.test, <c@evil.test>" } });
    expect((await delivered()).map(({ to }) => to)).toEqual([["a@example.com"]]);
    if (kind === "smtp") expect(sink.mails[0]?.envelope).toEqual(["a@example.com"]);
  });

  if (kind === "inbox") {
    it("says at the terminal what came, with the line meant for developers", async () => {
      await sender.send({ ...MAIL, developmentLine: "Your code is 123456" });
      expect(announced).toEqual(["Mail to traveller@example.com: Your code is 123456"]);
    });

    it("keeps one row of a mail whose job ran twice, and the newest 500 in all", async () => {
      await sender.send(MAIL);
      await sender.send(MAIL);
      expect(await delivered()).toHaveLength(1);
      for (let index = 0; index < 520; index += 1) {
        await sender.send({ ...MAIL, reference: `bulk-${index}`, subject: `Mail ${index}` });
      }
      const mails = await delivered();
      expect(mails).toHaveLength(500);
      expect(mails[0]?.subject).toBe("Mail 519");
    });
  }
});

describe("mail by SMTP", () => {
  it.each([
    ["onRecipient", "550 5.1.1 <traveller@example.com> unknown", "refused", "rejected"],
    ["onRecipient", "550 Mailbox unavailable", "refused", "rejected"],
    ["onRecipient", "451 4.3.0 Later", "unknown", undefined],
    ["onRecipient", "552 5.2.2 Mailbox full", "unknown", undefined],
    ["onRecipient", "554 5.7.1 Relay access denied", "refused", "sender_refused"],
    ["onRecipient", "550 5.1.8 Sender's domain not found", "refused", "sender_refused"],
    ["onRecipient", "501 Syntax error", "refused", "sender_refused"],
    ["onSender", "530 5.7.0 Authentication required", "refused", "sender_refused"],
    ["onSender", "550 5.7.1 Not you", "refused", "sender_refused"],
    ["onData", "554 5.7.1 traveller@example.com thinks that this is spam", "refused", "sender_refused"],
    ["onData", "552 Too big", "refused", "sender_refused"],
    ["onData", "550 5.1.1 traveller@example.com unknown", "refused", "rejected"],
    ["onData", "452 4.3.1 Full", "unknown", undefined],
  ] as const)(
    "the answer %s %j is %s %s, and says nothing about the recipient",
    async (when, reply, kind, reason) => {
      const sink = await startSink({ offersTls: false });
      sink.script[when] = reply;
      const sender = smtpTo(sink.port);
      const outcome = await sender.send(MAIL);
      expect(outcome).toMatchObject(reason === undefined ? { kind } : { kind, reason });
      expect(JSON.stringify(outcome)).toContain(reply.slice(0, 3));
      expect(JSON.stringify(outcome)).not.toMatch(/traveller|spam|unknown<|big/i);
      sender.close();
      await sink.stop();
    },
  );

  it("a notice says how it is unsubscribed, in headers that hold nothing else; other mails do not", async () => {
    const sink = await startSink({ offersTls: false });
    const sender = smtpTo(sink.port);
    const unsubscribeUrl = `https://shop.example/notices/unsubscribe/17.${"a".repeat(43)}`;
    await sender.send({ ...MAIL, unsubscribeUrl });
    await sender.send({ ...MAIL, reference: "receipt-17" });
    const wrong = await sender.send({
      ...MAIL,
      unsubscribeUrl: "https://shop.example/\r\nBcc: a@example.com",
    });
    expect(wrong).toMatchObject({ kind: "refused", reason: "rejected" });
    const listHeaders = sink.mails.map(({ parsed }) =>
      parsed.headerLines
        .filter(({ key }) => key.startsWith("list-"))
        .map(({ line }) => line.replace(/\r?\n\s+/g, " ")),
    );
    expect(listHeaders).toEqual([
      [`List-Unsubscribe: <${unsubscribeUrl}>`, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"],
      [],
    ]);
    sender.close();
    await sink.stop();
  });

  it("the server is greeted with the name that it is told, not with this machine's", async () => {
    const sink = await startSink({ offersTls: false });
    const sender = smtpTo(sink.port, { ehloName: "mail.shop.example" });
    await sender.send(MAIL);
    expect(sink.greetings).toEqual(["mail.shop.example"]);
    sender.close();
    await sink.stop();
  });

  it("a server that refuses us is told apart and shown; one that refuses a recipient is no trouble", async () => {
    const sink = await startSink({ offersTls: false });
    const metrics = makeMetrics();
    const sender = smtpTo(sink.port);
    const mailer = makeMailer(
      sender,
      makeEvents(makeLog({ level: "silent", format: "json" }), metrics.registry),
    );
    sink.script.onSender = "530 5.7.0 Authentication required";
    expect(await mailer.send(MAIL)).toMatchObject({ kind: "refused", reason: "sender_refused" });
    expect(mailer.troubles()).toEqual({ mail: expect.stringMatching(/refuses this store .*530.*SMTP_/) });
    expect(await metrics.registry.metrics()).toContain(
      'tribi_mail_failed_total{template="login_code",outcome="sender_refused"} 1',
    );
    delete sink.script.onSender;
    sink.script.onRecipient = "550 5.1.1 Unknown";
    expect(await mailer.send(MAIL)).toMatchObject({ kind: "refused", reason: "rejected" });
    expect(mailer.troubles()).toEqual({});
    sink.script.onRecipient = "451 Later";
    expect(await mailer.send(MAIL)).toMatchObject({ kind: "unknown" });
    expect(mailer.troubles()).toEqual({ mail: expect.stringContaining("not taken") });
    delete sink.script.onRecipient;
    expect(await mailer.send(MAIL)).toMatchObject({ kind: "done" });
    expect(mailer.troubles()).toEqual({});
    sender.close();
    await sink.stop();
  });

  it("no server, and words of the server, tell nothing about the recipient", async () => {
    const sender = smtpTo(1);
    const outcome = await sender.send(MAIL);
    expect(outcome).toMatchObject({ kind: "unknown", cause: expect.stringContaining("CONN") });
    expect(JSON.stringify(outcome)).not.toContain("traveller");
    sender.close();
  });

  it("SMTP_USE_TLS: a server that offers no TLS gets no mail", async () => {
    const sink = await startSink({ offersTls: false });
    const sender = smtpTo(sink.port, { useTls: true });
    expect(await sender.send(MAIL)).toMatchObject({ kind: "refused", reason: "sender_refused" });
    expect(sink.mails).toHaveLength(0);
    sender.close();
    await sink.stop();
  });

  it("SMTP_USE_TLS: a certificate that nobody vouches for gets no mail", async () => {
    const sink = await startSink({ offersTls: true });
    const sender = smtpTo(sink.port, { useTls: true });
    expect((await sender.send(MAIL)).kind).toBe("unknown");
    expect(sink.mails).toHaveLength(0);
    sender.close();
    await sink.stop();
  });
});

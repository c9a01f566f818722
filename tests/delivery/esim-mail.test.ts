import { type ParsedMail, simpleParser } from "mailparser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSmtpSender } from "../../src/providers/mail/smtp/smtp-sender.js";
import { decodedPng } from "../support/decode-qr.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";

const STORE = "https://shop.example";

describe("the mail of an eSIM", () => {
  let sink: MailSink;
  let sender: ReturnType<typeof makeSmtpSender>;
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    sink = await startMailSink();
    sender = makeSmtpSender({
      host: "127.0.0.1",
      port: Number(sink.environment.SMTP_PORT),
      user: null,
      password: null,
      useTls: false,
      ehloName: "shop.example",
      from: { name: "Tribi", address: "no-reply@shop.example" },
    });
    room = await makeEsimRoom({ environment: { PUBLIC_URL: STORE }, mailer: sender });
    planId = await room.addPlan();
  });
  afterAll(async () => {
    await room.stop();
    sender.close();
    await sink.stop();
  });

  const activate = async (headers: Record<string, string> = {}) => {
    const order = await room.addOrder({ planId });
    const answer = await room.server.inject({
      method: "POST",
      url: "/esims/activate",
      headers: { "x-user": String(order.userId), ...headers },
      payload: { order_id: order.id },
    });
    return { order, esim: answer.json() };
  };
  const receive = async (profileId: number, userId: number): Promise<ParsedMail> => {
    await room.sendMail("esim_ready", profileId);
    const [user] = await room.database.query<{ email: string }>("select email from users where id = $1", [
      userId,
    ]);
    return simpleParser(sink.mailsTo(user!.email).at(-1)!);
  };

  it("holds the QR twice, in the text and as a file, and both decode to the payload byte for byte", async () => {
    const { order, esim } = await activate();
    const mail = await receive(order.profileId, order.userId);
    expect(mail.attachments.map(({ contentType }) => contentType)).toEqual(["image/png", "image/png"]);
    const inline = mail.attachments.find(({ contentDisposition }) => contentDisposition === "inline");
    const file = mail.attachments.find(({ contentDisposition }) => contentDisposition === "attachment");
    expect(decodedPng(inline!.content)).toBe(esim.qr_payload);
    expect(decodedPng(file!.content)).toBe(esim.qr_payload);
    expect(file!.filename).toBe("esim-qr.png");
    // mailparser has put the picture in the place of its cid: link.
    expect(mail.html).toContain(`src="data:image/png;base64,${inline!.content.toString("base64")}"`);
  });

  it("is complete as plain text, which comes first", async () => {
    const { order, esim } = await activate();
    const mail = await receive(order.profileId, order.userId);
    for (const part of [
      esim.smdp_address,
      esim.matching_id,
      esim.qr_payload,
      esim.install_links.apple,
      esim.install_links.android,
      order.reference,
      "Spain 5 GB",
      "30 days",
      "On iPhone",
      "On Android",
      "*#06#",
      "data roaming on",
    ]) {
      expect(mail.text).toContain(part);
    }
    const raw = sink.mailsTo((mail.to as { value: { address: string }[] }).value[0]!.address).at(-1)!;
    expect(raw.indexOf("text/plain")).toBeLessThan(raw.indexOf("text/html"));
  });

  it("has no code in its subject, tracks nobody, and links to the store and the platforms only", async () => {
    const { order, esim } = await activate({ host: "evil.test", "x-forwarded-host": "evil.test" });
    const mail = await receive(order.profileId, order.userId);
    expect(mail.subject).toBe("Your eSIM for Spain is ready to install");
    const html = String(mail.html);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!.replaceAll("&amp;", "&"));
    expect(new Set(links.map((link) => new URL(link).origin))).toEqual(
      new Set(["https://esimsetup.apple.com", "https://esimsetup.android.com", STORE]),
    );
    expect(links).toContain(esim.install_links.apple);
    expect(links).toContain(esim.install_links.android);
    expect(links.filter((link) => link.startsWith(`${STORE}/install/`))).toHaveLength(1);
    const sources = [...html.matchAll(/(?:src|background)="([^"]*)"/g)].map(([, source]) => source);
    expect(sources.every((source) => source?.startsWith("data:"))).toBe(true);
    expect(html).not.toMatch(/<script|url\(|<link/i);
    expect(JSON.stringify(mail.headerLines)).not.toContain(esim.matching_id);
  });

  it("opens its page by the secret link, of which the database knows a hash only", async () => {
    const { order, esim } = await activate();
    const mail = await receive(order.profileId, order.userId);
    const secret = /\/install\/([A-Za-z0-9_-]{22})\b/.exec(mail.text ?? "")?.[1];
    const page = await room.server.inject({
      method: "POST",
      url: `/install/${secret}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "",
    });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(esim.matching_id);
    const rows = JSON.stringify(
      await room.database.query("select *, encode(secret_hash, 'escape') as text from install_links"),
    );
    expect(rows).not.toContain(secret);
  });

  it.each([
    ["es-ES,es;q=0.9,en;q=0.5", "Tu eSIM para España está lista para instalar", "Código de activación"],
    ["fr-FR", "Your eSIM for Spain is ready to install", "Activation code"],
  ])("is in the language of the person who activates: %s", async (language, subject, word) => {
    const { order } = await activate({ "accept-language": language });
    const mail = await receive(order.profileId, order.userId);
    expect(mail.subject).toBe(subject);
    expect(mail.text).toContain(word);
    expect(mail.html).toContain(word);
  });

  it("keeps the language of the order when another one activates", async () => {
    const order = await room.addOrder({ planId });
    await room.database.query("update esim_profiles set language = 'es' where id = $1", [order.profileId]);
    await room.server.inject({
      method: "POST",
      url: "/esims/activate",
      headers: { "x-user": String(order.userId), "accept-language": "en" },
      payload: { order_id: order.id },
    });
    expect((await receive(order.profileId, order.userId)).subject).toContain("lista para instalar");
  });
});

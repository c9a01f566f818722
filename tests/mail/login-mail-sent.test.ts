import { simpleParser } from "mailparser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";

let sink: MailSink;
let app: TestApp;
beforeAll(async () => {
  sink = await startMailSink();
  app = await startTestApp({
    ...sink.environment,
    SMTP_FROM_EMAIL: "Shop 481516 <no-reply@mail.shop.example>",
    PUBLIC_URL: "https://tribi-481516.shop.example/eu/20261129",
    SHOP_NAME: "Shop 20261129",
    SHOP_SUPPORT_EMAIL: "help481516@shop.example",
  });
});
afterAll(async () => {
  await app.stop();
  await sink.stop();
});

it("the code is the only run of digits of its length in the subject and in every part of the mail as it leaves", async () => {
  const email = "traveller@example.com";
  await app.request("POST", "/auth/request-code", { body: { email } });
  const raw = await eventually(() => sink.mailsTo(email).at(-1));
  const { subject = "", text = "", html, attachments } = await simpleParser(raw);
  const runs = (part: string) => part.match(/\p{Nd}{6,}/gu);
  const [code = ""] = runs(subject) ?? [];
  const parts: string[] = [subject, text];
  if (html !== false) parts.push(html ?? "");
  expect(parts.map(runs)).toEqual(parts.map(() => [code]));
  expect(attachments).toEqual([]);
  const { status } = await app.request("POST", "/auth/verify-code", { body: { email, code } });
  expect(status).toBe(200);
});

it("the code is mailed in the language in which it was asked for", async () => {
  for (const [language, words] of [
    ["es-MX,es;q=0.8", "Tu código para entrar en Shop"],
    ["fr", "Your sign-in code for Shop"],
  ] as const) {
    const email = `${language.slice(0, 2)}@example.com`;
    await app.request("POST", "/auth/request-code", {
      body: { email },
      headers: { "accept-language": language },
    });
    const { subject } = await simpleParser(await eventually(() => sink.mailsTo(email).at(-1)));
    expect(subject).toContain(words);
  }
});

it("the mail server is greeted with the host of the public address, whatever this machine is called", () => {
  expect(sink.greetings()).toEqual(["tribi-481516.shop.example"]);
});

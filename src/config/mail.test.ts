import { expect, it } from "vitest";
import { readMail } from "./mail.js";
import { readShop } from "./shop.js";
import { makeVariableReader } from "./variables.js";

function read(environment: Record<string, string>) {
  const reader = makeVariableReader({ SMTP_HOST: "smtp.internal", ...environment });
  const mail = readMail(reader, readShop(reader).name);
  return { ...mail, problems: reader.problems.map(({ name }) => name) };
}

it.each<[string, Record<string, string>, string]>([
  [
    "what it is told",
    { SMTP_EHLO_NAME: "mx.example.net", PUBLIC_URL: "https://shop.example.com" },
    "mx.example.net",
  ],
  ["an address in brackets when told so", { SMTP_EHLO_NAME: "[192.0.2.1]" }, "[192.0.2.1]"],
  ["the store's public name", { PUBLIC_URL: "https://shop.example.com:8443/eu" }, "shop.example.com"],
  [
    "the sender's domain without a public name",
    { SMTP_FROM_EMAIL: "a@mail.example.org" },
    "mail.example.org",
  ],
  [
    "the sender's domain where the public name is this machine",
    { PUBLIC_URL: "http://localhost:8000", SMTP_FROM_EMAIL: "a@mail.example.org" },
    "mail.example.org",
  ],
  [
    "the sender's domain where the public name is an address",
    { PUBLIC_URL: "http://192.0.2.7", SMTP_FROM_EMAIL: "Shop <a@mail.example.org>" },
    "mail.example.org",
  ],
  [
    "the sender's domain where the public name is this machine's by another name",
    { PUBLIC_URL: "http://shop.localhost:8000", SMTP_FROM_EMAIL: "a@mail.example.org" },
    "mail.example.org",
  ],
  [
    "the sender's domain where the public name has one label",
    { PUBLIC_URL: "http://store:8000", SMTP_FROM_EMAIL: "Shop <a@mail.example.org>" },
    "mail.example.org",
  ],
])("the mail server is greeted with %s", (_what, environment, name) => {
  const { smtp, problems } = read(environment);
  expect([smtp?.ehloName, problems]).toEqual([name, []]);
});

it.each([
  ["no-reply@shop.example", { address: "no-reply@shop.example", name: "Corner Shop" }],
  ["Shop <no-reply@shop.example>", { address: "no-reply@shop.example", name: "Shop" }],
  [
    '"Shop #1, Berlin" <no-reply@shop.example>',
    { address: "no-reply@shop.example", name: "Shop #1, Berlin" },
  ],
  ["<no-reply@shop.example>", { address: "no-reply@shop.example", name: "Corner Shop" }],
])("the sender %s has one address and the shop's name without another", (text, from) => {
  expect(read({ SMTP_FROM_EMAIL: text, SHOP_NAME: "Corner Shop" })).toMatchObject({ from, problems: [] });
});

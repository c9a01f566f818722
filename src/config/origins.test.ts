import { describe, expect, it } from "vitest";
import { readFrontendOrigins } from "./origins.js";
import { makeVariableReader } from "./variables.js";

function read(value: string | undefined, isProduction = false) {
  const reader = makeVariableReader(value === undefined ? {} : { FRONTEND_ORIGINS: value });
  const origins = readFrontendOrigins(reader, isProduction);
  return { origins, problems: reader.problems.length };
}

describe("FRONTEND_ORIGINS", () => {
  it("is a developer's own front ends when unset, and nobody in production", () => {
    expect(read(undefined).origins).toEqual(["http://localhost:3000", "http://localhost:19006"]);
    expect(read(undefined, true).origins).toEqual([]);
    expect(read("[]").origins).toEqual([]);
  });

  it.each([
    "https://shop.example.com",
    "http://localhost:3000",
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "app://shop",
    "app.example.shop://localhost",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
  ])("takes %s, in production as well", (origin) => {
    for (const isProduction of [false, true])
      expect(read(JSON.stringify([origin]), isProduction)).toEqual({ origins: [origin], problems: 0 });
  });

  it("takes the form that browsers send, whatever case and slash it is written with", () => {
    expect(read("HTTPS://Shop.Example.com/,Capacitor://localhost/").origins).toEqual([
      "https://shop.example.com",
      "capacitor://localhost",
    ]);
  });

  it.each([
    "*",
    "null",
    "shop.example.com",
    "https://shop.example.com/path",
    "https://user@shop.example.com",
    "https://*.example.com",
    "https://shop.example.com?x",
    "capacitor://localhost/path",
    "capacitor://*",
    "capacitor://",
    "file://localhost",
    "data://x",
    "javascript://x",
    "blob://x",
    "wss://shop.example.com",
  ])("refuses %s by name", (origin) => {
    expect(read(JSON.stringify([origin])).problems).toBe(1);
  });
});

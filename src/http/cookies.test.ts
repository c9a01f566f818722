import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { type CookieSettings, makeCookies } from "./cookies.js";

const plain: CookieSettings = {
  isEnabled: true,
  domain: null,
  host: "api.tribi.app",
  sameSite: "lax",
  isSecure: false,
  isProduction: false,
};

function setLines(settings: CookieSettings): string[] {
  const lines: string[] = [];
  const reply = { header: (_name: string, line: string) => lines.push(line) } as unknown as FastifyReply;
  const cookies = makeCookies(settings);
  cookies.set(reply, "tribi_token", "abc.def-_", 60);
  cookies.clear(reply, "tribi_token");
  return lines;
}

const requestWith = (cookie?: string): FastifyRequest =>
  ({ headers: cookie === undefined ? {} : { cookie } }) as unknown as FastifyRequest;

describe("attributes", () => {
  test.each<[string, Partial<CookieSettings>, string]>([
    ["development", {}, "tribi_token=abc.def-_; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"],
    [
      "production without a domain",
      { isProduction: true, isSecure: true },
      "__Host-tribi_token=abc.def-_; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure",
    ],
    [
      "production with a domain",
      { isProduction: true, isSecure: true, domain: "tribi.app" },
      "tribi_token=abc.def-_; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure; Domain=tribi.app",
    ],
    [
      "SameSite none is always Secure",
      { sameSite: "none" },
      "tribi_token=abc.def-_; Max-Age=60; Path=/; HttpOnly; SameSite=None; Secure",
    ],
    [
      "production is Secure whatever else is said",
      { isProduction: true, domain: "tribi.app", sameSite: "strict" },
      "tribi_token=abc.def-_; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure; Domain=tribi.app",
    ],
  ])("%s", (_name, settings, expected) => {
    const lines = setLines({ ...plain, ...settings });
    const set = lines.find((line) => line.includes("Max-Age=60"));
    const cleared = lines.at(-1);
    expect(set).toBe(expected);
    expect(cleared).toContain("=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly");
  });

  test.each<[string, Partial<CookieSettings>, (string | undefined)[]]>([
    ["without a domain", {}, [undefined]],
    ["in production without a domain", { isProduction: true }, [undefined]],
    [
      "with a domain",
      { isProduction: true, domain: "tribi.app" },
      [undefined, "api.tribi.app", "app", "tribi.app"],
    ],
    ["of a host that is an address", { domain: "tribi.app", host: "127.0.0.1" }, [undefined, "tribi.app"]],
  ])(
    "what an earlier COOKIE_DOMAIN left is cleared before anything is set: %s",
    (_name, settings, domains) => {
      const lines = setLines({ ...plain, ...settings });
      const domainOf = (line: string) => /Domain=([^;]*)/.exec(line)?.[1];
      const half = lines.length / 2;
      for (const written of [lines.slice(0, half), lines.slice(half)]) {
        expect(written.map(domainOf)).toEqual(domains.filter((one) => one !== "app"));
        // The last one is the one that is kept: some browsers take two of them for the same cookie.
        expect(written.slice(0, -1).every((line) => line.includes("Max-Age=0"))).toBe(true);
      }
      expect(lines[half - 1]).toContain("Max-Age=60");
    },
  );

  test("switched off, no cookie is set, cleared or read", () => {
    expect(setLines({ ...plain, isEnabled: false })).toEqual([]);
    const cookies = makeCookies({ ...plain, isEnabled: false });
    expect(cookies.readAll(requestWith("tribi_token=a"), "tribi_token")).toEqual([]);
  });

  test("a value that could end the cookie is a defect", () => {
    const reply = { header: () => {} } as unknown as FastifyReply;
    expect(() => makeCookies(plain).set(reply, "tribi_token", "a; Domain=evil.test", 1)).toThrow();
  });
});

describe("reading", () => {
  test.each<[string | undefined, string[]]>([
    [undefined, []],
    ["", []],
    ["tribi_token=a", ["a"]],
    ["x=1; tribi_token=a; y=2", ["a"]],
    ["x=1;tribi_token=a", ["a"]],
    ["tribi_token= a ", ["a"]],
    ['tribi_token="a"', ["a"]],
    ["tribi_token=a=b", ["a=b"]],
    ["tribi_token=", []],
    ["tribi_token", []],
    ["xtribi_token=a", []],
    ["TRIBI_TOKEN=a", []],
    ["__Host-tribi_token=a", []],
    ["tribi_token=a; tribi_token=b", ["a", "b"]],
    ["tribi_token=a; tribi_token=a", ["a"]],
    [";;;=;", []],
  ])("%j gives %j", (header, values) => {
    const cookies = makeCookies(plain);
    expect(cookies.readAll(requestWith(header), "tribi_token")).toEqual(values);
    expect(cookies.read(requestWith(header), "tribi_token")).toBe(
      values.length === 1 ? values[0] : undefined,
    );
  });

  test("in production only the prefixed cookie is read", () => {
    const cookies = makeCookies({ ...plain, isProduction: true });
    const request = requestWith("tribi_token=planted; __Host-tribi_token=a");
    expect(cookies.readAll(request, "tribi_token")).toEqual(["a"]);
  });
});

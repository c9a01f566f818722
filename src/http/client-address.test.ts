import { describe, expect, test } from "vitest";
import {
  describeTrust,
  makeClientAddressReader,
  makeClientOf,
  type TrustedProxies,
} from "./client-address.js";
import type { ForwardingDoubt } from "./proxy-watch.js";

const PROXY = "10.0.0.1";
const trusted: TrustedProxies = { networks: ["10.0.0.0/8", "fd00::/8", "127.0.0.1"] };
const read = makeClientAddressReader(trusted);
const header = (...lines: string[]): string[] =>
  lines.flatMap((line, index) => [index === 0 ? "X-Forwarded-For" : "x-forwarded-for", line]);

describe("behind trusted networks the client is the right-most untrusted entry", () => {
  test.each<[string, string[], string]>([
    ["one entry", ["203.0.113.9"], "203.0.113.9"],
    ["a forged entry on the left", ["127.0.0.1, 203.0.113.9"], "203.0.113.9"],
    ["a forged public entry on the left", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"],
    ["an inner trusted proxy", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"],
    [
      "a forged entry and two inner proxies",
      ["198.51.100.1, 203.0.113.9, 10.1.1.1, 10.0.0.2"],
      "203.0.113.9",
    ],
    ["only trusted entries: the left-most", ["10.0.0.7, 10.0.0.2"], "10.0.0.7"],
    ["no blanks", ["198.51.100.1,203.0.113.9"], "203.0.113.9"],
    ["blanks and tabs", ["  198.51.100.1 ,\t203.0.113.9  "], "203.0.113.9"],
    ["two header lines", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"],
    ["two header lines, the second a proxy's", ["203.0.113.9", "10.0.0.2"], "203.0.113.9"],
    ["empty members", [",, 203.0.113.9, ,"], "203.0.113.9"],
    ["an empty header", [""], PROXY],
    ["only commas", [",,,"], PROXY],
    ["a port", ["203.0.113.9:443"], "203.0.113.9"],
    ["a quoted address with a port", ['"203.0.113.9:443"'], "203.0.113.9"],
    ["IPv6", ["2001:db8::1"], "2001:db8::1"],
    ["IPv6 in brackets", ["[2001:db8::1]"], "2001:db8::1"],
    ["IPv6 in brackets with a port", ["[2001:db8::1]:8443"], "2001:db8::1"],
    ["IPv6 in quotes and brackets with a port", ['"[2001:db8::1]:8443"'], "2001:db8::1"],
    ["IPv6 in another spelling", ["2001:0DB8:0:0::0001"], "2001:db8::1"],
    ["a zone id", ["fe80::1%eth0"], "fe80::1"],
    ["a zone id in brackets", ["[fe80::1%25eth0]:80"], "fe80::1"],
    ["an IPv4-mapped address", ["::ffff:203.0.113.9"], "203.0.113.9"],
    ["an IPv4-mapped address in hexadecimal", ["::ffff:cb00:7109"], "203.0.113.9"],
    ["an IPv4-mapped trusted proxy", ["203.0.113.9, ::ffff:10.0.0.2"], "203.0.113.9"],
    ["a trusted IPv6 proxy", ["203.0.113.9, fd00::2"], "203.0.113.9"],
    ["unknown", ["198.51.100.1, unknown"], PROXY],
    ["_hidden", ["_hidden"], PROXY],
    ["markup", ["<script>alert(1)</script>"], PROXY],
    ["markup left of the client", ["<b>, 203.0.113.9"], "203.0.113.9"],
    ["10 KiB of rubbish", ["x".repeat(10_240)], PROXY],
    ["10 KiB of entries", [`${"198.51.100.1, ".repeat(800)}203.0.113.9`], "203.0.113.9"],
    ["an octal octet", ["0177.0.0.1"], PROXY],
    ["a short form", ["127.1"], PROXY],
    ["a bare number", ["2130706433"], PROXY],
    ["an octet of 256", ["203.0.113.256"], PROXY],
    ["SQL", ["1.2.3.4'; drop table users; --"], PROXY],
    ["NUL", ["203.0.113.9\u0000"], PROXY],
    ["a list in one entry", ["203.0.113.9 198.51.100.1"], PROXY],
    ["brackets around IPv4", ["[203.0.113.9]"], PROXY],
    ["an unclosed bracket", ["[2001:db8::1"], PROXY],
    ["two ports", ["203.0.113.9:1:2"], PROXY],
  ])("%s", (_name, lines, expected) => {
    expect(read(PROXY, header(...lines)).address).toBe(expected);
  });
});

describe("who is not a trusted proxy is not believed", () => {
  test("a caller that connects directly and rotates the header is always its socket", () => {
    for (let index = 0; index < 1_000; index += 1) {
      const client = read("203.0.113.50", header(`198.51.100.${index % 250}`));
      expect(client).toEqual({ address: "203.0.113.50", network: "203.0.113.50" });
    }
  });

  test("without TRUST_PROXY the header means nothing", () => {
    const plain = makeClientAddressReader(null);
    expect(plain(PROXY, header("203.0.113.9")).address).toBe(PROXY);
    expect(plain("::ffff:203.0.113.7", header("198.51.100.1")).address).toBe("203.0.113.7");
  });

  test("Forwarded, X-Real-IP and look-alikes of the header are not read", () => {
    const headers = [
      "Forwarded",
      "for=203.0.113.9",
      "X-Real-IP",
      "203.0.113.9",
      "X_Forwarded_For",
      "203.0.113.9",
    ];
    expect(read(PROXY, headers).address).toBe(PROXY);
  });

  test("a socket that is gone has no address and throws nothing", () => {
    expect(read(undefined, header("203.0.113.9")).network).toBe("0.0.0.0");
  });
});

describe("a number of hops trusts exactly so many proxies", () => {
  test.each<[number, string[], string]>([
    [1, ["198.51.100.1, 203.0.113.9"], "203.0.113.9"],
    [1, [], PROXY],
    [2, ["198.51.100.1, 203.0.113.9, 192.0.2.7"], "203.0.113.9"],
    [2, ["203.0.113.9"], "203.0.113.9"],
    [3, ["198.51.100.1, 203.0.113.9, 192.0.2.7"], "198.51.100.1"],
  ])("%d of %j: %s", (hops, lines, expected) => {
    expect(makeClientAddressReader({ hops })(PROXY, header(...lines)).address).toBe(expected);
  });
});

describe("limits count networks", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8::/64"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::1", "::/64"],
  ])("%s counts as %s", (socket, network) => {
    expect(makeClientAddressReader(null)(socket, []).network).toBe(network);
  });
});

test.each([
  "10.0.0.0/33",
  "10.0.0/8",
  "fd00::/129",
  "proxy.internal",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  "",
  "::ffff:0:0/64",
])("a bad trust list stops the start: %j", (network) => {
  expect(() => makeClientAddressReader({ networks: [network] })).toThrow(/TRUST_PROXY/);
});

test("the start says which header is believed", () => {
  expect(describeTrust(null)).toContain("TRUST_PROXY is unset");
  expect(describeTrust(trusted)).toContain("10.0.0.0/8");
  expect(describeTrust({ hops: 2 })).toContain("nearest 2");
});

test.each<[string, TrustedProxies, string, string[], ForwardingDoubt[]]>([
  ["a header although nobody is trusted", null, PROXY, ["203.0.113.9"], ["trust_unset"]],
  [
    "a header from somebody who is not trusted",
    trusted,
    "192.0.2.1",
    ["203.0.113.9"],
    ["sender_not_trusted"],
  ],
  ["a trusted proxy that names no client", trusted, PROXY, [], ["header_missing"]],
  ["one of a number of proxies that names no client", { hops: 1 }, PROXY, [], ["header_missing"]],
  ["a trusted proxy that names nonsense", trusted, PROXY, ["unknown"], ["header_unreadable"]],
  [
    "two proxies where one is counted",
    { hops: 1 },
    PROXY,
    ["203.0.113.9, 172.16.0.9"],
    ["client_is_private"],
  ],
  ["two proxies where one is named", trusted, PROXY, ["203.0.113.9, 172.16.0.9"], ["client_is_private"]],
  [
    "a second proxy in a provider's own network",
    trusted,
    PROXY,
    ["203.0.113.9, 100.64.0.9"],
    ["client_is_private"],
  ],
  ["a private client of the shop itself", trusted, PROXY, ["172.16.0.9"], []],
  ["a set-up that fits", trusted, PROXY, ["203.0.113.9"], []],
  ["a set-up that fits, and a caller who makes entries up", trusted, PROXY, ["10.9.9.9, 203.0.113.9"], []],
  ["two proxies and both are counted", { hops: 2 }, PROXY, ["203.0.113.9, 172.16.0.9"], []],
  ["no proxy at all", null, "203.0.113.9", [], []],
  ["a health check past the proxy", trusted, "192.0.2.1", [], []],
])("the watch is told of %s", (_name, proxies, remoteAddress, lines, expected) => {
  const doubts: ForwardingDoubt[] = [];
  const clientOf = makeClientOf(proxies, { doubt: (doubt) => void doubts.push(doubt) });
  const rawHeaders = lines.length === 0 ? [] : header(...lines);
  clientOf({ raw: { socket: { remoteAddress }, rawHeaders } } as unknown as Parameters<typeof clientOf>[0]);
  expect(doubts).toEqual(expected);
});

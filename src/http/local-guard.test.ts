import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { AppError } from "../kernel/errors.js";
import { makeDevGuard, makeIsLocal, makeIsOperator, makeMetricsGuard } from "./local-guard.js";
import type { Guard } from "./server.js";

const request = (headers: Record<string, string>, remoteAddress = "127.0.0.1"): FastifyRequest =>
  ({ headers: { host: "localhost:8000", ...headers }, raw: { socket: { remoteAddress } } }) as never;

/** "open", or the code of the refusal. */
function answerOf(guard: Guard, ...call: Parameters<typeof request>): string {
  try {
    void guard(request(...call), {} as FastifyReply);
    return "open";
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

const TOKEN = "let-me-in";
const withoutProxy = makeIsLocal({ trustProxy: null });
const behindProxy = makeIsLocal({ trustProxy: { hops: 1 } });
const dev = makeDevGuard({ isProduction: false, devToken: TOKEN, isLocal: withoutProxy });

describe("the development pages and the mock webhook", () => {
  it.each<[string, Record<string, string>, string]>([
    ["IPv4", {}, "127.0.0.1"],
    ["another address of loopback", { host: "127.0.0.53:8000" }, "127.0.0.53"],
    ["IPv6", { host: "[::1]:8000" }, "::1"],
    ["IPv4 in IPv6", { host: "LOCALHOST" }, "::ffff:127.0.0.1"],
  ])("are open to this machine by %s", (_name, headers, address) => {
    expect(answerOf(dev, headers, address)).toBe("open");
  });

  it.each<[string, Record<string, string>, string?]>([
    ["a socket from elsewhere", {}, "203.0.113.9"],
    ["a socket from elsewhere that claims to be here", { "x-forwarded-for": "127.0.0.1" }, "10.0.0.5"],
    ["a name that points here, as a strange web page would use", { host: "evil.test:8000" }],
    ["a name that begins like loopback", { host: "127.0.0.1.evil.test" }],
    ["a name that ends like loopback", { host: "evil-localhost" }],
    ["an empty Host", { host: "" }],
    ...["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded"].map(
      (name): [string, Record<string, string>] => [`a proxy that sets ${name}`, { [name]: "127.0.0.1" }],
    ),
    ...["x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip"].map(
      (name): [string, Record<string, string>] => [`a tunnel that sets ${name}`, { [name]: "127.0.0.1" }],
    ),
  ])("are closed to %s, until it brings the DEV_TOKEN", (_name, headers, address) => {
    expect(answerOf(dev, headers, address)).toBe("forbidden");
    expect(answerOf(dev, { ...headers, "x-dev-token": "guess" }, address)).toBe("forbidden");
    expect(answerOf(dev, { ...headers, "x-dev-token": TOKEN }, address)).toBe("open");
    expect(answerOf(dev, { ...headers, authorization: `Bearer ${TOKEN}` }, address)).toBe("open");
  });

  it("are closed to everybody behind a proxy without the token: one that adds no header looks like this machine", () => {
    const proxied = makeDevGuard({ isProduction: false, devToken: TOKEN, isLocal: behindProxy });
    expect(answerOf(proxied, {})).toBe("forbidden");
    expect(answerOf(proxied, { "x-forwarded-for": "203.0.113.9" })).toBe("forbidden");
    expect(answerOf(proxied, { "x-dev-token": TOKEN })).toBe("open");
  });

  it("do not exist in production, whoever asks and whatever they bring", () => {
    const production = makeDevGuard({ isProduction: true, devToken: TOKEN, isLocal: withoutProxy });
    expect(answerOf(production, {})).toBe("not_found");
    expect(answerOf(production, { "x-dev-token": TOKEN })).toBe("not_found");
  });
});

describe("the metrics", () => {
  const guard = (change: Partial<Parameters<typeof makeIsOperator>[0]>): Guard =>
    makeMetricsGuard(
      makeIsOperator({ isProduction: false, metricsToken: null, isLocal: withoutProxy, ...change }),
    );

  it("are for this machine, and for others only with METRICS_TOKEN as Bearer", () => {
    const [closed, open] = [guard({}), guard({ metricsToken: TOKEN })];
    expect(answerOf(closed, {})).toBe("open");
    expect(answerOf(closed, {}, "10.0.0.5")).toBe("not_found");
    expect(answerOf(closed, { authorization: "Bearer null" }, "10.0.0.5")).toBe("not_found");
    expect(answerOf(open, { authorization: `Bearer ${TOKEN}` }, "10.0.0.5")).toBe("open");
    expect(answerOf(open, { authorization: "Bearer guess" }, "10.0.0.5")).toBe("not_found");
  });

  it.each([
    ["in production", { isProduction: true }],
    ["behind a proxy", { isLocal: behindProxy }],
  ])("%s want their token from this machine, too", (_where, change) => {
    expect(answerOf(guard(change), {})).toBe("not_found");
    const open = guard({ ...change, metricsToken: TOKEN });
    expect(answerOf(open, {})).toBe("not_found");
    expect(answerOf(open, { authorization: "Bearer " })).toBe("not_found");
    expect(answerOf(open, { authorization: `Bearer ${TOKEN}` })).toBe("open");
  });
});

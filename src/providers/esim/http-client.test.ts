import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { selfSigned } from "../../../tests/support/self-signed.js";
import { type HttpClientOptions, makeHttpClient } from "./http-client.js";
import { failedCall, retryAfterSeconds, safeDetail, tooMany, unclearAnswer } from "./outcomes.js";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    if ("closeAllConnections" in server)
      (server as ReturnType<typeof createHttpServer>).closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function clientOf(options: HttpClientOptions) {
  const client = makeHttpClient({ timeoutMillis: 1_500, ...options });
  cleanups.push(() => client.close());
  return client;
}

const serving = async (listener: RequestListener, options: Partial<HttpClientOptions> = {}) =>
  clientOf({ baseUrl: `http://127.0.0.1:${await listening(createHttpServer(listener))}`, ...options });

describe("HTTP to a supplier", () => {
  test("a self-signed certificate is refused before anything is sent, and trusted only when named", async () => {
    const { key, cert } = selfSigned();
    let requests = 0;
    const server = createHttpsServer({ key, cert }, (_request, response) => {
      requests += 1;
      response.end("{}");
    });
    const baseUrl = `https://127.0.0.1:${await listening(server)}`;
    const refused = await clientOf({ baseUrl }).call({ method: "POST", path: "/orders", isPurchase: true });
    expect(refused).toEqual({ kind: "not_sent", why: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(requests).toBe(0);
    const trusting = clientOf({ baseUrl, certificateAuthorities: [cert] });
    expect(await trusting.call({ method: "GET", path: "/" })).toMatchObject({ kind: "answer" });
  });

  test("plain http is for loopback only", () => {
    expect(() => makeHttpClient({ baseUrl: "http://api.example.com" })).toThrow(RangeError);
    expect(() => makeHttpClient({ baseUrl: "ftp://127.0.0.1" })).toThrow(RangeError);
  });

  test("an answer over the limit is cut off", async () => {
    const client = await serving((_request, response) => response.end("x".repeat(2_000)), {
      answerBytesMax: 1_000,
    });
    expect(await client.call({ method: "GET", path: "/" })).toMatchObject({ kind: "lost" });
    expect(await client.call({ method: "GET", path: "/", answerBytesMax: 2_000 })).toMatchObject({
      kind: "answer",
    });
  });

  test("a redirect is an answer and is not followed", async () => {
    const paths: (string | undefined)[] = [];
    const client = await serving((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const result = await client.call({ method: "POST", path: "/orders", body: "{}" });
    expect(result).toMatchObject({ kind: "answer", answer: { status: 307 } });
    expect(paths).toEqual(["/orders"]);
  });

  test("half an answer, a reset and silence are lost, not unsent", async () => {
    const half = await serving((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"id":', () => response.destroy());
    });
    expect(await half.call({ method: "POST", path: "/" })).toMatchObject({ kind: "lost" });
    const reset = createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const resetting = clientOf({ baseUrl: `http://127.0.0.1:${await listening(reset)}` });
    expect(await resetting.call({ method: "POST", path: "/" })).toMatchObject({ kind: "lost" });
    const silent = await serving(() => undefined, { timeoutMillis: 100 });
    const silence = await silent.call({ method: "POST", path: "/" });
    expect(silence).toEqual({ kind: "lost", why: "no answer within 100 ms" });
  });

  test("two purchases never share a connection", async () => {
    const ports = new Set<number | undefined>();
    const client = await serving((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("{}");
    });
    for (let call = 0; call < 3; call += 1)
      await client.call({ method: "POST", path: "/", isPurchase: true });
    expect(ports.size).toBe(3);
  });
});

describe("outcomes of failed calls", () => {
  const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, text: "" });

  test("only a purchase that was sent is unknown", () => {
    expect(failedCall("purchase", { kind: "lost", why: "x" }).kind).toBe("unknown");
    expect(failedCall("purchase", { kind: "not_sent", why: "x" })).toMatchObject({ reason: "retryable" });
    expect(failedCall("question", { kind: "lost", why: "x" })).toMatchObject({ reason: "retryable" });
    expect(unclearAnswer("purchase", answer(500)).kind).toBe("unknown");
    expect(unclearAnswer("question", answer(500))).toMatchObject({ reason: "retryable" });
  });

  test.each([
    ["120", 120],
    ["20.5", 21],
    ["0", 0],
    ["999999999", 3_600],
    ["Mon, 01 Mar 2027 08:30:30 GMT", 30],
    ["Monday, 01-Mar-27 08:30:30 GMT", 30],
    ["Mon Mar  1 08:30:30 2027", 30],
    ["Mon, 01 Mar 2027 08:29:00 GMT", 0],
    ["5, 10", null],
    ["20s", null],
    ["soon", null],
    ["-5", null],
    ["1e3", null],
    ["2027-03-01", null],
    ["", null],
  ])("Retry-After %j is read as seconds or as a date, and as nothing else", (value, seconds) => {
    const now = Date.parse("2027-03-01T08:30:00Z");
    expect(retryAfterSeconds(answer(503, { "retry-after": value }), now)).toBe(seconds);
  });

  test("a Retry-After that came twice is none", async () => {
    const client = await serving((_request, response) => {
      response.setHeader("retry-after", ["5", "10"]).writeHead(429).end();
    });
    const result = await client.call({ method: "GET", path: "/" });
    if (result.kind !== "answer") throw new Error(result.kind);
    expect(retryAfterSeconds(result.answer)).toBeNull();
  });

  test("429 is a refusal of a purchase only in the supplier's own words, with one second where it names none", () => {
    expect(tooMany("question", answer(429), false)).toMatchObject({
      reason: "retryable",
      retryAfterSeconds: 1,
    });
    expect(tooMany("purchase", answer(429), true)).toMatchObject({
      reason: "retryable",
      retryAfterSeconds: 1,
    });
    expect(tooMany("purchase", answer(429), false)).toMatchObject({ kind: "unknown" });
  });

  test("words for the log contain no activation code and no long token", () => {
    const text = `bad LPA:1$rsp.example.com$SECRET-1 and ${"t".repeat(60)}\n at x`;
    expect(safeDetail(text)).toBe("bad [code] and [token] at x");
    expect(safeDetail("y ".repeat(500))).toHaveLength(200);
  });
});

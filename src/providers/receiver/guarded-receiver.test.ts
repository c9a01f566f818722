import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { selfSigned } from "../../../tests/support/self-signed.js";
import { makeGuardedReader } from "./guarded-reader.js";
import { type GuardedReceiverOptions, makeGuardedReceiver } from "./guarded-receiver.js";
import type { Receiver, ReceiverAnswer } from "./port.js";
import { type Address, isPublicAddress } from "./public-address.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function receiverWith(options: Partial<GuardedReceiverOptions>): Receiver {
  const receiver = makeGuardedReceiver({ allowsPrivate: false, timeoutMillis: 400, ...options });
  open.push(receiver);
  return receiver;
}

const send = (receiver: Receiver, url: string): Promise<ReceiverAnswer> =>
  receiver.send(
    { url, headers: { "content-type": "application/json" }, body: "{}" },
    new AbortController().signal,
  );

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  });
  return (server.address() as AddressInfo).port;
}

describe("an address that an operator enters", () => {
  const { problemOf } = receiverWith({});

  it.each([
    "https://hooks.example.com/tribi?key=1",
    "https://hooks.example.com:8443/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
  ])("%s is allowed", (url) => {
    expect(problemOf(url)).toBeUndefined();
  });

  it.each([
    ["http://hooks.example.com/", "https"],
    ["ftp://hooks.example.com/", "https"],
    ["hooks.example.com", "address such as"],
    ["https://user:password@hooks.example.com/", "name or password"],
    ["https://hooks.example.com/#part", "#"],
    ["https://hooks.example.com:8080/", "port"],
    ["https://hooks.example.com:22/", "port"],
    [`https://hooks.example.com/${"x".repeat(2_000)}`, "2000 characters"],
    ["https://127.0.0.1/", "public"],
    ["https://127.1/", "public"],
    ["https://0x7f000001/", "public"],
    ["https://2130706433/", "public"],
    ["https://017700000001/", "public"],
    ["https://[::1]/", "public"],
    ["https://[::ffff:10.0.0.1]/", "public"],
    ["https://169.254.169.254/latest/meta-data/", "public"],
  ])("%s is refused", (url, why) => {
    expect(problemOf(url)).toContain(why);
  });
});

describe("an address that a name leads to", () => {
  const REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "not an address",
    "",
  ];
  it.each(REFUSED)("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(["1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:80e::200e"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each(REFUSED.filter((address) => address.includes(".") || address.includes(":")))(
    "a name that leads to %s is refused before anything is sent, also among public ones",
    async (address) => {
      const family = address.includes(":") ? 6 : 4;
      for (const others of [[], [{ address: "8.8.8.8", family: 4 }]]) {
        const receiver = receiverWith({ resolve: async () => [...others, { address, family }] });
        expect(await send(receiver, "https://hooks.example.com/")).toMatchObject({
          status: null,
          problem: "address_refused",
        });
      }
    },
  );

  it("is connected to as it was judged: there is no second look-up that could say something else", async () => {
    const port = await listen(createServer((_request, response) => response.end("ok")));
    const answers: Address[][] = [
      [{ address: "127.0.0.1", family: 4 }],
      [{ address: "192.0.2.1", family: 4 }],
    ];
    let lookups = 0;
    const resolve = async (): Promise<readonly Address[]> => answers[lookups++] ?? [];
    const receiver = receiverWith({ allowsPrivate: true, resolve });
    expect(await send(receiver, `http://hooks.example.com:${port}/`)).toMatchObject({
      status: 200,
      bytes: 2,
    });
    expect(lookups).toBe(1);
  });

  it("a name without an address, and one that nobody knows, are problems with a name", async () => {
    const unknown = Object.assign(new Error("not found"), { code: "ENOTFOUND" });
    const receiver = receiverWith({ resolve: () => Promise.reject(unknown) });
    expect(await send(receiver, "https://hooks.example.com/")).toMatchObject({ problem: "name_unknown" });
    expect(await send(receiverWith({ resolve: async () => [] }), "https://hooks.example.com/")).toMatchObject(
      {
        problem: "address_refused",
      },
    );
  });
});

describe("a receiver that behaves badly", () => {
  const serve = async (answer: Parameters<typeof createServer>[1]): Promise<string> =>
    `http://127.0.0.1:${await listen(createServer(answer as never))}/`;
  const receiver = (): Receiver => receiverWith({ allowsPrivate: true });

  it("hangs: its time is limited", async () => {
    const answer = await send(receiver(), await serve(() => undefined));
    expect(answer).toMatchObject({ status: null, problem: "time_out" });
    expect(answer.millis).toBeLessThan(2_000);
  });

  it("drips its answer's head: its time is limited all the same", async () => {
    const url = await serve((request) => {
      const drip = setInterval(() => request.socket.write("H"), 50);
      request.socket.on("close", () => clearInterval(drip));
    });
    expect(await send(receiver(), url)).toMatchObject({ status: null });
  });

  it("drips its answer's body: the status counts, and the time is limited", async () => {
    const url = await serve((request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 50);
      request.socket.on("close", () => clearInterval(drip));
    });
    const answer = await send(receiver(), url);
    expect([answer.status, answer.millis < 2_000]).toEqual([200, true]);
  });

  it("answers without end: 64 kB are read", async () => {
    const url = await serve((_request, response) => {
      const more = (): void => void (response.destroyed || response.write("x".repeat(50_000), more));
      more();
    });
    expect(await send(receiver(), url)).toMatchObject({ status: 200, bytes: 65_536 });
  });

  it("redirects: nobody follows", async () => {
    let visits = 0;
    const inside = await serve((_request, response) => {
      visits += 1;
      response.end();
    });
    const url = await serve((_request, response) => response.writeHead(307, { location: inside }).end());
    expect(await send(receiver(), url)).toMatchObject({ status: 307 });
    expect(visits).toBe(0);
  });

  it("is not there, or has a certificate that nobody vouches for", async () => {
    expect(await send(receiver(), "http://127.0.0.1:9/")).toMatchObject({ problem: "connection" });
    const tls = selfSigned();
    const port = await listen(
      createTlsServer(tls, (_request, response) => response.end()) as unknown as Server,
    );
    expect(await send(receiver(), `https://127.0.0.1:${port}/`)).toMatchObject({ problem: "certificate" });
    const trusting = receiverWith({ allowsPrivate: true, certificateAuthorities: [tls.cert] });
    expect(await send(trusting, `https://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
  });

  it("asks for time: the seconds are passed on, a date is not", async () => {
    for (const [sent, seconds] of [
      ["120", 120],
      ["Wed, 21 Oct 2026 07:28:00 GMT", null],
      ["-1", null],
    ] as const) {
      const url = await serve((_request, response) => response.writeHead(503, { "retry-after": sent }).end());
      expect(await send(receiver(), url)).toMatchObject({ status: 503, retryAfterSeconds: seconds });
    }
  });

  it("is broken off when this process stops", async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    const answer = await receiver().send({ url, headers: {}, body: "{}" }, stop.signal);
    expect(answer).toMatchObject({ status: null, problem: "stopped" });
  });
});

describe("a file at an address that an operator enters", () => {
  const read = (url: string, options: Partial<GuardedReceiverOptions> = {}) =>
    makeGuardedReader({ allowsPrivate: true, timeoutMillis: 400, ...options })(url);
  const serve = async (answer: Parameters<typeof createServer>[1]): Promise<string> =>
    `http://127.0.0.1:${await listen(createServer(answer as never))}/`;

  it("is read as it is, by GET", async () => {
    const url = await serve((request, response) => response.end(`${request.method} rates`));
    const answer = await read(url);
    expect(answer.kind === "read" && Buffer.from(answer.bytes).toString()).toBe("GET rates");
  });

  it.each<[string, Parameters<typeof createServer>[1], string]>([
    ["larger than 64 kB", (_, response) => response.end("x".repeat(65_537)), "too_large"],
    ["no 200", (_, response) => response.writeHead(404).end("rates"), "status_404"],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/" }).end(), "status_302"],
    [
      "cut off",
      (_, response) => {
        response.writeHead(200, { "content-length": "100" }).write("half");
        setTimeout(() => response.destroy(), 20);
      },
      "connection",
    ],
    ["one that drips", (_, response) => void response.writeHead(200).write("x"), "time_out"],
  ])("%s is not read at all", async (_what, answer, why) => {
    expect(await read(await serve(answer))).toEqual({ kind: "unread", why });
  });

  it.each([
    ["http://rates.example/daily", "8.8.8.8"],
    ["https://rates.example/daily", "10.0.0.1"],
    ["https://169.254.169.254/daily", "8.8.8.8"],
  ])("%s that leads to %s is not asked", async (url, address) => {
    const options = { allowsPrivate: false, resolve: async () => [{ address, family: 4 }] };
    expect(await read(url, options)).toEqual({ kind: "unread", why: "address_refused" });
  });
});

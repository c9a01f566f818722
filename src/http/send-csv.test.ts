import { fastify } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendCsv } from "./send-csv.js";

// A client keeps a connection ready on which it never asks anything.
const app = fastify({ forceCloseConnections: true });
let url = "";
let hasEnded = false;

beforeAll(async () => {
  app.get("/whole", (_request, reply) =>
    sendCsv(
      reply,
      "a.csv",
      (async function* () {
        yield "a\r\n";
        yield "b\r\n";
      })(),
    ),
  );
  app.get("/cut", (_request, reply) =>
    sendCsv(
      reply,
      "a.csv",
      (async function* () {
        yield "a\r\n";
        throw new Error("the database went away");
      })(),
    ),
  );
  app.get("/endless", (_request, reply) =>
    sendCsv(
      reply,
      "a.csv",
      (async function* () {
        try {
          for (;;) yield "a\r\n".repeat(1_000);
        } finally {
          hasEnded = true;
        }
      })(),
    ),
  );
  url = await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => app.close());

it("the pieces are one file", async () => {
  const answer = await fetch(`${url}/whole`);
  expect([await answer.text(), answer.headers.get("content-length")]).toEqual(["a\r\nb\r\n", null]);
});

it("a file that fails in the middle is cut off, so that nobody takes it for whole", async () => {
  const answer = await fetch(`${url}/cut`);
  await expect(answer.text()).rejects.toThrow();
});

it("writing ends when the client goes away", async () => {
  const stop = new AbortController();
  const answer = await fetch(`${url}/endless`, { signal: stop.signal });
  await answer.body?.getReader().read();
  stop.abort();
  await expect.poll(() => hasEnded).toBe(true);
});

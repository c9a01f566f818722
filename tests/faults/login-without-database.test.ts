import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, test } from "vitest";
import { startTestApp } from "../support/app.js";
import { makeTestDatabase } from "../support/database.js";

/** A way to the database that can be cut. */
async function startWire(url: string): Promise<{ url: string; cut: () => Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other).on("error", () => {});
      one.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  const wired = new URL(url);
  wired.hostname = "127.0.0.1";
  wired.port = String(port);
  return {
    url: wired.toString(),
    cut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

test("without PostgreSQL login answers 503 with Retry-After, never yes", async () => {
  const database = await makeTestDatabase();
  const wire = await startWire(database.url);
  const app = await startTestApp({}, { worker: false, database: { ...database, url: wire.url } });
  try {
    const asked = await app.request("POST", "/auth/request-code", { body: { email: "a@example.com" } });
    expect(asked.status).toBe(200);
    await wire.cut();
    for (const [path, body] of [
      ["/auth/request-code", { email: "b@example.com" }],
      ["/auth/verify-code", { email: "a@example.com", code: "123456" }],
      ["/auth/verify-code", { email: "a@example.com", code: "123456", challenge: asked.body.challenge }],
    ] as const) {
      const answer = await app.request("POST", path, { body });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  } finally {
    await app.stop();
    await database.drop();
  }
});

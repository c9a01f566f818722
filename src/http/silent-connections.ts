import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";

/** Long enough for a first request that is on its way. */
const GRACE_MILLIS = 500;

/**
 * Connections on which no request has come yet. Browsers open such in advance and load balancers keep some. Node takes
 * them for busy: `close()` waits for them, and stops looking for time-outs in it.
 */
export function trackSilentConnections(server: HttpServer): { endSoon(): void } {
  const silent = new Set<Socket>();
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  return {
    endSoon: () => {
      const timer = setTimeout(() => {
        for (const socket of silent) socket.destroy();
      }, GRACE_MILLIS);
      server.once("close", () => clearTimeout(timer));
    },
  };
}

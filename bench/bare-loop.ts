import pg from "pg";
import { prepareSession, sessionSettings } from "../src/db/session.js";

export const CONNECTIONS = 32;

/** One statement, named, again and again on 32 connections until `send` has no more for one. */
export async function bareLoop(
  url: string,
  send: (client: pg.Client, connection: number, done: number) => Promise<unknown> | undefined,
): Promise<{ readonly perSecond: number; readonly p50Millis: number; readonly p99Millis: number }> {
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await prepareSession(client, sessionSettings(10_000));
      return client;
    }),
  );
  const startedAt = performance.now();
  const loops = clients.map(async (client, connection) => {
    const millis: number[] = [];
    for (let done = 0; ; done += 1) {
      const sentAt = performance.now();
      const answered = send(client, connection, done);
      if (answered === undefined) return millis;
      await answered;
      millis.push(performance.now() - sentAt);
    }
  });
  const millis = Float64Array.from((await Promise.all(loops)).flat()).sort();
  const seconds = (performance.now() - startedAt) / 1000;
  for (const client of clients) await client.end();
  const at = (share: number): number => millis[Math.floor(millis.length * share)] ?? 0;
  return { perSecond: millis.length / seconds, p50Millis: at(0.5), p99Millis: at(0.99) };
}

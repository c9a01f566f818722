/**
 * A receiver of a store's events that misses nothing: it takes what is sent, and asks for what was not. Run by
 * tests/api/webhooks.test.ts; docs/webhooks.md explains it.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { verifyWebhook } from "@tribi/client";

export interface StoreEvent {
  /** Null for a test event, which has no place in the sequence. */
  readonly sequence: number | null;
  readonly type: string;
  readonly id: string;
  readonly created_at: string;
  readonly data: unknown;
}

export interface ReceiverOptions {
  /** `whsec_…` of the endpoint; both while it is changed. */
  readonly secrets: readonly string[];
  /** GET /events?after= */
  readonly listEvents: (after: number) => Promise<{ items: readonly StoreEvent[]; next: number }>;
  /** Called once for each event; keep `id` with its effect where that must survive a restart. */
  readonly onEvent: (event: StoreEvent) => Promise<void>;
}

export function makeReceiver({ secrets, listEvents, onEvent }: ReceiverOptions) {
  const seen = new Set<string>();
  /** Everything up to this sequence has been taken. */
  let last = 0;

  const take = async (event: StoreEvent): Promise<void> => {
    if (seen.has(event.id)) return;
    await onEvent(event);
    seen.add(event.id);
  };

  /** Takes everything behind `last`. The sequence has no gap, so a number that is not the next one proves a loss. */
  const catchUp = async (): Promise<number> => {
    for (;;) {
      const { items, next } = await listEvents(last);
      for (const event of items) {
        if (event.sequence !== last + 1) throw new Error(`Event ${last + 1} is missing`);
        await take(event);
        last = event.sequence;
      }
      if (items.length === 0) return next;
    }
  };

  const server: Server = createServer((request, response) => {
    void handle(request).then((status) => response.writeHead(status).end());
  });
  /** A status of 200 to 299 says "taken": answer it only when the event is safe, else it is sent again. */
  const handle = async (request: IncomingMessage): Promise<number> => {
    const body = await readBody(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const event = (await verifyWebhook({ body, headers }, { secrets })) as StoreEvent | undefined;
    if (event === undefined) return 401;
    try {
      await take(event);
      return 204;
    } catch {
      return 500;
    }
  };
  return { server, catchUp };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

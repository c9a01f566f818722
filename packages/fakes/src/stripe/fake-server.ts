import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { closeNow, listenLocally, readBody } from "../payment/serve-locally.js";
import { handleBrowserRequest } from "./browser/handle-browser.js";
import { makeFakeBooks } from "./fake-books.js";
import { type FakeControl, type FakeLedger, makeFakeControl } from "./fake-control.js";
import { handleControlRequest } from "./fake-control-http.js";
import { FakeStripeError } from "./fake-error.js";
import { makeFakeFaults } from "./fake-faults.js";
import { makeFakeIdempotency } from "./fake-idempotency.js";
import { renderFakePage } from "./fake-page.js";
import { type FakeWorld, handleApiRequest, send } from "./fake-request.js";
import { makeFakeWebhooks } from "./fake-webhooks.js";

export interface FakeStripeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly webhookUrl?: string;
  readonly webhookSecrets?: readonly string[];
  readonly livemode?: boolean;
  /** Waits between attempts of one delivery. */
  readonly retryDelaysMillis?: number[];
}

export interface FakeStripe {
  /** The origin, for STRIPE_API_BASE. */
  readonly url: string;
  readonly control: FakeControl;
  ledger(): FakeLedger;
  /** Ends open connections and retries; nothing of it stays behind. */
  stop(): Promise<void>;
}

/**
 * A server that behaves as Stripe does where it concerns us, with a ledger of its own that tests take as the truth.
 * Listens on 127.0.0.1 only: its control obeys anybody who reaches it.
 */
export async function startFakeStripe(options: FakeStripeOptions = {}): Promise<FakeStripe> {
  const books = makeFakeBooks(options.livemode ?? false);
  const webhooks = makeFakeWebhooks(books.now, options.retryDelaysMillis);
  books.onEvent = webhooks.onEvent;
  if (options.webhookUrl !== undefined) {
    webhooks.setTarget({ url: options.webhookUrl, secrets: options.webhookSecrets ?? [] });
  }
  const world: FakeWorld = {
    books,
    settings: { refunds: { startsAs: "succeeded" }, searchLagSeconds: 0, hasWallets: false },
    faults: makeFakeFaults(),
    idempotency: makeFakeIdempotency(books.now),
    webhooks,
    calls: [],
  };
  const control = makeFakeControl(world);
  const server = createServer((request, response) => {
    handle(world, control, request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) {
        send(response, { status: 500, body: { error: { type: "api_error", message: String(error) } } });
      }
    });
  });
  await listenLocally(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    control,
    ledger: control.ledger,
    stop: () => {
      webhooks.stop();
      return closeNow(server);
    },
  };
}

async function handle(
  world: FakeWorld,
  control: FakeControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (handleBrowserRequest(world, request, response, body)) return;
  if (path.startsWith("/v1/")) return handleApiRequest(world, request, response, body);
  if (path === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(renderFakePage(control));
    return;
  }
  try {
    const action = /^\/__control\/(\w+)$/.exec(path)?.[1] ?? "";
    send(response, await handleControlRequest(control, action, body));
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    send(response, { status: error.status, body: { error: error.body } });
  }
}

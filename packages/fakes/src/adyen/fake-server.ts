import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { closeNow, listenLocally, readBody } from "../payment/serve-locally.js";
import { FAKE_ADYEN_ACCOUNT } from "./adyen-words.js";
import { handleAdyenBrowser } from "./browser/handle-browser.js";
import { type AdyenWorld, handleApi, send } from "./fake-api.js";
import { makeFakeBooks } from "./fake-books.js";
import { type AdyenControl, type AdyenLedger, makeAdyenControl } from "./fake-control.js";
import { handleAdyenControl } from "./fake-control-http.js";
import { FakeAdyenError } from "./fake-error.js";
import { makeAdyenFaults } from "./fake-faults.js";
import { type AdyenTarget, makeAdyenWebhooks } from "./fake-webhooks.js";

export interface FakeAdyenOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly webhook?: AdyenTarget;
  /** Waits between attempts of one delivery. */
  readonly retryDelaysMillis?: readonly number[];
}

export interface FakeAdyen {
  /** The origin, for ADYEN_API_BASE and ADYEN_REPORT_BASE. */
  readonly url: string;
  readonly merchantAccount: string;
  readonly control: AdyenControl;
  ledger(): AdyenLedger;
  stop(): Promise<void>;
}

/**
 * A server that behaves as Adyen does where it concerns us, with a ledger of its own that tests take as the truth.
 * Listens on 127.0.0.1 only: its control obeys anybody who reaches it.
 */
export async function startFakeAdyen(options: FakeAdyenOptions = {}): Promise<FakeAdyen> {
  const books = makeFakeBooks(FAKE_ADYEN_ACCOUNT);
  const webhooks = makeAdyenWebhooks(books.shapes, options.retryDelaysMillis);
  books.onItem = webhooks.onItem;
  webhooks.setTarget(options.webhook ?? null);
  const world: AdyenWorld = { books, faults: makeAdyenFaults(), calls: [], keys: new Map() };
  const control = makeAdyenControl(world, webhooks);
  const server = createServer((request, response) => {
    handle(world, control, request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed)
        send(response, { status: 500, body: { status: 500, errorCode: "999", message: String(error) } });
    });
  });
  await listenLocally(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    merchantAccount: FAKE_ADYEN_ACCOUNT,
    control,
    ledger: control.ledger,
    stop: () => {
      webhooks.stop();
      return closeNow(server);
    },
  };
}

async function handle(
  world: AdyenWorld,
  control: AdyenControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (handleAdyenBrowser(world, request, response, body)) return;
  if (await handleApi(world, request, response, body)) return;
  const action = /^\/__control\/(\w+)$/.exec(request.url?.split("?")[0] ?? "")?.[1] ?? "";
  try {
    send(response, await handleAdyenControl(control, action, body));
  } catch (error) {
    if (!(error instanceof FakeAdyenError)) throw error;
    send(response, { status: error.status, body: error.body });
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * The HTTP half of a fake supplier: records every call, plays scripted faults around the supplier's own handler, and
 * serves the control interface under `/__control`. It listens on loopback only.
 */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

export interface FakeReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body: unknown;
}

export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** null: the connection was dropped instead of an answer. */
  status: number | null;
}

/** "after" acts come once the supplier has done its work, so the purchase is in its ledger. */
export type FaultAct =
  | { readonly kind: "drop_before" | "drop_after" | "malformed_after" | "huge_after" | "hang_after" }
  | {
      readonly kind: "status_before" | "status_after";
      readonly status: number;
      readonly retryAfterSeconds?: number;
    }
  /** Does the work at once, answers late. */
  | { readonly kind: "answer_late"; readonly millis: number }
  /** Does the work late, whether or not the caller is still there. */
  | { readonly kind: "work_late"; readonly millis: number }
  /** Does no work and answers with this. */
  | { readonly kind: "reply"; readonly status: number; readonly body: unknown };

export interface Fault {
  /** Regular expression over "METHOD path"; default: every call of the supplier. */
  readonly on?: string;
  /** How many calls it meets; default 1. */
  readonly times?: number;
  readonly act: FaultAct;
}

export type FakeHandler = (request: FakeRequest) => Promise<FakeReply> | FakeReply;
/** Control functions by name: `POST /__control/<name>` calls one with the JSON body. */
export type ControlTable = Readonly<Record<string, (input: never) => unknown>>;

export interface FakeHttp {
  readonly origin: string;
  readonly calls: FakeCall[];
  script(fault: Fault): void;
  clearFaults(): void;
  stop(): Promise<void>;
}

const CONTROL = "/__control/";

export async function startFakeHttp(options: {
  readonly port?: number;
  readonly handle: FakeHandler;
  readonly control: ControlTable;
}): Promise<FakeHttp> {
  const calls: FakeCall[] = [];
  const faults: { matches: RegExp; left: number; act: FaultAct }[] = [];
  const sockets = new Set<Socket>();
  const stopping = new AbortController();

  const script = (fault: Fault): void => {
    faults.push({ matches: new RegExp(fault.on ?? "."), left: fault.times ?? 1, act: fault.act });
  };
  const clearFaults = (): void => {
    faults.length = 0;
  };
  const control: ControlTable = {
    ...options.control,
    calls: () => calls,
    faults: (fault: Fault) => script(fault),
    clear_faults: clearFaults,
    clear_calls: () => {
      calls.length = 0;
    },
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.path.startsWith(CONTROL)) return answerControl(control, request, response);
    const call: FakeCall = {
      method: request.method,
      path: request.path,
      body: request.rawBody.toString("utf8"),
      status: null,
    };
    calls.push(call);
    const fault = faults.find(
      (entry) => entry.left > 0 && entry.matches.test(`${request.method} ${request.path}`),
    );
    if (fault) fault.left -= 1;
    call.status = await play(fault?.act ?? null, request, response, options.handle, stopping.signal);
  }

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    calls,
    script,
    clearFaults,
    async stop() {
      stopping.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The status that went out, or null when the connection was dropped. */
async function play(
  act: FaultAct | null,
  request: FakeRequest,
  response: ServerResponse,
  handle: FakeHandler,
  signal: AbortSignal,
): Promise<number | null> {
  if (act?.kind === "drop_before") return drop(response);
  if (act?.kind === "reply") return write(response, { status: act.status, body: act.body });
  if (act?.kind === "status_before") return write(response, bare(act.status, act.retryAfterSeconds));
  if (act?.kind === "work_late") await wait(act.millis, undefined, { signal });
  const reply = await handle(request);
  switch (act?.kind) {
    case "drop_after":
      return drop(response);
    case "malformed_after":
      return write(response, { status: reply.status, body: '{"data":{"id":' });
    case "huge_after":
      return write(response, {
        status: reply.status,
        body: JSON.stringify({ filler: "x".repeat(3_000_000) }),
      });
    case "status_after":
      return write(response, bare(act.status, act.retryAfterSeconds));
    case "hang_after":
      return null;
    case "answer_late":
      await wait(act.millis, undefined, { signal });
      return write(response, reply);
    case "work_late":
    case undefined:
      return write(response, reply);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? "/", "http://fake");
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    rawBody: Buffer.concat(chunks),
  };
}

async function answerControl(
  control: ControlTable,
  request: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  const act = control[request.path.slice(CONTROL.length)];
  if (!act) {
    write(response, { status: 404, body: { known: Object.keys(control) } });
    return;
  }
  const input: unknown = request.rawBody.length > 0 ? JSON.parse(request.rawBody.toString("utf8")) : {};
  const result = await act(input as never);
  write(response, { status: 200, body: result ?? {} });
}

function write(response: ServerResponse, reply: FakeReply): number {
  const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
  response.end(reply.status === 204 ? undefined : text);
  return reply.status;
}

function drop(response: ServerResponse): null {
  response.destroy();
  return null;
}

function bare(status: number, retryAfterSeconds: number | undefined): FakeReply {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { status, headers, body: { message: `scripted ${status}` } };
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { makeReceiver, type StoreEvent } from "../../docs/examples/webhook-receiver.js";
import { send } from "../support/app.js";
import { closeServer, listen } from "../support/event-receiver.js";

/** What another system does with a message; `well` is the example of docs/examples. */
export const BEHAVIOURS = {
  well: "takes its events",
  hangs: "answers nothing",
  drips: "answers a byte at a time",
  redirects: "sends the store elsewhere",
  gone: "answers 410",
  down: "cuts the connection",
  fails: "answers 500",
  mute: "takes its events, and its answers are lost",
} as const;
export type Behaviour = keyof typeof BEHAVIOURS;

/** Another system that hears of everything in the shop. */
export interface EventReceiver {
  readonly name: string;
  readonly url: string;
  behaviour: Behaviour;
  /** What it was sent and has taken, by sequence. */
  readonly pushed: Set<number>;
  /** How often it has taken each event, however it came. */
  readonly taken: Map<number, number>;
  /** It was led to another address and the store went there. */
  wasFollowed(): boolean;
  /** Asks for what it was not sent; throws where the sequence has a gap. Answers the last number. */
  catchUp(): Promise<number>;
  behaveWell(): void;
  stop(): Promise<void>;
}

interface Place {
  readonly secret: string;
  readonly storeUrls: readonly string[];
  readonly token: string;
}

/** Its place at the store is made once it can be reached. */
export async function startEventReceiver(
  name: string,
  register: (url: string) => Promise<Place>,
): Promise<EventReceiver> {
  const pushed = new Set<number>();
  const taken = new Map<number, number>();
  let isPulling = false;
  let wasFollowed = false;
  let example: ReturnType<typeof makeReceiver> | undefined;
  const server = createServer((request, response) => {
    if (request.url !== "/hook") wasFollowed = true;
    const { behaviour } = receiver;
    if (behaviour === "well") example?.server.emit("request", request, response);
    else
      misbehave(behaviour, request, response, (taking) => example?.server.emit("request", request, taking));
  });
  const url = await listen(server);
  const receiver: EventReceiver = {
    name,
    url,
    behaviour: "well",
    pushed,
    taken,
    wasFollowed: () => wasFollowed,
    async catchUp() {
      isPulling = true;
      try {
        return (await example?.catchUp()) ?? 0;
      } finally {
        isPulling = false;
      }
    },
    behaveWell() {
      receiver.behaviour = "well";
      // What hangs or drips is not waited for.
      server.closeAllConnections();
    },
    stop: () => closeServer(server),
  };
  const { secret, storeUrls, token } = await register(url);
  example = makeReceiver({
    secrets: [secret],
    listEvents: (after) => listEvents(storeUrls, token, after),
    onEvent: async ({ sequence }) => {
      if (sequence === null) return;
      if (!isPulling) pushed.add(sequence);
      taken.set(sequence, (taken.get(sequence) ?? 0) + 1);
    },
  });
  return receiver;
}

function misbehave(
  behaviour: Exclude<Behaviour, "well">,
  request: IncomingMessage,
  response: ServerResponse,
  take: (response: ServerResponse) => void,
): void {
  switch (behaviour) {
    case "hangs":
      return;
    case "drips": {
      const { socket } = response;
      const drops = [..."HTTP/1.1 200 OK\r\nx-slow: ".padEnd(400, "x")];
      const timer = setInterval(() => socket?.write(drops.shift() ?? "x"), 100);
      request.on("close", () => clearInterval(timer));
      socket?.on("close", () => clearInterval(timer));
      return;
    }
    case "redirects":
      response.writeHead(307, { location: "/elsewhere" }).end();
      return;
    case "gone":
    case "fails":
      response.writeHead(behaviour === "gone" ? 410 : 500).end();
      return;
    case "down":
      request.socket.destroy();
      return;
    case "mute": {
      const lost = { writeHead: () => lost, end: () => request.socket.destroy() };
      take(lost as unknown as ServerResponse);
    }
  }
}

async function listEvents(
  storeUrls: readonly string[],
  token: string,
  after: number,
): Promise<{ items: readonly StoreEvent[]; next: number }> {
  let last = "nobody";
  for (const url of storeUrls) {
    const answer = await send(`${url}/events?after=${after}`, "GET", { bearer: token }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return answer.body;
    last = answer?.text ?? last;
  }
  throw new Error(`GET /events?after=${after}: ${last}`);
}

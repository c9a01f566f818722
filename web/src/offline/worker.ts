/**
 * The service worker of an eSIM that is kept offline. It answers from the copies only where the network does not, and
 * only for what was kept; copies end after 30 days.
 */
interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}

const COPIES = "tribi-esim-copies";
const KEPT_MILLIS = 30 * 24 * 3_600_000;
/** A network that says nothing is none: the person stands at the airport. */
const PATIENCE_MILLIS = 6_000;

const worker = self as unknown as {
  addEventListener(type: string, listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function answer(request: Request): Promise<Response> {
  const copy = await findCopy(request);
  if (copy === undefined) return fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  } catch {
    return copy;
  }
}

async function findCopy(request: Request): Promise<Response | undefined> {
  const copies = await caches.open(COPIES);
  const { pathname } = new URL(request.url);
  const copy =
    (await copies.match(request, { ignoreVary: true })) ??
    (await copies.match(pathname, { ignoreVary: true }));
  const keptAt = Date.parse(copy?.headers.get("x-kept-at") ?? "");
  if (copy === undefined || Date.now() - keptAt < KEPT_MILLIS) return copy;
  await caches.delete(COPIES);
  return undefined;
}

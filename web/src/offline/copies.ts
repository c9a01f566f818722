/**
 * The copies of eSIMs that a person keeps for the airport: in the browser's cache, never in its storage of texts. The
 * service worker serves them while there is no connection; web/src/offline/worker.ts knows the same names.
 */
const COPIES = "tribi-esim-copies";
const WORKER = "/service-worker.js";

/** The page and what it asks for, as one person saw it. */
const addressesOf = (id: number): { readonly esim: string; readonly qr: string } => ({
  esim: `/esims/${id}`,
  qr: `/esims/${id}/qr.png`,
});

export const canKeep = (): boolean => "serviceWorker" in navigator && "caches" in globalThis;

/** Throws when the browser cannot keep it, or when the shop does not give it any more. */
export async function keepCopy(id: number): Promise<void> {
  await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  const { esim, qr } = addressesOf(id);
  const assets = [
    ...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet], link[rel=modulepreload]"),
  ]
    .map(({ href }) => href)
    .concat([...document.scripts].flatMap(({ src }) => (src === "" ? [] : [src])))
    .concat(
      performance.getEntriesByType("resource").flatMap(({ name }) => (/\/assets\//.test(name) ? [name] : [])),
    );
  const answers = await Promise.all(
    [location.pathname, esim, qr, "/auth/me", ...new Set(assets)].map(async (address) => {
      const answer = await fetch(address, { credentials: "same-origin", cache: "reload" });
      if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
      return [address, answer] as const;
    }),
  );
  const copies = await caches.open(COPIES);
  for (const [address, answer] of answers) await copies.put(address, await stamped(answer));
}

/** With the time at which it was kept, so that it can end. */
async function stamped(answer: Response): Promise<Response> {
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", new Date().toISOString());
  return new Response(await answer.blob(), { status: answer.status, headers });
}

/** When the copy of this eSIM was made; null without one. */
export async function keptAt(id: number): Promise<string | null> {
  if (!("caches" in globalThis) || !(await caches.has(COPIES))) return null;
  const copy = await (await caches.open(COPIES)).match(addressesOf(id).esim);
  return copy?.headers.get("x-kept-at") ?? null;
}

export async function dropCopy(id: number): Promise<void> {
  if (!("caches" in globalThis) || !(await caches.has(COPIES))) return;
  const copies = await caches.open(COPIES);
  const { esim, qr } = addressesOf(id);
  await Promise.all([copies.delete(esim), copies.delete(qr)]);
  const left = await copies.keys();
  if (!left.some(({ url }) => /\/esims\/\d+$/.test(new URL(url).pathname) && !url.includes("/account/"))) {
    await dropAllCopies();
  }
}

export async function dropAllCopies(): Promise<void> {
  if ("caches" in globalThis) await caches.delete(COPIES);
  if (!("serviceWorker" in navigator)) return;
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

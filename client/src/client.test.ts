import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createTribi, inMemory, TribiError, verifyWebhook } from "./client.js";

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly key: string | null;
  readonly bearer: string | null;
}

type Reply = Response | Error;

/** A network that answers as scripted; the last reply is repeated. */
function network(...replies: readonly (() => Reply)[]) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const tribi = (options: Partial<Parameters<typeof createTribi>[0]> = {}) =>
    createTribi({
      baseUrl: "https://shop.example",
      sleep: async (millis) => {
        waits.push(millis);
      },
      fetch: async (input, init) => {
        const headers = new Headers(init?.headers);
        sent.push({
          method: init?.method ?? "GET",
          url: String(input),
          key: headers.get("idempotency-key"),
          bearer: headers.get("authorization"),
        });
        const reply = (replies[sent.length - 1] ?? replies.at(-1)!)();
        if (reply instanceof Error) throw reply;
        return reply;
      },
      ...options,
    });
  return { sent, waits, tribi };
}

const ok = (body: unknown) => () => Response.json(body);
const gone = () => new TypeError("fetch failed");
const problem =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ status, code, detail: "Do this.", request_id: "r-1" }, { status, headers });
const cutOff = () => new Response('{"id": 1, "sta', { headers: { "content-type": "application/json" } });

it("a list in a query is sent once for each of its values", async () => {
  const { sent, tribi } = network(ok({ options: [] }));
  await tribi().trips.find({ country: ["ES", "MA"], days: 12 });
  expect(sent[0]?.url).toBe("https://shop.example/trips?country=ES&country=MA&days=12");
});

describe("what is sent again", () => {
  it.each([
    ["no connection", gone],
    ["an answer that was cut off", cutOff],
    ["408", problem(408, "request_timeout")],
    ["500", problem(500, "internal_error")],
    ["502 from a proxy", () => new Response("<html>", { status: 502 })],
    ["503", problem(503, "overloaded", { "retry-after": "2" })],
    ["504 without a body", () => new Response("", { status: 504 })],
  ])("an order, with the key that was made before the first try: %s", async (_name, failure) => {
    const { sent, tribi } = network(failure, failure, ok({ id: 7 }));
    const call = tribi().orders.create({ plan_id: 1 });
    expect(call.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    expect(await call).toEqual({ id: 7 });
    expect(sent.map(({ key }) => key)).toEqual([
      call.idempotencyKey,
      call.idempotencyKey,
      call.idempotencyKey,
    ]);
  });

  it("a key of an earlier try is used as it is", async () => {
    const { sent, tribi } = network(ok({ id: 7 }));
    await tribi().orders.create({ plan_id: 1 }, { idempotencyKey: "stored" });
    expect(sent[0]?.key).toBe("stored");
  });

  it("no POST without a key: a code is asked for once, whatever comes back", async () => {
    for (const failure of [gone, cutOff, problem(503, "overloaded"), problem(429, "rate_limited")]) {
      const { sent, tribi } = network(failure);
      await expect(tribi().auth.requestCode("a@example.com")).rejects.toBeInstanceOf(TribiError);
      expect(sent).toHaveLength(1);
    }
  });

  it("nothing that was refused", async () => {
    const { sent, tribi } = network(problem(409, "out_of_stock"));
    const error = await tribi()
      .orders.create({ plan_id: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "out_of_stock", status: 409, detail: "Do this.", requestId: "r-1" });
    expect(sent).toHaveLength(1);
  });

  it("only so often, and with pauses that the store may make longer", async () => {
    const { sent, waits, tribi } = network(problem(503, "overloaded", { "retry-after": "7" }), gone);
    await expect(tribi().plans.list()).rejects.toMatchObject({ code: "network_error" });
    expect(sent).toHaveLength(5);
    expect(waits[0]).toBe(7_000);
    expect(waits.slice(1).every((wait) => wait > 0 && wait <= 8_000)).toBe(true);
  });

  it("not after a wait that is longer than anybody wants: the caller is told how long", async () => {
    const { sent, tribi } = network(problem(429, "too_many_orders", { "retry-after": "3600" }));
    await expect(tribi().orders.create({ plan_id: 1 })).rejects.toMatchObject({ retryAfterSeconds: 3_600 });
    expect(sent).toHaveLength(1);
  });

  it("nothing after the caller gave up", async () => {
    const stop = new AbortController();
    const { sent, tribi } = network(() => {
      stop.abort();
      return gone();
    });
    await expect(tribi().orders.create({ plan_id: 1 }, { signal: stop.signal })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(sent).toHaveLength(1);
  });
});

describe("a session that has run out", () => {
  it("is refreshed once for any number of requests, which then go on", async () => {
    const store = inMemory();
    await store.save({ token: "old", refreshToken: "r-old" });
    let refreshes = 0;
    const tribi = createTribi({
      baseUrl: "",
      session: store,
      fetch: async (input, init) => {
        if (String(input).endsWith("/auth/refresh")) {
          refreshes += 1;
          return Response.json({ token: "new", refresh_token: "r-new", user: {}, expires_at: "" });
        }
        const isNew = new Headers(init?.headers).get("authorization") === "Bearer new";
        return isNew ? Response.json([]) : problem(401, "invalid_credentials")();
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => tribi.esims.list()));
    expect(refreshes).toBe(1);
    expect(await store.load()).toEqual({ token: "new", refreshToken: "r-new" });
  });

  it("and cannot be refreshed is forgotten, and the request fails as it was refused", async () => {
    const store = inMemory();
    await store.save({ token: "old", refreshToken: "r-old" });
    const { tribi } = network(problem(401, "invalid_credentials"), problem(401, "session_revoked"));
    await expect(tribi({ session: store }).esims.list()).rejects.toMatchObject({
      code: "invalid_credentials",
    });
    expect(await store.load()).toBeNull();
  });
});

describe("waiting", () => {
  it("an order is settled when it waits for money no more, and the store is asked to look by itself", async () => {
    const order = (status: string) => ok({ id: 1, status });
    const { sent, tribi } = network(
      order("created"),
      ok({ status: "requires_action" }),
      order("created"),
      order("paid"),
    );
    expect(await tribi().payments.settled(1)).toMatchObject({ status: "paid" });
    expect(sent.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "GET"]);
  });

  it("ends with a word when it takes too long", async () => {
    const { tribi } = network(ok({ id: 1, status: "pending" }));
    await expect(tribi().esims.ready(1, { timeoutMillis: 5_000 })).rejects.toMatchObject({
      code: "timed_out",
    });
  });
});

it("lists go on page after page", async () => {
  const orders = (from: number, count: number) =>
    ok(Array.from({ length: count }, (_, index) => ({ id: from - index })));
  const { sent, tribi } = network(orders(100, 50), orders(50, 3));
  const ids: number[] = [];
  for await (const { id } of tribi().orders.list()) ids.push(id);
  expect(ids).toHaveLength(53);
  expect(sent[1]?.url).toContain("before=51");

  const items = (page: number) => ok({ items: [{ id: page }], total_pages: 3 });
  const admin = network(items(1), items(2), items(3));
  const seen: number[] = [];
  for await (const item of admin.tribi().admin.each<"listAdminOrders">("/admin/orders")) seen.push(item.id);
  expect(seen).toEqual([1, 2, 3]);
});

describe("verifyWebhook", () => {
  const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
  const body = '{"type":"order.paid"}';
  const sign = (key: string, text = body, at = "1000"): string =>
    `v1,${createHmac("sha256", Buffer.from(key.replace("whsec_", ""), "base64"))
      .update(`msg_1.${at}.${text}`)
      .digest("base64")}`;
  const headers = (signature: string, at = "1000") => ({
    "webhook-id": "msg_1",
    "webhook-timestamp": at,
    "webhook-signature": signature,
  });
  const options = { secrets: [secret], nowMillis: () => 1_000_000 };

  it("gives the event of a right signature, also beside one of another secret", async () => {
    const other = `whsec_${Buffer.from("another secret of 32 characters!").toString("base64")}`;
    const signature = `${sign(other)} ${sign(secret)}`;
    expect(await verifyWebhook({ body, headers: headers(signature) }, options)).toEqual({
      type: "order.paid",
    });
    expect(
      await verifyWebhook({ body, headers: headers(sign(other)) }, { ...options, secrets: [secret, other] }),
    ).toEqual({
      type: "order.paid",
    });
  });

  it.each([
    ["another body", { body: `${body} `, headers: headers(sign(secret)) }],
    ["another time", { body, headers: headers(sign(secret), "1001") }],
    ["a time long ago", { body, headers: headers(sign(secret, body, "10"), "10") }],
    ["no signature", { body, headers: { "webhook-id": "msg_1", "webhook-timestamp": "1000" } }],
    ["no base64", { body, headers: headers("v1,%%%") }],
    ["another version", { body, headers: headers(sign(secret).replace("v1", "v2")) }],
    ["a time that is no number", { body, headers: headers(sign(secret, body, "1e3"), "1e3") }],
  ])("gives nothing for %s", async (_name, received) => {
    expect(await verifyWebhook(received, options)).toBeUndefined();
  });
});

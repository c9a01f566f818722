import { randomUUID } from "node:crypto";
import pg from "pg";
import type { MailSink } from "./mail-sink.js";

export interface Person {
  readonly id: number;
  readonly token: string;
}

export interface Arranged {
  readonly people: readonly Person[];
  readonly planId: number;
  /** Another plan, for what is sold from own stock. */
  readonly stockPlanId: number;
  /** An order of the first person, and an eSIM that is ready. */
  readonly orderId: number;
  readonly profileId: number;
  /** The last person, who has 20 orders. */
  readonly collector: Person;
}

export async function query<Row = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** An address of its own for every request, as a trusted proxy would report it. */
export function clientAddress(index: number): string {
  return `${11 + (index >> 24)}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

/** The benchmarks' clients stand behind a proxy, where nobody is a local caller without it. */
export const OPERATORS_TOKEN = "token-of-the-operators-in-benchmarks";

export async function call<Body = Record<string, unknown>>(
  store: string,
  method: string,
  path: string,
  options: { body?: unknown; token?: string; headers?: Record<string, string>; expects?: number[] } = {},
): Promise<Body> {
  const { body, token, headers = {}, expects = [200] } = options;
  const response = await fetch(`${store}${path}`, {
    method,
    headers: {
      "x-dev-token": OPERATORS_TOKEN,
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!expects.includes(response.status))
    throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Body;
}

export async function eventually<Value>(
  what: string,
  find: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const value = await find();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`${what} did not come within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** People sign in, one buys an eSIM, one makes 20 orders: all over HTTP, as clients do. A worker must be running. */
export async function arrange(store: string, sink: MailSink, count: number): Promise<Arranged> {
  const people: Person[] = [];
  for (let index = 0; index < count; index += 1) people.push(await signIn(store, sink, index));
  const plans = await call<{ id: number; country_id: number }[]>(
    store,
    "GET",
    "/plans?country=ES&currency=USD",
  );
  const planId = plans[0]?.id ?? 0;
  const [buyer, collector] = [people[0], people.at(-1)];
  if (buyer === undefined || collector === undefined) throw new Error("Nobody signed in");
  const { orderId, intentId } = await orderAndPay(store, buyer, planId);
  await confirm(store, intentId);
  const profile = await eventually("The eSIM", async () => {
    const answer = await call<{ id: number; status: string }>(store, "POST", "/esims/activate", {
      token: buyer.token,
      body: { order_id: orderId },
      expects: [200, 202],
    });
    return answer.status === "ready" ? answer : undefined;
  });
  for (let index = 0; index < 20; index += 1) await order(store, collector, planId);
  return { people, planId, stockPlanId: plans[1]?.id ?? 0, orderId, profileId: profile.id, collector };
}

async function signIn(store: string, sink: MailSink, index: number): Promise<Person> {
  const email = `bench-${index}@example.com`;
  const headers = { "x-forwarded-for": clientAddress(index) };
  const { challenge } = await call<{ challenge: string }>(store, "POST", "/auth/request-code", {
    body: { email },
    headers,
  });
  const code = await eventually("The code", async () => sink.codes.get(email));
  const { token, user } = await call<{ token: string; user: { id: number } }>(
    store,
    "POST",
    "/auth/verify-code",
    { body: { email, code, challenge, session: "bearer" }, headers },
  );
  return { id: user.id, token };
}

async function order(store: string, { token }: Person, planId: number): Promise<number> {
  const { id } = await call<{ id: number }>(store, "POST", "/orders", {
    token,
    body: { plan_id: planId, currency: "USD" },
    headers: { "idempotency-key": randomUUID() },
  });
  return id;
}

export async function orderAndPay(
  store: string,
  person: Person,
  planId: number,
): Promise<{ orderId: number; intentId: string }> {
  const orderId = await order(store, person, planId);
  const { intent_id: intentId } = await call<{ intent_id: string }>(store, "POST", "/payments/create", {
    token: person.token,
    body: { order_id: orderId, provider: "MOCK" },
  });
  return { orderId, intentId };
}

export async function confirm(store: string, intentId: string): Promise<void> {
  await call(store, "POST", "/payments/webhook/mock", { body: { intent_id: intentId, status: "succeeded" } });
}

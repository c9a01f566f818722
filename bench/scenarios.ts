import { createHmac, randomUUID } from "node:crypto";
import { type Arranged, clientAddress, query } from "./arrange.js";
import { type LoadOptions, requestBytes } from "./load.js";

export const FRESH_ORDER = "POST /orders, fresh";

export const CONNECTIONS = 32;
export const WEBHOOK_SECRET = "whsec_bench_0123456789abcdef0123456789";

export type Traffic = Pick<LoadOptions, "next" | "onAnswer">;

export interface Scenario {
  readonly name: string;
  /** The figure to reach, in requests per second; a fraction is of the ceiling of the same run. */
  readonly atLeast?: number;
  readonly ofCeiling?: number;
  readonly traffic: Traffic;
}

/** What the earlier Python backend did, two workers on two cores; the figure is fifteen times that. */
const EARLIER = { me: 598, replayed: 386, plans: 79, countryPlans: 269, mine: 273 };
const TIMES = 15;

/** The scenarios that can go on for any time. */
export function steadyScenarios(
  { people, planId, orderId, profileId, collector }: Arranged,
  paths: { readonly me: string } = { me: "/auth/me" },
): Scenario[] {
  const authorization = (index: number): Record<string, string> => ({
    authorization: `Bearer ${people[index % people.length]?.token ?? ""}`,
  });
  const own = (path: string, headers: Record<string, string>): Traffic => {
    const bytes = requestBytes("GET", path, { headers });
    return { next: () => bytes };
  };
  const spread = (path: string): Traffic => {
    const each = people.map((_, index) => requestBytes("GET", path, { headers: authorization(index) }));
    return { next: (connection) => each[connection % each.length] };
  };
  const body = JSON.stringify({ plan_id: planId, currency: "USD" });
  const post = (connection: number, key: string): Buffer =>
    requestBytes("POST", "/orders", {
      headers: { ...authorization(connection), "idempotency-key": key },
      body,
    });
  const replays = Array.from({ length: CONNECTIONS }, (_, connection) =>
    post(connection, `replay-${connection}`),
  );
  return [
    { name: "GET /auth/me", atLeast: EARLIER.me * TIMES, traffic: spread(paths.me) },
    {
      name: FRESH_ORDER,
      ofCeiling: 0.45,
      traffic: { next: (connection) => post(connection, randomUUID()) },
    },
    {
      name: "POST /orders, replayed",
      atLeast: EARLIER.replayed * TIMES,
      traffic: { next: (connection) => replays[connection] },
    },
    { name: "GET /orders/:id", traffic: own(`/orders/${orderId}`, authorization(0)) },
    { name: "GET /plans (200 plans)", atLeast: EARLIER.plans * TIMES, traffic: own("/plans", {}) },
    {
      name: "GET /plans?country=ES",
      atLeast: EARLIER.countryPlans * TIMES,
      traffic: own("/plans?country=ES", {}),
    },
    { name: "GET /esim/spain (page, from cache)", atLeast: 5_000, traffic: own("/esim/spain", {}) },
    {
      name: "GET /orders/mine (20 orders)",
      atLeast: EARLIER.mine * TIMES,
      traffic: own("/orders/mine", { authorization: `Bearer ${collector.token}` }),
    },
    {
      name: "GET /esims/:id/qr.svg",
      atLeast: 1500,
      traffic: own(`/esims/${profileId}/qr.svg`, authorization(0)),
    },
  ];
}

export interface Asked {
  readonly email: string;
  readonly challenge: string;
  readonly address: string;
}

/** Distinct people from distinct addresses; who was answered is kept, for the verify scenario. */
export function requestCodeTraffic(asked: Asked[], label: string): Traffic {
  let index = 0;
  const waiting: (Omit<Asked, "challenge"> | undefined)[] = [];
  return {
    next: (connection) => {
      index += 1;
      const email = `${label}-${index}@example.com`;
      // Clear of the addresses from which the benchmark's own people signed in.
      const address = clientAddress(100_000 + asked.length + index);
      waiting[connection] = { email, address };
      return requestBytes("POST", "/auth/request-code", {
        headers: { "x-forwarded-for": address },
        body: JSON.stringify({ email }),
      });
    },
    onAnswer: (connection, body) => {
      const who = waiting[connection];
      if (who !== undefined) asked.push({ ...who, challenge: JSON.parse(body).challenge });
    },
  };
}

/** Everybody signs in once, with the right code. */
export function verifyCodeTraffic(asked: readonly Asked[], codes: ReadonlyMap<string, string>): Traffic {
  const ready = asked.filter(({ email }) => codes.has(email));
  let index = 0;
  return {
    next: () => {
      const who = ready[index];
      index += 1;
      if (who === undefined) return undefined;
      const { email, challenge, address } = who;
      return requestBytes("POST", "/auth/verify-code", {
        headers: { "x-forwarded-for": address },
        body: JSON.stringify({ email, code: codes.get(email), challenge }),
      });
    },
  };
}

/** More orders like the last one, each with its profile, so that there is always enough to pay. */
const UNPAID_ORDERS = `
  with model as (select * from orders order by id desc limit 1), placed as (
    insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at)
    select 'TRB-' || gen_random_uuid(), user_id, plan_id, currency, amount_minor, plan_snapshot,
           now() + interval '1 hour'
    from model, generate_series(1, $1)
    returning id, user_id, plan_id
  )
  insert into esim_profiles (order_id, user_id, plan_id) select id, user_id, plan_id from placed`;

export interface UnpaidPayment {
  readonly order_id: number;
  readonly intent_id: string;
  readonly amount_minor: number;
}

export async function makeUnpaidPayments(databaseUrl: string, count: number): Promise<UnpaidPayment[]> {
  await query(databaseUrl, UNPAID_ORDERS, [count]);
  const rows = await query<UnpaidPayment>(
    databaseUrl,
    `insert into payments (order_id, provider, intent_id, currency, amount_minor, livemode)
     select id, 'STRIPE', 'pi_bench_' || id, currency, amount_minor, false
     from orders o where status = 'created' and not exists (select from payments p where p.order_id = o.id)
     order by id limit $1
     returning order_id, intent_id, amount_minor::integer`,
    [count],
  );
  if (rows.length < count) throw new Error(`Only ${rows.length} unpaid orders for ${count} webhooks`);
  return rows;
}

/** Signed events of Stripe, one per payment; each pays its order. */
export async function webhookTraffic(databaseUrl: string, count: number): Promise<Traffic> {
  const rows = await makeUnpaidPayments(databaseUrl, count);
  let index = 0;
  return {
    next: () => {
      const row = rows[index];
      index += 1;
      return row === undefined ? undefined : signedEvent(row);
    },
    onAnswer: (_connection, answer) => {
      if (!answer.includes('"processed"')) throw new Error(`A webhook was not processed: ${answer}`);
    },
  };
}

/** `payment_intent.succeeded` over the whole amount. */
export const successOf = ({ order_id, intent_id, amount_minor }: UnpaidPayment): string =>
  JSON.stringify({
    id: `evt_${intent_id}`,
    object: "event",
    type: "payment_intent.succeeded",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: {
      object: {
        id: intent_id,
        object: "payment_intent",
        amount: amount_minor,
        amount_received: amount_minor,
        currency: "usd",
        status: "succeeded",
        livemode: false,
        metadata: { order_id: String(order_id), shop_id: "tribi" },
      },
    },
  });

function signedEvent(row: UnpaidPayment): Buffer {
  const body = successOf(row);
  const seconds = Math.floor(Date.now() / 1000);
  return requestBytes("POST", "/payments/webhook/stripe", { headers: stripeSignature(seconds, body), body });
}

/** As Stripe signs: over the time and the bytes of the body. */
export function stripeSignature(seconds: number, body: string): { "stripe-signature": string } {
  const signature = createHmac("sha256", WEBHOOK_SECRET).update(`${seconds}.${body}`).digest("hex");
  return { "stripe-signature": `t=${seconds},v1=${signature}` };
}

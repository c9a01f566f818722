/**
 * The typed client of a Tribi store. Over a network that drops, delays, cuts and doubles answers it makes one order,
 * one payment and one refund of what the caller asked for once.
 */
import type { AnswerOf, BodyOf, OperationId, QueryOf, Schemas } from "./operation-types.js";
import { type PollOptions, poll } from "./poll.js";
import { inMemory, makeSession, type Session, type SessionMode } from "./session.js";
import { type Call, makeTransport, type TransportOptions } from "./transport.js";
import { makeIdempotencyKey, sleep } from "./wait.js";

export interface TribiOptions extends TransportOptions {
  /** "cookie" for pages of the store and listed origins; a store of one's own, in memory by default, for programs. */
  readonly session?: SessionMode;
}

export interface Wait {
  readonly signal?: AbortSignal | undefined;
}

export interface Keyed extends Wait {
  /** The key of an earlier try whose outcome is not known; a new one is made without it. */
  readonly idempotencyKey?: string;
}

/** Known before the first try, so that it can be stored: with it the same request can be repeated at any time. */
export type KeyedCall<Value> = Promise<Value> & { readonly idempotencyKey: string };

export type Tribi = ReturnType<typeof createTribi>;

export function createTribi(options: TribiOptions) {
  const transport = makeTransport(options);
  const lockName = `tribi-refresh ${options.baseUrl}`;
  const session = makeSession(transport, options.session ?? inMemory(), lockName);
  const request = async (call: Call): Promise<unknown> => session.send(call);
  const get = async <Id extends OperationId>(
    path: string,
    query?: object,
    wait: Wait = {},
  ): Promise<AnswerOf<Id>> =>
    (await request({
      method: "GET",
      path,
      query: query as Call["query"],
      signal: wait.signal,
    })) as AnswerOf<Id>;
  const post = async <Id extends OperationId>(
    path: string,
    body: unknown,
    more: Partial<Call> = {},
  ): Promise<AnswerOf<Id>> => (await request({ method: "POST", path, body, ...more })) as AnswerOf<Id>;
  const keyed = <Id extends OperationId>(
    path: string,
    body: unknown,
    wait: Keyed = {},
  ): KeyedCall<AnswerOf<Id>> => {
    const idempotencyKey = wait.idempotencyKey ?? makeIdempotencyKey();
    return Object.assign(post<Id>(path, body, { idempotencyKey, signal: wait.signal }), { idempotencyKey });
  };
  const shared = { get, post, keyed, pause: options.sleep ?? sleep };
  return {
    auth: authOf(shared, session, request),
    countries: { list: (query: QueryOf<"listCountries"> = {}) => get<"listCountries">("/countries", query) },
    plans: {
      list: (query: QueryOf<"listPlans"> = {}) => get<"listPlans">("/plans", query),
      get: (id: number, query: QueryOf<"getPlan"> = {}) => get<"getPlan">(`/plans/${id}`, query),
    },
    trips: { find: (query: QueryOf<"findTrips">) => get<"findTrips">("/trips", query) },
    devices: {
      check: (query: QueryOf<"checkDevice"> = {}) => get<"checkDevice">("/device/compatibility", query),
      models: () => get<"listDevices">("/device/models"),
    },
    orders: ordersOf(shared, request),
    payments: paymentsOf(shared),
    esims: esimsOf(shared),
    admin: adminOf(shared),
    /** Any other request, with the same care. */
    request,
    /** The store's time, whatever this machine's clock says. */
    now: (): number => Date.now() + transport.clockOffsetMillis(),
  };
}

interface Shared {
  get<Id extends OperationId>(path: string, query?: object, wait?: Wait): Promise<AnswerOf<Id>>;
  post<Id extends OperationId>(path: string, body: unknown, more?: Partial<Call>): Promise<AnswerOf<Id>>;
  keyed<Id extends OperationId>(path: string, body: unknown, wait?: Keyed): KeyedCall<AnswerOf<Id>>;
  readonly pause: typeof sleep;
}

function authOf({ get, post }: Shared, session: Session, request: (call: Call) => Promise<unknown>) {
  return {
    requestCode: (email: string) => post<"requestCode">("/auth/request-code", { email }),
    /** Signs in. With cookies the session is in them; otherwise it is kept in the session store. */
    async verifyCode(body: Omit<BodyOf<"verifyCode">, "session">): Promise<Schemas["User"]> {
      const answer = await post<"verifyCode">("/auth/verify-code", { ...body, session: session.kind });
      await session.keep(answer);
      return answer.user;
    },
    async logOut(query: QueryOf<"logOut"> = {}): Promise<void> {
      await post<"logOut">("/auth/logout", undefined, { query, isRepeatable: true });
      await session.forget();
    },
    me: (wait?: Wait) => get<"getMe">("/auth/me", {}, wait),
    changeMe: async (body: BodyOf<"changeMe">) =>
      (await request({ method: "PATCH", path: "/auth/me", body })) as AnswerOf<"changeMe">,
    exportMe: () => get<"exportMe">("/auth/me/export"),
    async deleteMe(): Promise<void> {
      await request({ method: "DELETE", path: "/auth/me" });
      await session.forget();
    },
    notices: () => get<"getMyNotices">("/auth/me/notices"),
    chooseNotices: async (body: BodyOf<"changeMyNotices">) =>
      (await request({ method: "PATCH", path: "/auth/me/notices", body })) as AnswerOf<"changeMyNotices">,
    sessions: () => get<"listSessions">("/auth/sessions"),
    endSession: async (id: number): Promise<void> => {
      await request({ method: "DELETE", path: `/auth/sessions/${id}` });
    },
  };
}

const ORDERS_PER_PAGE = 50;

function ordersOf({ get, keyed }: Shared, request: (call: Call) => Promise<unknown>) {
  return {
    create: (body: BodyOf<"createOrder">, wait?: Keyed) => keyed<"createOrder">("/orders", body, wait),
    get: (id: number, wait?: Wait) => get<"getOrder">(`/orders/${id}`, {}, wait),
    /** What the person agrees to before paying; the first word about an order stands. */
    recordConsent: async (id: number, body: BodyOf<"recordConsent">) =>
      (await request({ method: "PUT", path: `/orders/${id}/consent`, body })) as AnswerOf<"recordConsent">,
    /** Whether its eSIM can be given back, and what became of it. */
    returnOffer: (id: number) => get<"getReturnOffer">(`/orders/${id}/refund`),
    giveBack: (id: number, wait?: Keyed) => keyed<"returnEsim">(`/orders/${id}/refund`, undefined, wait),
    consent: (id: number) => get<"getConsent">(`/orders/${id}/consent`),
    /** All of the person's orders, newest first, a page at a time. */
    async *list(): AsyncGenerator<Schemas["Order"]> {
      let before: number | undefined;
      for (;;) {
        const page = await get<"listMyOrders">("/orders/mine", { limit: ORDERS_PER_PAGE, before });
        yield* page;
        before = page.at(-1)?.id;
        if (page.length < ORDERS_PER_PAGE) return;
      }
    },
  };
}

/** How often a poll asks for the payment itself, which makes the store read it at the provider. */
const REREAD_EVERY = 4;

function paymentsOf({ get, post, pause }: Shared) {
  const create = (body: BodyOf<"createPayment">, wait: Wait = {}) =>
    post<"createPayment">("/payments/create", body, { isRepeatable: true, signal: wait.signal });
  return {
    create,
    /** The order as soon as it waits for money no more: paid, failed or refunded. */
    settled: (orderId: number, options: PollOptions = {}) =>
      poll(
        async (count) => {
          const order = await get<"getOrder">(`/orders/${orderId}`, {}, options);
          if (order.status !== "created") return order;
          // The provider's word may be late or lost: the store looks for itself. That it refuses is no news.
          if (count % REREAD_EVERY === 1) await create({ order_id: orderId }, options).catch(() => undefined);
          return undefined;
        },
        options,
        pause,
      ),
  };
}

function esimsOf({ get, post, keyed, pause }: Shared) {
  return {
    list: () => get<"listMyEsims">("/esims/mine"),
    get: (id: number, wait?: Wait) => get<"getEsim">(`/esims/${id}`, {}, wait),
    activate: (orderId: number, wait: Wait = {}) =>
      post<"activateEsim">("/esims/activate", { order_id: orderId }, { isRepeatable: true, ...wait }),
    /** The eSIM as soon as nobody works on it any more: ready, active, or failed. */
    ready: (id: number, options: PollOptions = {}) =>
      poll(
        async () => {
          const esim = await get<"getEsim">(`/esims/${id}`, {}, options);
          return esim.status === "pending" ? undefined : esim;
        },
        options,
        pause,
      ),
    installLink: (id: number) => post<"createInstallLink">(`/esims/${id}/install-link`, undefined),
    topUps: (id: number, query: QueryOf<"listTopUps"> = {}) =>
      get<"listTopUps">(`/esims/${id}/top-ups`, query),
    orderTopUp: (id: number, body: BodyOf<"createTopUpOrder">, wait?: Keyed) =>
      keyed<"createTopUpOrder">(`/esims/${id}/top-ups`, body, wait),
  };
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly total_pages: number;
}

type ListId = { [Id in OperationId]: AnswerOf<Id> extends Page<unknown> ? Id : never }[OperationId];

/** For operators' programs. */
function adminOf({ get, keyed }: Shared) {
  return {
    refund: (orderId: number, body: BodyOf<"refundOrder">, wait?: Keyed) =>
      keyed<"refundOrder">(`/admin/orders/${orderId}/refund`, body, wait),
    decideEsim: (esimId: number, body: BodyOf<"decideEsim">, wait?: Keyed) =>
      keyed<"decideEsim">(`/admin/esims/${esimId}/decision`, body, wait),
    decideTopUp: (topUpId: number, body: BodyOf<"decideTopUp">, wait?: Keyed) =>
      keyed<"decideTopUp">(`/admin/top-ups/${topUpId}/decision`, body, wait),
    /** Every item of a list, page after page: `for await (const order of tribi.admin.each<"listAdminOrders">("/admin/orders"))`. */
    async *each<Id extends ListId>(
      path: `/admin/${string}`,
      query: Omit<QueryOf<Id>, "page"> | Record<string, never> = {},
    ): AsyncGenerator<AnswerOf<Id> extends Page<infer Item> ? Item : never> {
      for (let page = 1; ; page += 1) {
        const answer = (await get<Id>(path, { ...query, page })) as Page<never>;
        yield* answer.items;
        if (page >= answer.total_pages) return;
      }
    },
  };
}

// The package's door: what a program imports from @tribi/client.
// biome-ignore-start lint/performance/noBarrelFile: a package has one entry
export { type ClientErrorCode, type ErrorCode, TribiError } from "./error.js";
export type { AnswerOf, BodyOf, OperationId, QueryOf, Schemas } from "./operation-types.js";
export { inMemory, type SessionStore, type StoredSession } from "./session.js";
export { makeIdempotencyKey } from "./wait.js";
export { type ReceivedWebhook, type VerifyOptions, verifyWebhook } from "./webhooks.js";
// biome-ignore-end lint/performance/noBarrelFile: a package has one entry

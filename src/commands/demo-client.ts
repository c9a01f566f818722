/** A step of the demo that did not go as it should; the message says what to do. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

export interface DemoAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface DemoClient {
  /** One request; an answer with another status than those expected ends the demo with the store's own words. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string>; expects?: readonly number[] },
  ): Promise<DemoAnswer>;
  signIn(token: string): void;
}

const TIMEOUT_MILLIS = 15_000;

/** Speaks to the store as any client does: over HTTP, with nothing from inside. */
export function makeDemoClient(storeUrl: string): DemoClient {
  let token = "";
  return {
    signIn: (fresh) => {
      token = fresh;
    },
    async call(method, path, { body, headers = {}, expects = [200] } = {}) {
      const response = await fetch(`${storeUrl}${path}`, {
        method,
        headers: {
          ...headers,
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      }).catch((error: unknown) => {
        throw unreachable(storeUrl, error);
      });
      const answer = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
      if (!expects.includes(response.status)) {
        throw new DemoError(
          `${method} ${path} answered ${response.status} ${answer.code ?? ""}: ${answer.detail ?? "no detail"}`,
        );
      }
      return { status: response.status, headers: response.headers, body: answer };
    },
  };
}

function unreachable(storeUrl: string, error: unknown): DemoError {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
  return new DemoError(
    `No store answers at ${storeUrl} (${cause ?? "no connection"}). Start it in another terminal with: npm start`,
    2,
  );
}

/** Asks again until there is a value; the demo ends when it takes too long. */
export async function waitFor<Value>(
  what: string,
  seconds: number,
  find: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await find();
    if (value !== undefined) return value;
    if (Date.now() > deadline) {
      throw new DemoError(
        `${what} did not come within ${seconds} seconds. Is a worker running? See the store's log.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

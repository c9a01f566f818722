import { createTribi, TribiError } from "@tribi/client";

/** The only way in which the console talks to the store. A large import may take a while. */
export const tribi = createTribi({
  baseUrl: "",
  session: "cookie",
  timeoutMillis: 120_000,
  triesMax: 3,
  language: () => document.documentElement.lang,
});

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export async function read<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return (await tribi.request({ method: "GET", path, query, signal })) as Answer;
}

interface Act {
  readonly method?: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly csv?: string;
  readonly idempotencyKey?: string;
  readonly isRepeatable?: boolean;
}

export async function act<Answer>({ method = "POST", ...call }: Act): Promise<Answer> {
  return (await tribi.request({ method, ...call })) as Answer;
}

export const isSignedOut = (error: unknown): boolean => error instanceof TribiError && error.status === 401;

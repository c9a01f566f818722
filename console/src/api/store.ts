import { createTribi, TribiError } from "@tribi/client";
import { stepUp } from "../session/step-up.js";

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
  return (await withStepUp(() => tribi.request({ method: "GET", path, query, signal }))) as Answer;
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
  return (await withStepUp(() => tribi.request({ method, ...call }))) as Answer;
}

/** Nothing was done for a request that is told to show the second factor again: it is sent as it was. */
async function withStepUp(send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TribiError) || error.code !== "step_up_required" || !(await stepUp())) throw error;
    return send();
  }
}

/** The second factor was not shown in this session. */
export const isFactorAsked = (error: unknown): boolean =>
  error instanceof TribiError && error.code === "second_factor_required";

export const isSignedOut = (error: unknown): boolean => error instanceof TribiError && error.status === 401;

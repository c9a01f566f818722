import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { TribiError } from "@tribi/client";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Me } from "../api/shapes.js";
import { isFactorAsked, isSignedOut, read, tribi } from "../api/store.js";
import type { Permission } from "../app/sections.js";

export interface Operator {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: string;
  may(permission: Permission): boolean;
}

export interface SessionState {
  /** Undefined while it is not known, null when nobody is signed in. */
  readonly operator: Operator | null | undefined;
  /** Somebody was signed in on this page: what is on it stays until they are again. */
  readonly hasEnded: boolean;
  /** Signed in, and no operator. */
  readonly isStranger: boolean;
  /** Of the operator. */
  readonly factor: Me["second_factor"];
  readonly trouble: unknown;
  refresh(): Promise<void>;
  signOut(): Promise<void>;
}

const SessionContext = createContext<SessionState>(null as unknown as SessionState);
export const useSession = (): SessionState => useContext(SessionContext);

/** For screens, which are shown to operators only. */
export function useOperator(): Operator {
  const { operator } = useSession();
  if (operator == null) throw new Error("A screen is shown without an operator");
  return operator;
}

type Known = Pick<SessionState, "operator" | "hasEnded" | "isStranger" | "factor" | "trouble">;

const NOBODY: Known = { operator: null, hasEnded: false, isStranger: false, factor: "none", trouble: null };

/** Signed in by the mailed code, and not in yet. */
export const isBarred = ({ factor }: Pick<Known, "factor">): boolean =>
  factor === "missing" || factor === "not_shown";

function makeQueryClient(onError: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    // The client repeats by itself what is safe to repeat.
    defaultOptions: {
      // A look at a person is on record: it is not repeated because a window came to the front.
      queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  });
}

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [known, setKnown] = useState<Known>({ ...NOBODY, operator: undefined });
  const client = useMemo(
    () =>
      makeQueryClient((error) => {
        if (isSignedOut(error)) setKnown((before) => ({ ...before, hasEnded: true, factor: "none" }));
        if (isFactorAsked(error)) setKnown((before) => ({ ...before, hasEnded: true, factor: "not_shown" }));
      }),
    [],
  );
  const refresh = useCallback(async () => {
    const found = await findOperator();
    setKnown((before) => {
      if (found.trouble !== null && before.operator !== undefined) return before;
      // Somebody works here: what is on the page waits until they are in again.
      const waits = before.operator != null && found.operator != null && isBarred(found);
      return waits ? { ...found, hasEnded: true } : found;
    });
    if (!isBarred(found)) await client.invalidateQueries();
  }, [client]);
  useEffect(() => void refresh(), [refresh]);
  const session: SessionState = {
    ...known,
    refresh,
    async signOut() {
      await tribi.auth.logOut();
      client.clear();
      setKnown(NOBODY);
    },
  };
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

async function findOperator(): Promise<Known> {
  try {
    const { id, email, name, role, permissions, second_factor: factor } = await read<Me>("/admin/me");
    if (role === null) return { ...NOBODY, isStranger: true };
    const held = new Set(permissions);
    const may: Operator["may"] = (permission) => held.has(permission);
    return { ...NOBODY, factor, operator: { id, email, name, role, may } };
  } catch (error) {
    if (isSignedOut(error)) return NOBODY;
    if (error instanceof TribiError && error.status === 403) return { ...NOBODY, isStranger: true };
    return { ...NOBODY, trouble: error };
  }
}

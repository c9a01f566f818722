import { createTribi, type Schemas, type Tribi, TribiError } from "@tribi/client";
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import { dropAllCopies } from "../offline/copies.js";
import { usePage } from "./shop-context.js";

export type Person = Schemas["Person"];

export interface SessionState {
  readonly tribi: Tribi;
  /** Undefined while it is not known yet, null when nobody is signed in. */
  readonly person: Person | null | undefined;
  /** True when somebody was signed in on this page and is no longer. */
  readonly hasEnded: boolean;
  /** The shop was not reached, so nothing is known. */
  readonly trouble: unknown;
  refresh(): Promise<void>;
  signOut(): Promise<void>;
  /** Runs a call; when it says that the session has ended, the page asks to sign in again. */
  guard<Value>(call: () => Promise<Value>): Promise<Value>;
}

const SessionContext = createContext<SessionState>(null as unknown as SessionState);
export const useSession = (): SessionState => useContext(SessionContext);

const isSignedOut = (error: unknown): boolean => error instanceof TribiError && error.status === 401;

export function SessionProvider({ children }: { children: ComponentChildren }) {
  const { language } = usePage();
  const tribi = useMemo(
    () => createTribi({ baseUrl: "", session: "cookie", language: () => language }),
    [language],
  );
  const [person, setPerson] = useState<Person | null | undefined>(undefined);
  const [hasEnded, setHasEnded] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);

  const ended = useCallback(async () => {
    setHasEnded(true);
    setPerson(null);
    // Nobody is signed in any more, here or elsewhere: what was kept for offline goes with the session.
    await dropAllCopies();
  }, []);
  const refresh = useCallback(async () => {
    setTrouble(null);
    try {
      setPerson(await tribi.auth.me());
      setHasEnded(false);
    } catch (error) {
      if (isSignedOut(error)) {
        setPerson(null);
        await dropAllCopies();
      } else setTrouble(error);
    }
  }, [tribi]);
  useEffect(() => void refresh(), [refresh]);

  const session: SessionState = {
    tribi,
    person,
    hasEnded,
    trouble,
    refresh,
    async signOut() {
      await dropAllCopies();
      await tribi.auth.logOut();
      setHasEnded(false);
      setPerson(null);
    },
    async guard(call) {
      try {
        return await call();
      } catch (error) {
        if (isSignedOut(error)) await ended();
        throw error;
      }
    },
  };
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

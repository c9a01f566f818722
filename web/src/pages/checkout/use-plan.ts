import type { Schemas } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { useSession } from "../../parts/session.js";

export type OfferedPlan = Schemas["Plan"];

/** The plan, priced in the currency or in one that it has. */
export function usePlan(id: number, currency: string) {
  const { tribi } = useSession();
  const [plan, setPlan] = useState<OfferedPlan | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setTrouble(null);
    tribi.plans
      .get(id, { currency })
      .then((found) => isCurrent && setPlan(found))
      .catch((error: unknown) => isCurrent && setTrouble(error));
    return () => {
      isCurrent = false;
    };
  }, [tribi, id, currency, round]);
  return { plan, trouble, reload: () => setRound((count) => count + 1) };
}

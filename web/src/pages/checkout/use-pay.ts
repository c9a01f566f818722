import { TribiError } from "@tribi/client";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Confirmation } from "./card-form.js";

export interface PayProblem {
  readonly kind: "declined" | "consent";
  readonly reason: string;
}

interface PayOptions {
  /** Asks the store for the payment, which makes it look at the provider. */
  readonly begin: () => Promise<unknown>;
  /** Tells the store what was agreed to. */
  readonly agree: () => Promise<unknown>;
  /** The order is not this person's: somebody else has signed in meanwhile, in another tab. */
  readonly onOtherPerson: () => Promise<void>;
  readonly hasConsent: boolean;
  readonly returnAddress: string;
}

/** One payment at a time: a double click, the Enter key and a wallet's button are one. */
export function usePay({ begin, agree, onOtherPerson, hasConsent, returnAddress }: PayOptions) {
  const isPaying = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<PayProblem | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);

  // Back from the provider's page, the browser may show this page as it was left.
  useEffect(() => {
    const shown = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload();
    };
    addEventListener("pageshow", shown);
    return () => removeEventListener("pageshow", shown);
  }, []);

  const pay = async (confirm: () => Promise<Confirmation>): Promise<void> => {
    if (isPaying.current) return;
    if (!hasConsent) {
      setProblem({ kind: "consent", reason: "" });
      return;
    }
    isPaying.current = true;
    setBusy(true);
    setProblem(null);
    setTrouble(null);
    try {
      // Before any try the store looks at the intent: what was paid already is not paid again.
      await begin();
      await agree();
      const confirmation = await confirm();
      if (confirmation.kind === "left") location.assign(returnAddress);
      if (confirmation.kind === "left" || confirmation.kind === "gone") return;
      if (confirmation.kind === "declined") setProblem(confirmation);
    } catch (error) {
      if (error instanceof TribiError && error.code === "order_already_paid") {
        location.replace(returnAddress);
        return;
      }
      setTrouble(error);
      if (error instanceof TribiError && error.code === "not_found") await onOtherPerson();
    }
    isPaying.current = false;
    setBusy(false);
  };
  return { pay, isBusy, problem, trouble };
}

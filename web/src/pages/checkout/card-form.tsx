import type { Stripe, StripeElements } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import type { Schemas } from "@tribi/client";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Busy, Notice } from "../../parts/notice.js";
import { usePage } from "../../parts/shop-context.js";
import { useText } from "../../text/text.js";

export type Confirmation =
  | {
      /**
       * left: the outcome is for the return page to find out; gone: the payer is on the way to a provider's page;
       * unfinished: nothing was tried, the fields say what is missing.
       */
      readonly kind: "left" | "gone" | "unfinished";
    }
  | { readonly kind: "declined"; readonly reason: string };

export interface CardFormHandle {
  confirm(): Promise<Confirmation>;
}

interface CardFormProps {
  readonly payment: Schemas["Payment"];
  readonly returnAddress: string;
  readonly scriptUrl: string | null;
  readonly handle: RefObject<CardFormHandle | null>;
  readonly onReady: () => void;
  readonly onWallet: (confirm: () => Promise<Confirmation>) => void;
}

/** Stripe's own fields, in a frame of Stripe's: the card's number never touches this page. */
export function CardForm({ payment, returnAddress, scriptUrl, handle, onReady, onWallet }: CardFormProps) {
  const text = useText();
  const { language } = usePage();
  const fields = useRef<HTMLDivElement>(null);
  const wallets = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "blocked">("loading");
  const [hasWallets, setHasWallets] = useState(false);

  useEffect(() => {
    let isCurrent = true;
    const block = (): void => {
      if (isCurrent) setState("blocked");
    };
    loadProvider(scriptUrl, payment.publishable_key ?? "", language)
      .then((stripe) => {
        if (!isCurrent || fields.current === null || wallets.current === null) return;
        const elements = stripe.elements({
          clientSecret: payment.client_secret ?? "",
          locale: language,
          appearance: appearanceOf(),
        });
        const confirm = (): Promise<Confirmation> => confirmPayment(stripe, elements, returnAddress);
        (handle as { current: CardFormHandle | null }).current = { confirm };
        const express = elements.create("expressCheckout");
        express.on("ready", ({ availablePaymentMethods: methods }) => setHasWallets(methods !== undefined));
        express.on("confirm", () => onWallet(confirm));
        express.mount(wallets.current);
        const form = elements.create("payment", { layout: "tabs" });
        form.on("ready", () => {
          setState("ready");
          onReady();
        });
        form.on("loaderror", block);
        form.mount(fields.current);
      })
      .catch(block);
    return () => {
      isCurrent = false;
    };
  }, [payment.client_secret]);

  return (
    <>
      <div class={hasWallets ? "wallets" : "wallets empty"}>
        <div ref={wallets} />
        {hasWallets && <p class="or">{text("checkout.or_card")}</p>}
      </div>
      <div ref={fields} class="card-fields" />
      {state === "loading" && <Busy>{text("app.loading")}</Busy>}
      {state === "blocked" && <Notice kind="bad">{text("checkout.blocked")}</Notice>}
    </>
  );
}

async function confirmPayment(
  stripe: Stripe,
  elements: StripeElements,
  returnAddress: string,
): Promise<Confirmation> {
  const return_url = new URL(returnAddress, location.href).href;
  const { error } = await stripe.confirmPayment({
    elements,
    confirmParams: { return_url },
    redirect: "if_required",
  });
  // Only the provider's clear "no" is one. Whatever else went wrong, the payment may have been made.
  const isRefusal = error?.type === "card_error" || error?.type === "validation_error";
  return isRefusal ? { kind: "declined", reason: error.message ?? "" } : { kind: "left" };
}

/** Stripe's script is loaded on this page alone, and not before it is needed. */
async function loadProvider(
  scriptUrl: string | null,
  publishableKey: string,
  language: string,
): Promise<Stripe> {
  if (scriptUrl !== null) await loadScript(scriptUrl);
  const stripe = await loadStripe(publishableKey, { locale: language as "en" });
  if (stripe === null) throw new Error("The provider's script did not start");
  return stripe;
}

/** A stand-in defines window.Stripe, which the loader then finds instead of asking Stripe's host. */
export function loadScript(source: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${source} could not be loaded`));
    document.head.append(script);
  });
}

/** The provider's fields look like ours, in light and dark. */
function appearanceOf() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    theme: isDark ? ("night" as const) : ("stripe" as const),
    variables: { colorPrimary: colour("--brand") || "#0b5f56", borderRadius: "10px", fontSizeBase: "16px" },
  };
}

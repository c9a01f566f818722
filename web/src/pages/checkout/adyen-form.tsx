import type { Schemas } from "@tribi/client";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Busy, Notice } from "../../parts/notice.js";
import { usePage } from "../../parts/shop-context.js";
import { useText } from "../../text/text.js";
import { type CardFormHandle, type Confirmation, loadScript } from "./card-form.js";

/** What of Adyen's script this page touches (docs.adyen.com/online-payments/build-your-integration/sessions-flow). */
interface AdyenWeb {
  AdyenCheckout(configuration: object): Promise<object>;
  Dropin: new (checkout: object, options: object) => Dropin;
}
interface Dropin {
  mount(where: HTMLElement): unknown;
  unmount(): unknown;
  submit(): unknown;
  readonly isValid?: boolean;
}

/** Pinned: Adyen keeps each version at its own address. */
const VERSION = "6.45.2";

interface AdyenFormProps {
  readonly payment: Schemas["Payment"];
  readonly handle: RefObject<CardFormHandle | null>;
  readonly onReady: () => void;
}

/** Drop-in: Adyen's own fields, in frames of Adyen's, so that the card's number never touches this page. */
export function AdyenForm({ payment, handle, onReady }: AdyenFormProps) {
  const text = useText();
  const { language, shop } = usePage();
  const fields = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "blocked">("loading");

  useEffect(() => {
    let dropin: Dropin | undefined;
    let isCurrent = true;
    const outcome: { settle: (said: Confirmation) => void } = { settle: () => {} };
    load(shop.payment)
      .then(async (adyen) => {
        const checkout = await adyen.AdyenCheckout(
          configurationOf(payment, language, shop.payment.isLive, outcome),
        );
        if (!isCurrent || fields.current === null) return;
        dropin = new adyen.Dropin(checkout, { showPayButton: false });
        dropin.mount(fields.current);
        const form = dropin;
        (handle as { current: CardFormHandle | null }).current = { confirm: () => confirm(form, outcome) };
        setState("ready");
        onReady();
      })
      .catch(() => isCurrent && setState("blocked"));
    return () => {
      isCurrent = false;
      dropin?.unmount();
    };
  }, [payment.client_secret]);

  return (
    <>
      <div ref={fields} class="card-fields" />
      {state === "loading" && <Busy>{text("app.loading")}</Busy>}
      {state === "blocked" && <Notice kind="bad">{text("checkout.blocked")}</Notice>}
    </>
  );
}

function configurationOf(
  payment: Schemas["Payment"],
  language: string,
  isLive: boolean,
  outcome: { settle: (said: Confirmation) => void },
): object {
  return {
    environment: isLive ? "live" : "test",
    clientKey: payment.publishable_key,
    session: { id: payment.intent_id, sessionData: payment.client_secret },
    locale: language === "es" ? "es-ES" : "en-US",
    // Only for the order of payment methods; what counts is told by the card.
    countryCode: new Intl.Locale(navigator.language).region ?? "US",
    onPaymentCompleted: () => outcome.settle({ kind: "left" }),
    // Only the provider's clear "no" is one.
    onPaymentFailed: ({ resultCode }: { resultCode?: string } = {}) =>
      outcome.settle(
        resultCode === "Refused" || resultCode === "Cancelled"
          ? { kind: "declined", reason: "" }
          : { kind: "left" },
      ),
    onError: ({ name }: { name?: string } = {}) =>
      outcome.settle(name === "CANCEL" ? { kind: "declined", reason: "" } : { kind: "left" }),
  };
}

function confirm(dropin: Dropin, outcome: { settle: (said: Confirmation) => void }): Promise<Confirmation> {
  // Drop-in shows what is missing.
  const isWhole = dropin.isValid !== false;
  const said = new Promise<Confirmation>((resolve) => {
    outcome.settle = resolve;
  });
  dropin.submit();
  return isWhole ? said : Promise.resolve({ kind: "unfinished" });
}

interface Settings {
  readonly adyenJsUrl: string | null;
  readonly isLive: boolean;
}

/** Adyen's script is loaded on this page alone, and not before it is needed. */
async function load({ adyenJsUrl, isLive }: Settings): Promise<AdyenWeb> {
  const host = `https://checkoutshopper-${isLive ? "live" : "test"}.adyen.com`;
  const script = adyenJsUrl ?? `${host}/checkoutshopper/sdk/${VERSION}/adyen.js`;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = script.replace(/\.js$/, ".css");
  document.head.append(style);
  await loadScript(script);
  const { AdyenWeb: adyen } = window as unknown as { AdyenWeb?: AdyenWeb };
  if (adyen === undefined) throw new Error("The provider's script did not start");
  return adyen;
}

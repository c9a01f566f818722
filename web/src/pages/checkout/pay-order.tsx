import { type Schemas, type Tribi, TribiError } from "@tribi/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { Busy, Failure, Notice } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { useText } from "../../text/text.js";
import { AdyenForm } from "./adyen-form.js";
import { CardForm, type CardFormHandle, type Confirmation } from "./card-form.js";
import { ChooseProvider, offeredFor } from "./choose-provider.js";
import type { PlacedOrder } from "./ensure-order.js";
import { usePay } from "./use-pay.js";

type Payment = Schemas["Payment"];

/** Where the payer goes: a page of the provider, or the mock's; null when the card form is in this page. */
function redirectOf(payment: Payment, language: string): string | null {
  if (payment.redirect_url !== undefined) return payment.redirect_url;
  return payment.provider === "MOCK"
    ? `/dev/pay/${encodeURIComponent(payment.intent_id)}?language=${language}`
    : null;
}

/** Otherwise the payer has done their part, and the money is on its way. */
const canBePaid = (payment: Payment): boolean =>
  payment.provider === "MOCK" || payment.client_secret !== undefined || payment.redirect_url !== undefined;

/** The payment of an order, by the provider that the payer chooses where there are several. */
export function PayOrder({ order, onRenew }: { order: PlacedOrder; onRenew: () => void }) {
  const { shop } = usePage();
  const offered = offeredFor(shop.payment, order);
  const [provider, setProvider] = useState<string | null>(offered.length > 1 ? null : (offered[0] ?? ""));
  if (provider === null) return <ChooseProvider offered={offered} onChoose={setProvider} />;
  return <PayBy order={order} provider={provider} isChosen={offered.length > 1} onRenew={onRenew} />;
}

interface PayByProps {
  readonly order: PlacedOrder;
  readonly provider: string;
  /** By the payer; otherwise the shop decides. */
  readonly isChosen: boolean;
  readonly onRenew: () => void;
}

/** Begun once however often it is asked for. */
function PayBy({ order, provider, isChosen, onRenew }: PayByProps) {
  const text = useText();
  const session = useSession();
  const { language } = usePage();
  const address = useAddress();
  const returnAddress = address(`/checkout/${order.id}/return`);
  const [payment, setPayment] = useState<Payment | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const begin = (): Promise<Payment> =>
    session.guard(() => beginWith(session.tribi, order.id, isChosen ? provider : null));

  useEffect(() => {
    let isCurrent = true;
    setTrouble(null);
    begin()
      .then((made) => {
        if (!isCurrent) return;
        if (canBePaid(made)) setPayment(made);
        else location.replace(returnAddress);
      })
      .catch((error: unknown) => {
        if (!isCurrent) return;
        // Paid in another tab, or meanwhile: the return page knows the rest.
        if (error instanceof TribiError && error.code === "order_already_paid")
          location.replace(returnAddress);
        else setTrouble(error);
      });
    return () => {
      isCurrent = false;
    };
  }, [order.id, round]);

  if (trouble !== null) {
    return (
      <PaymentTrouble error={trouble} onRetry={() => setRound((count) => count + 1)} onRenew={onRenew} />
    );
  }
  if (payment === null) return <Busy>{text("app.loading")}</Busy>;
  return (
    <PayForm
      order={order}
      payment={payment}
      begin={begin}
      redirect={redirectOf(payment, language)}
      returnAddress={returnAddress}
      onRenew={onRenew}
    />
  );
}

/** A payment that was begun elsewhere with another provider stays there: it is taken as it is. */
async function beginWith(tribi: Tribi, orderId: number, provider: string | null): Promise<Payment> {
  try {
    return await tribi.payments.create({ order_id: orderId, ...(provider === null ? {} : { provider }) });
  } catch (error) {
    const isElsewhere = error instanceof TribiError && error.code === "payment_in_progress";
    if (provider === null || !isElsewhere) throw error;
    return tribi.payments.create({ order_id: orderId });
  }
}

function PaymentTrouble({
  error,
  onRetry,
  onRenew,
}: {
  error: unknown;
  onRetry: () => void;
  onRenew: () => void;
}) {
  const text = useText();
  const code = error instanceof TribiError ? error.code : null;
  if (code === "provider_unavailable") {
    return (
      <Notice kind="bad">
        <p>{text("checkout.provider")}</p>
        <button type="button" class="button" onClick={onRetry}>
          {text("app.retry")}
        </button>
      </Notice>
    );
  }
  if (code === "order_not_payable") {
    return (
      <Notice kind="info">
        <p>{text("checkout.expired")}</p>
        <button type="button" class="button" onClick={onRenew}>
          {text("checkout.renew")}
        </button>
      </Notice>
    );
  }
  return <Failure error={error} onRetry={onRetry} />;
}

interface PayFormProps {
  readonly order: PlacedOrder;
  readonly payment: Payment;
  readonly begin: () => Promise<Payment>;
  readonly redirect: string | null;
  readonly returnAddress: string;
  readonly onRenew: () => void;
}

function PayForm({ order, payment, begin, redirect, returnAddress, onRenew }: PayFormProps) {
  const text = useText();
  const session = useSession();
  const { shop } = usePage();
  const card = useRef<CardFormHandle | null>(null);
  const [isReady, setReady] = useState(redirect !== null);
  const [hasConsent, setConsent] = useState(!shop.terms.asksForImmediateDelivery);
  const { pay, isBusy, problem, trouble } = usePay({
    begin,
    agree: () =>
      session.guard(() =>
        session.tribi.orders.recordConsent(order.id, {
          terms_version: shop.terms.version,
          immediate_delivery: shop.terms.asksForImmediateDelivery && hasConsent,
        }),
      ),
    onOtherPerson: session.refresh,
    hasConsent,
    returnAddress,
  });
  const confirm = async (): Promise<Confirmation> => {
    if (redirect !== null) {
      location.assign(redirect);
      return { kind: "gone" };
    }
    return (await card.current?.confirm()) ?? { kind: "left" };
  };
  return (
    <section class="card pay">
      <h2>{text("checkout.payment")}</h2>
      {redirect === null && payment.provider === "ADYEN" && (
        <AdyenForm payment={payment} handle={card} onReady={() => setReady(true)} />
      )}
      {redirect === null && payment.provider !== "ADYEN" && (
        <CardForm
          payment={payment}
          returnAddress={returnAddress}
          scriptUrl={shop.payment.stripeJsUrl}
          handle={card}
          onReady={() => setReady(true)}
          onWallet={(work) => void pay(work)}
        />
      )}
      {redirect !== null && <p>{text(payment.provider === "MOCK" ? "checkout.mock" : "checkout.hosted")}</p>}
      <Terms hasConsent={hasConsent} onConsent={setConsent} asks={shop.terms.asksForImmediateDelivery} />
      {problem !== null && (
        <Notice kind="bad">
          {problem.kind === "declined"
            ? text("checkout.declined", { reason: problem.reason })
            : text("checkout.immediate_needed")}
        </Notice>
      )}
      {trouble !== null && (
        <PaymentTrouble error={trouble} onRetry={() => void pay(confirm)} onRenew={onRenew} />
      )}
      <button
        type="button"
        class="button large"
        disabled={isBusy || !isReady}
        aria-busy={isBusy}
        onClick={() => void pay(confirm)}
      >
        {text("checkout.pay")}
      </button>
      {isBusy && <Busy>{text("checkout.paying")}</Busy>}
    </section>
  );
}

interface TermsProps {
  readonly hasConsent: boolean;
  readonly onConsent: (value: boolean) => void;
  readonly asks: boolean;
}

function Terms({ hasConsent, onConsent, asks }: TermsProps) {
  const text = useText();
  const address = useAddress();
  return (
    <>
      {asks && (
        <label class="check">
          <input
            type="checkbox"
            checked={hasConsent}
            onChange={(event) => onConsent(event.currentTarget.checked)}
          />
          <span>{text("checkout.immediate")}</span>
        </label>
      )}
      <p class="small">
        {text("checkout.terms")}{" "}
        <a href={address("/legal/terms")} target="_blank" rel="noreferrer">
          {text("checkout.terms_link")}
        </a>
        .
      </p>
    </>
  );
}

import { TribiError } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { PriceInfo } from "../../page-contract.js";
import { BoughtPlan } from "../../parts/bought-plan.js";
import { LockIcon } from "../../parts/icons.js";
import { Busy, Failure, Notice } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { SignIn } from "../../parts/sign-in.js";
import { momentText, priceText } from "../../text/format.js";
import { useLanguage, useText } from "../../text/text.js";
import { ensureOrder, forgetOrder, type PlacedOrder, type Wanted } from "./ensure-order.js";
import { PayOrder } from "./pay-order.js";
import { type OfferedPlan, usePlan } from "./use-plan.js";

/** Sign in, see the frozen price, pay: one page, one button. */
export function Checkout() {
  const { text } = useLanguage();
  const { params, query } = useRoute();
  const { shop } = usePage();
  const planId = Number(params.plan);
  const currency = query.currency ?? shop.defaultCurrency;
  const esimId = query.esim === undefined ? null : Number(query.esim);
  const { plan, trouble, reload } = usePlan(planId, currency);
  useEffect(() => {
    document.title = `${text("checkout.title")} | ${shop.name}`;
  }, [text, shop.name]);
  if (trouble !== null) return <PlanTrouble error={trouble} onRetry={reload} />;
  if (plan === null) return <Busy>{text("app.loading")}</Busy>;
  return (
    <>
      <h1>{text("checkout.heading")}</h1>
      <CheckoutOf plan={plan} currency={currency} esimId={esimId} seenMinor={Number(query.seen ?? 0)} />
    </>
  );
}

interface CheckoutProps {
  readonly plan: OfferedPlan;
  readonly currency: string;
  readonly esimId: number | null;
  /** The price that the person saw before; 0 when it is not known. */
  readonly seenMinor: number;
}

function CheckoutOf({ plan, currency, esimId, seenMinor }: CheckoutProps) {
  const { text } = useLanguage();
  const session = useSession();
  const { person } = session;
  const [order, setOrder] = useState<PlacedOrder | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const wanted: Wanted | null =
    person == null ? null : { personId: person.id, planId: plan.id, currency, esimId };

  useEffect(() => {
    setTrouble(null);
    setOrder(null);
    if (wanted === null) return;
    let isCurrent = true;
    session
      .guard(() => ensureOrder(session.tribi, wanted))
      .then((placed) => isCurrent && setOrder(placed))
      .catch((error: unknown) => isCurrent && setTrouble(error));
    return () => {
      isCurrent = false;
    };
    // A new order is made for another person, another wish, or when one was asked for.
  }, [person?.id, plan.id, currency, esimId, round]);

  const again = (): void => {
    if (wanted !== null) forgetOrder(wanted);
    // At once: nobody types a card's number into the form of an order that is over.
    setOrder(null);
    setRound((count) => count + 1);
  };
  return (
    <div class="checkout">
      <Summary plan={plan} order={order} seenMinor={seenMinor} isTopUp={esimId !== null} />
      <div class="steps-of-checkout">
        {session.trouble !== null && (
          <Failure error={session.trouble} onRetry={() => void session.refresh()} />
        )}
        {person === undefined && session.trouble === null && <Busy>{text("app.loading")}</Busy>}
        {person === null && <SignIn lead={text("sign.lead")} />}
        {person != null && <SignedIn email={person.email} />}
        {person != null && trouble !== null && (
          <OrderTrouble error={trouble} plan={plan} wanted={currency} onRetry={again} />
        )}
        {person != null && trouble === null && order === null && <Busy>{text("app.loading")}</Busy>}
        {person != null && order !== null && <OrderState order={order} onAgain={again} />}
      </div>
    </div>
  );
}

function SignedIn({ email }: { email: string }) {
  const text = useText();
  const { signOut } = useSession();
  return (
    <p class="signed-in">
      {text("checkout.signed_in", { email })}{" "}
      <button type="button" class="link" onClick={() => void signOut()}>
        {text("checkout.switch")}
      </button>
    </p>
  );
}

/** An order that waits for money is paid here; any other says how things are. */
function OrderState({ order, onAgain }: { order: PlacedOrder; onAgain: () => void }) {
  const text = useText();
  const address = useAddress();
  const { tribi } = useSession();
  const [isOver, setOver] = useState(false);
  const millisLeft = Date.parse(order.expires_at) - tribi.now();
  useEffect(() => {
    if (order.status !== "created") return;
    const timer = setTimeout(() => setOver(true), Math.max(0, Math.min(millisLeft, 2 ** 31 - 1)));
    return () => clearTimeout(timer);
  }, [order.id]);
  if (order.status === "created" && !isOver) return <PayOrder order={order} onRenew={onAgain} />;
  if (order.status === "created" || order.status === "failed") {
    return (
      <Notice kind="info">
        <p>{text("checkout.expired")}</p>
        <button type="button" class="button" onClick={onAgain}>
          {text("checkout.renew")}
        </button>
      </Notice>
    );
  }
  return (
    <Notice kind="good">
      <p>{text("checkout.bought", { reference: order.reference })}</p>
      <p class="actions">
        <a class="button" href={address(`/checkout/${order.id}/return`)}>
          {text("checkout.bought_show")}
        </a>
        <button type="button" class="button quiet" onClick={onAgain}>
          {text("checkout.bought_again")}
        </button>
      </p>
    </Notice>
  );
}

function Summary({
  plan,
  order,
  seenMinor,
  isTopUp,
}: {
  plan: OfferedPlan;
  order: PlacedOrder | null;
  seenMinor: number;
  isTopUp: boolean;
}) {
  const { code, text } = useLanguage();
  const { shop } = usePage();
  const price: PriceInfo = order ?? plan.price;
  const seen: PriceInfo = { ...price, amount_major: majorOf(seenMinor, price) };
  const hasChanged = order !== null && seenMinor > 0 && seenMinor !== order.amount_minor_units;
  return (
    <section class="card summary">
      <h2>{text("checkout.summary")}</h2>
      <BoughtPlan
        plan={{
          country_iso2: plan.country?.iso2 ?? null,
          country_name: plan.country?.name ?? plan.region,
          data_gb: plan.data_gb,
          is_unlimited: plan.is_unlimited,
          duration_days: plan.duration_days,
        }}
        {...(isTopUp ? { detail: text("checkout.top_up") } : {})}
      />
      <p class="total">
        <span>{text("checkout.total")}</span>
        <strong>{priceText(price, code)}</strong>
      </p>
      <p class="small">{text(shop.tax.isIncluded ? "checkout.tax_included" : "checkout.tax_excluded")}</p>
      {hasChanged && (
        <Notice kind="info">
          {text("checkout.price_changed", { before: priceText(seen, code), now: priceText(price, code) })}
        </Notice>
      )}
      {order?.status === "created" && (
        <p class="small">{text("checkout.frozen", { time: momentText(order.expires_at, code) })}</p>
      )}
      <p class="small secure">
        <LockIcon />
        {text("checkout.secure")}
      </p>
    </section>
  );
}

/** Minor units as the price beside it writes its own. */
function majorOf(minor: number, { amount_major: major }: PriceInfo): string {
  const decimals = major.split(".")[1]?.length ?? 0;
  return (minor / 10 ** decimals).toFixed(decimals);
}

function PlanTrouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const text = useText();
  const address = useAddress();
  if (!(error instanceof TribiError) || error.status === 0 || error.status >= 500)
    return <Failure error={error} onRetry={onRetry} />;
  return (
    <Notice kind="info">
      <p>{text("checkout.no_plan")}</p>
      <a class="button" href={address("/")}>
        {text("checkout.other_plans")}
      </a>
    </Notice>
  );
}

interface OrderTroubleProps {
  readonly error: unknown;
  readonly plan: OfferedPlan;
  /** The currency that was asked for. */
  readonly wanted: string;
  readonly onRetry: () => void;
}

function OrderTrouble({ error, plan, wanted, onRetry }: OrderTroubleProps) {
  const text = useText();
  const address = useAddress();
  const { currency } = plan.price;
  if (!(error instanceof TribiError)) return <Failure error={error} onRetry={onRetry} />;
  const { code } = error;
  if (code === "currency_not_offered") {
    return (
      <Notice kind="info">
        <p>{text("checkout.no_currency", { currency: wanted })}</p>
        <a class="button" href={`?currency=${currency}`}>
          {text("checkout.use_currency", { currency })}
        </a>
      </Notice>
    );
  }
  if (code === "out_of_stock" || code === "not_found" || code === "top_up_not_possible") {
    return (
      <Notice kind="info">
        <p>{text(code === "top_up_not_possible" ? "problem.no_top_up" : "checkout.out_of_stock")}</p>
        <a class="button" href={address("/")}>
          {text("checkout.other_plans")}
        </a>
      </Notice>
    );
  }
  return <Failure error={error} onRetry={onRetry} />;
}

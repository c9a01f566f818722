import { type Schemas, TribiError } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { Failure } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { SignIn } from "../../parts/sign-in.js";
import { priceText } from "../../text/format.js";
import { useLanguage } from "../../text/text.js";
import { type Followed, followOrder } from "./follow-order.js";

/** Where every way of paying comes back to. What the address says is not believed: the store looks. */
export function Return() {
  const { text } = useLanguage();
  const { params } = useRoute();
  const { shop } = usePage();
  const session = useSession();
  const address = useAddress();
  const orderId = Number(params.order);
  const [seen, setSeen] = useState<Followed | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const { person, tribi } = session;

  useEffect(() => {
    document.title = `${text("return.title")} | ${shop.name}`;
  }, [text, shop.name]);
  useEffect(() => {
    if (person == null) return;
    const stop = new AbortController();
    setTrouble(null);
    session
      .guard(() => followOrder(tribi, orderId, stop.signal, setSeen))
      .then((esimId) => {
        if (esimId !== null) location.replace(address(`/account/esims/${esimId}`));
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setTrouble(error);
      });
    return () => stop.abort();
  }, [person?.id, orderId, round]);

  if (session.trouble !== null)
    return <Failure error={session.trouble} onRetry={() => void session.refresh()} />;
  if (person === null) return <SignIn lead={text("sign.account")} />;
  if (trouble !== null) {
    return trouble instanceof TribiError && trouble.code === "not_found" ? (
      <OtherPersons />
    ) : (
      <Failure error={trouble} onRetry={() => setRound((count) => count + 1)} />
    );
  }
  return <Seen seen={seen} email={person?.email ?? ""} />;
}

function OtherPersons() {
  const { text } = useLanguage();
  const { signOut } = useSession();
  return (
    <div class="problem">
      <h1>{text("return.other")}</h1>
      <p>{text("return.other_text")}</p>
      <button type="button" class="button" onClick={() => void signOut()}>
        {text("account.sign_out")}
      </button>
    </div>
  );
}

function Seen({ seen, email }: { seen: Followed | null; email: string }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  if (seen === null || seen.kind === "checking")
    return <State title={text("return.checking")} lead={text("return.checking_text")} isBusy />;
  const { order } = seen;
  const checkout = checkoutOf(order);
  const amount = priceText(order, code);
  switch (seen.kind) {
    case "unpaid":
      return (
        <State
          title={text("return.unpaid")}
          lead={text("return.unpaid_text")}
          isBusy
          action={{ href: address(checkout), name: text("return.pay") }}
        />
      );
    case "preparing":
      return (
        <State
          title={text(order.kind === "top_up" ? "return.topping_up" : "return.preparing")}
          lead={text("return.preparing_text", { email })}
          isBusy
        />
      );
    case "failed":
      return (
        <State
          title={text("return.failed")}
          lead={text("return.failed_text")}
          action={{ href: address(checkout), name: text("return.again") }}
        />
      );
    case "undelivered":
      return <State title={text("return.undelivered")} lead={text("return.undelivered_text", { amount })} />;
    case "refunded":
      return <State title={text("return.refunded")} lead={text("return.refunded_text", { amount })} />;
    case "slow":
      return (
        <State
          title={text("return.slow")}
          lead={text("return.slow_text")}
          action={{ href: address("/account"), name: text("return.account") }}
        />
      );
  }
}

/** The checkout of this very order: its plan, its currency, and the eSIM that it adds to. */
export const checkoutOf = (order: Schemas["Order"]): string =>
  `/checkout/${order.plan_id}?currency=${order.currency}${order.top_up === undefined ? "" : `&esim=${order.top_up.esim_id}`}`;

interface StateProps {
  readonly title: string;
  readonly lead: string;
  readonly isBusy?: boolean;
  readonly action?: { readonly href: string; readonly name: string };
}

function State({ title, lead, isBusy = false, action }: StateProps) {
  return (
    <div class="problem" role="status">
      {isBusy && <span class="spinner large" aria-hidden="true" />}
      <h1>{title}</h1>
      <p>{lead}</p>
      {action !== undefined && (
        <a class="button" href={action.href}>
          {action.name}
        </a>
      )}
    </div>
  );
}

import { type Schemas, TribiError } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { TaxInfo } from "../../page-contract.js";
import { usePlaceName } from "../../parts/bought-plan.js";
import { BackIcon } from "../../parts/icons.js";
import { Busy, Failure } from "../../parts/notice.js";
import { dataText } from "../../parts/plan-card.js";
import { useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { SignIn } from "../../parts/sign-in.js";
import { dateText, momentText, priceText, shareText } from "../../text/format.js";
import { type TextKey, useLanguage, useText } from "../../text/text.js";
import { ProblemPage } from "../problem/problem.js";
import { GiveBack } from "./give-back.js";

type Order = Schemas["Order"];

/** A receipt that prints well: seller, buyer, what, how much, and the tax in it. */
export function Receipt() {
  const text = useText();
  const { params } = useRoute();
  const { shop } = usePage();
  const session = useSession();
  const [order, setOrder] = useState<Order | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const { person } = session;
  const [round, setRound] = useState(0);
  useEffect(() => {
    document.title = `${text("receipt.title")} ${order?.reference ?? ""} | ${shop.name}`;
  }, [text, shop.name, order?.reference]);
  useEffect(() => {
    if (person == null) return;
    session
      .guard(() => session.tribi.orders.get(Number(params.id)))
      .then(setOrder)
      .catch(setTrouble);
  }, [person?.id, params.id, round]);
  if (session.trouble !== null)
    return <Failure error={session.trouble} onRetry={() => void session.refresh()} />;
  if (person === null) return <SignIn lead={text("sign.account")} />;
  if (trouble instanceof TribiError && trouble.code === "not_found")
    return <ProblemPage data={{ kind: "problem", problem: "not_found" }} />;
  if (trouble !== null) return <Failure error={trouble} />;
  if (order === null || person === undefined) return <Busy>{text("app.loading")}</Busy>;
  return (
    <>
      <ReceiptOf order={order} email={person.email} />
      {order.status === "paid" && <GiveBack order={order} onDone={() => setRound((count) => count + 1)} />}
    </>
  );
}

function ReceiptOf({ order, email }: { order: Order; email: string }) {
  const { code, text } = useLanguage();
  const { shop } = usePage();
  const address = useAddress();
  const placeName = usePlaceName();
  const plan = order.plan_snapshot;
  const tax = taxOf(shop.tax, plan.country_iso2);
  const consent = useConsent(order.id);
  const isPaid = order.status === "paid" || order.status === "refunded";
  return (
    <>
      <p class="back no-print">
        <a href={address("/account")}>
          <BackIcon />
          {text("receipt.back")}
        </a>
      </p>
      {!isPaid && <p>{text("receipt.unpaid")}</p>}
      {isPaid && (
        <article class="card receipt">
          <h1>{text("receipt.heading")}</h1>
          <dl>
            <Line name={text("receipt.seller")} value={shop.legalName ?? shop.name} />
            {shop.supportEmail !== null && <Line name={text("foot.contact")} value={shop.supportEmail} />}
            <Line name={text("receipt.buyer")} value={email} />
            <Line name={text("receipt.order")} value={order.reference} />
            <Line name={text("receipt.date")} value={dateText(order.created_at, code)} />
            <Line name={text("receipt.status")} value={text(`account.order_${order.status}` as TextKey)} />
          </dl>
          <table>
            <thead>
              <tr>
                <th scope="col">{text("receipt.item")}</th>
                <th scope="col">{text("receipt.total")}</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <td>
                  {order.kind === "top_up" ? text("checkout.top_up") : "eSIM"} {placeName(plan)},{" "}
                  {dataText(plan, { code, text })}, {text("plan.days", { count: plan.duration_days })}
                </td>
                <td>{priceText(order, code)}</td>
              </tr>
              {tax !== null && (
                <tr class="small">
                  <td>{text("receipt.tax", { name: tax.name, percent: tax.percent })}</td>
                  <td>{shareText(order, tax.percent / (100 + tax.percent), code)}</td>
                </tr>
              )}
            </tbody>
          </table>
          {consent !== null && (
            <p class="small">
              {text("receipt.terms")}: {consent.terms_version}, {momentText(consent.accepted_at, code)}
              {consent.immediate_delivery && <> · {text("receipt.immediate")}</>}
            </p>
          )}
          <p class="no-print">
            <button type="button" class="button" onClick={() => print()}>
              {text("receipt.print")}
            </button>
          </p>
        </article>
      )}
    </>
  );
}

/** Null while it loads, and for orders of programs that record none. */
function useConsent(orderId: number): Schemas["RecordedConsent"] | null {
  const { tribi } = useSession();
  const [consent, setConsent] = useState<Schemas["RecordedConsent"] | null>(null);
  useEffect(() => {
    tribi.orders
      .consent(orderId)
      .then(setConsent)
      .catch(() => setConsent(null));
  }, [tribi, orderId]);
  return consent;
}

const Line = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** One line of the operator's table: the country's own, or that of all others. */
function taxOf({ isIncluded, rates }: TaxInfo, iso2: string | null): TaxInfo["rates"][number] | null {
  if (!isIncluded) return null;
  return (
    rates.find(({ country }) => country === iso2) ?? rates.find(({ country }) => country === "*") ?? null
  );
}

import type { Schemas } from "@tribi/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { addressOf } from "../../addresses.js";
import { BoughtPlan } from "../../parts/bought-plan.js";
import { Busy, Failure } from "../../parts/notice.js";
import { type Person, useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { SignIn } from "../../parts/sign-in.js";
import { Usage } from "../../parts/usage.js";
import { dateText, momentText, priceText } from "../../text/format.js";
import { type TextKey, useLanguage, useText } from "../../text/text.js";
import { checkoutOf } from "../return/return.js";
import { Notices } from "./notices.js";

type Order = Schemas["Order"];
type Esim = Schemas["Esim"];

export function Account() {
  const text = useText();
  const { shop } = usePage();
  const { person, trouble, refresh } = useSession();
  useEffect(() => {
    document.title = `${text("account.title")} | ${shop.name}`;
  }, [text, shop.name]);
  if (trouble !== null) return <Failure error={trouble} onRetry={() => void refresh()} />;
  if (person === undefined) return <Busy>{text("app.loading")}</Busy>;
  return (
    <>
      <h1>{text("account.heading")}</h1>
      {person === null ? <SignIn lead={text("sign.account")} /> : <AccountOf person={person} />}
    </>
  );
}

interface Possessions {
  readonly esims: readonly Esim[];
  readonly orders: readonly Order[];
}

function AccountOf({ person }: { person: Person }) {
  const text = useText();
  const session = useSession();
  const [found, setFound] = useState<Possessions | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setTrouble(null);
    session
      .guard(() => load(session.tribi))
      .then((value) => isCurrent && setFound(value))
      .catch((error: unknown) => isCurrent && setTrouble(error));
    return () => {
      isCurrent = false;
    };
  }, [person.id, round]);
  return (
    <>
      <p class="signed-in">
        {text("checkout.signed_in", { email: person.email })}{" "}
        <button type="button" class="button quiet small" onClick={() => void session.signOut()}>
          {text("account.sign_out")}
        </button>
      </p>
      {trouble !== null && <Failure error={trouble} onRetry={() => setRound((count) => count + 1)} />}
      {found === null && trouble === null && <Busy>{text("app.loading")}</Busy>}
      {found !== null && (
        <>
          <Esims esims={found.esims} />
          <Orders orders={found.orders} />
        </>
      )}
      <Notices />
      <div class="two">
        <Sessions />
        <YourData />
      </div>
    </>
  );
}

const ORDERS_SHOWN_MAX = 100;

async function load(tribi: ReturnType<typeof useSession>["tribi"]): Promise<Possessions> {
  const orders: Order[] = [];
  for await (const order of tribi.orders.list()) {
    orders.push(order);
    if (orders.length === ORDERS_SHOWN_MAX) break;
  }
  // An eSIM of an order that was never paid is nothing that the person has.
  const unpaid = new Set(
    orders.flatMap(({ id, status }) => (status === "created" || status === "failed" ? [id] : [])),
  );
  const esims = (await tribi.esims.list()).filter((esim) => !unpaid.has(esim.order_id));
  return { orders, esims };
}

function Esims({ esims }: { esims: readonly Esim[] }) {
  const text = useText();
  const address = useAddress();
  return (
    <section>
      <h2>{text("account.esims")}</h2>
      {esims.length === 0 && (
        <p class="empty">
          {text("account.no_esims")} <a href={address("/")}>{text("account.browse")}</a>
        </p>
      )}
      <ul class="cards">
        {esims.map((esim) => (
          <EsimCard key={esim.id} esim={esim} />
        ))}
      </ul>
    </section>
  );
}

function EsimCard({ esim }: { esim: Esim }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  const name = `esim-${esim.id}`;
  const isUsable = esim.status === "ready" || esim.status === "active";
  return (
    <li class="card">
      <div id={name}>
        <BoughtPlan plan={esim.plan_snapshot as unknown as Schemas["PlanSnapshot"]} />
      </div>
      <p>
        <span class={`state ${esim.status}`}>{text(`esim.status_${esim.status}` as TextKey)}</span>
        {esim.install_by !== null && (
          <span class="small"> {text("esim.until", { date: momentText(esim.install_by, code) })}</span>
        )}
        {esim.ended_at !== null && (
          <span class="small"> {text("esim.ended", { date: dateText(esim.ended_at, code) })}</span>
        )}
      </p>
      <Usage usage={esim.usage} />
      <a
        class={isUsable ? "button" : "button quiet"}
        href={address(`/account/esims/${esim.id}`)}
        aria-describedby={name}
      >
        {text("account.show")}
      </a>
    </li>
  );
}

function Orders({ orders }: { orders: readonly Order[] }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  return (
    <section>
      <h2>{text("account.orders")}</h2>
      {orders.length === 0 && <p class="empty">{text("account.no_orders")}</p>}
      <ul class="orders">
        {orders.map((order) => (
          <li key={order.id} class="card">
            <BoughtPlan
              plan={order.plan_snapshot}
              {...(order.top_up === undefined ? {} : { detail: text("checkout.top_up") })}
            />
            <p class="meta">
              <strong>{priceText(order, code)}</strong>
              <span class={`state ${order.status}`}>{text(`account.order_${order.status}` as TextKey)}</span>
              <span class="small">
                {dateText(order.created_at, code)} · <span>{order.reference}</span>
              </span>
            </p>
            {order.status === "created" && (
              <a class="button" href={address(checkoutOf(order))} data-native>
                {text("account.pay")}
              </a>
            )}
            {(order.status === "paid" || order.status === "refunded") && (
              <a class="button quiet" href={address(`/account/orders/${order.id}`)}>
                {text("account.receipt")}
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sessions() {
  const { code, text } = useLanguage();
  const session = useSession();
  const [sessions, setSessions] = useState<readonly Schemas["LiveSession"][]>([]);
  const load = (): void => {
    session
      .guard(() => session.tribi.auth.sessions())
      .then(setSessions)
      .catch(() => setSessions([]));
  };
  useEffect(load, []);
  return (
    <section>
      <h2>{text("account.sessions")}</h2>
      <ul class="sessions">
        {sessions.map((one) => (
          <li key={one.id}>
            <p>
              <strong>
                {one.is_current ? text("account.session_here") : (one.user_agent ?? one.ip_address ?? "")}
              </strong>
              <span class="small">
                {text("account.session_used", { time: momentText(one.last_used_at, code) })}
                {one.ip_address !== null && ` · ${one.ip_address}`}
              </span>
            </p>
            {!one.is_current && (
              <button
                type="button"
                class="button quiet small"
                onClick={() =>
                  void session.guard(() => session.tribi.auth.endSession(one.id)).then(load, load)
                }
              >
                {text("account.session_end")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function YourData() {
  const text = useText();
  const session = useSession();
  const { path, language } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const save = async (): Promise<void> => {
    const data = await session.guard(() => session.tribi.auth.exportMe());
    const file = new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "my-data.json";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const remove = async (): Promise<void> => {
    dialog.current?.close();
    await session.guard(() => session.tribi.auth.deleteMe());
    await session.refresh();
  };
  return (
    <section>
      <h2>{text("account.data")}</h2>
      {trouble !== null && <Failure error={trouble} />}
      <p class="actions">
        <button type="button" class="button quiet" onClick={() => void save().catch(setTrouble)}>
          {text("account.export")}
        </button>
        <button type="button" class="button quiet bad" onClick={() => dialog.current?.showModal()}>
          {text("account.delete")}
        </button>
      </p>
      <p>
        {text("account.language")}:{" "}
        {(["en", "es"] as const).map((one) => (
          <a
            key={one}
            class="choice"
            href={addressOf(path, one)}
            hreflang={one}
            lang={one}
            data-language={one}
            aria-current={one === language ? "true" : undefined}
            target="_self"
          >
            {one === "en" ? "English" : "Español"}
          </a>
        ))}
      </p>
      <dialog ref={dialog} aria-labelledby="delete-title">
        <h2 id="delete-title">{text("account.delete_title")}</h2>
        <p>{text("account.delete_text")}</p>
        <p class="actions">
          <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
            {text("account.delete_no")}
          </button>
          <button type="button" class="button bad" onClick={() => void remove().catch(setTrouble)}>
            {text("account.delete_yes")}
          </button>
        </p>
      </dialog>
    </section>
  );
}

import { type Schemas, TribiError } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { dropCopy } from "../../offline/copies.js";
import { BoughtPlan } from "../../parts/bought-plan.js";
import { BackIcon } from "../../parts/icons.js";
import { Busy, Failure, Notice } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { SignIn } from "../../parts/sign-in.js";
import { Usage } from "../../parts/usage.js";
import { dateText, momentText } from "../../text/format.js";
import { useLanguage, useText } from "../../text/text.js";
import { ProblemPage } from "../problem/problem.js";
import { Install } from "./install.js";
import { TopUps } from "./top-ups.js";

type Esim = Schemas["Esim"];
type Snapshot = Schemas["PlanSnapshot"];

/** One eSIM: install it, keep it for the airport, see what is left, add data. */
export function Esim() {
  const text = useText();
  const { params } = useRoute();
  const { shop } = usePage();
  const session = useSession();
  const { person } = session;
  const id = Number(params.id);
  const [esim, setEsim] = useState<Esim | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    document.title = `${text("esim.title")} | ${shop.name}`;
  }, [text, shop.name]);
  useEffect(() => {
    setEsim(null);
    setTrouble(null);
    if (person == null) return;
    const stop = new AbortController();
    session
      .guard(() => watch(session.tribi, id, stop.signal, setEsim))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setTrouble(error);
      });
    return () => stop.abort();
  }, [person?.id, id, round]);

  if (session.trouble !== null)
    return <Failure error={session.trouble} onRetry={() => void session.refresh()} />;
  if (person === null) return <SignIn lead={text("sign.account")} />;
  if (trouble instanceof TribiError && trouble.code === "not_found")
    return <ProblemPage data={{ kind: "problem", problem: "not_found" }} />;
  if (trouble !== null) return <Failure error={trouble} onRetry={() => setRound((count) => count + 1)} />;
  if (esim === null) return <Busy>{text("app.loading")}</Busy>;
  return <Shown esim={esim} />;
}

/** The eSIM as it is, and again when it is ready. */
async function watch(
  tribi: ReturnType<typeof useSession>["tribi"],
  id: number,
  signal: AbortSignal,
  say: (esim: Esim) => void,
): Promise<void> {
  const first = await tribi.esims.get(id, { signal });
  say(first);
  // What cannot be installed any more is kept nowhere.
  if (first.qr_payload === null || first.status !== "ready") await dropCopy(id);
  if (first.status !== "pending") return;
  const order = await tribi.orders.get(first.order_id, { signal });
  if (order.status === "paid") say(await tribi.esims.ready(id, { signal, timeoutMillis: 600_000 }));
}

function Shown({ esim }: { esim: Esim }) {
  const text = useText();
  const address = useAddress();
  const { shop } = usePage();
  const plan = esim.plan_snapshot as unknown as Snapshot;
  const isInstallable = esim.qr_payload !== null;
  return (
    <>
      <p class="back">
        <a href={address("/account")}>
          <BackIcon />
          {text("account.heading")}
        </a>
      </p>
      <h1>{text(`esim.${esim.status}`)}</h1>
      <section class="card">
        <BoughtPlan plan={plan} />
        <Limits esim={esim} />
        {esim.is_confirmation_code_missing && (
          <Notice kind="bad">
            {text("esim.confirmation_missing")}{" "}
            {shop.supportEmail !== null && <a href={`mailto:${shop.supportEmail}`}>{shop.supportEmail}</a>}
          </Notice>
        )}
        <Usage usage={esim.usage} />
      </section>
      {isInstallable ? <Install esim={esim} /> : <Waiting esim={esim} />}
      {isInstallable && <TopUps esim={esim} />}
      {shop.supportEmail !== null && (
        <p class="small">
          {text("esim.support")} <a href={`mailto:${shop.supportEmail}`}>{shop.supportEmail}</a>
        </p>
      )}
    </>
  );
}

/** What its supplier limits: install by, what begins its days, until when, since when it has ended. */
export function Limits({ esim }: { esim: Esim }) {
  const { code, text } = useLanguage();
  const { install_by: installBy, validity_starts: starts, ended_at: endedAt, expires_at: until } = esim;
  if (endedAt !== null) return <p>{text("esim.ended", { date: dateText(endedAt, code) })}</p>;
  return (
    <>
      {installBy !== null && <p>{text("esim.until", { date: momentText(installBy, code) })}</p>}
      {esim.status === "ready" && starts !== null && <p>{text(`esim.starts_${starts}`)}</p>}
      {esim.status === "active" && until !== null && (
        <p>{text("esim.works_until", { date: momentText(until, code) })}</p>
      )}
    </>
  );
}

function Waiting({ esim }: { esim: Esim }) {
  const text = useText();
  if (esim.status === "pending") return <Busy>{text("esim.pending_text")}</Busy>;
  if (esim.status === "ready" || esim.status === "active") return null;
  return <Notice kind="info">{text(`esim.${esim.status}_text`)}</Notice>;
}

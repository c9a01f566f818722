import type { Schemas } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { dropCopy } from "../../offline/copies.js";
import { Busy, Failure, Notice } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { momentText, priceText } from "../../text/format.js";
import { useLanguage } from "../../text/text.js";

type Order = Schemas["Order"];

/** Gives an unused eSIM back, after having said what that does. Nothing where the shop or the eSIM does not allow it. */
export function GiveBack({ order, onDone }: { order: Order; onDone: () => void }) {
  const { code, text } = useLanguage();
  const session = useSession();
  const [offer, setOffer] = useState<Schemas["ReturnOffer"] | null>(null);
  const [step, setStep] = useState<"offered" | "asked" | "sent">("offered");
  const [trouble, setTrouble] = useState<unknown>(null);
  useEffect(() => {
    if (order.kind === "top_up") return;
    session.tribi.orders
      .returnOffer(order.id)
      .then(setOffer)
      .catch(() => setOffer(null));
  }, [session.tribi, order.id, order.status]);
  if (offer === null) return null;
  const amount = priceText({ ...order, amount_major: offer.amount_major }, code);

  const giveBack = async (): Promise<void> => {
    setStep("sent");
    setTrouble(null);
    try {
      const refund = await session.guard(() => session.tribi.orders.giveBack(order.id));
      if (order.esim_profile !== undefined) await dropCopy(order.esim_profile.id);
      setOffer({ ...offer, is_possible: false, refund });
      if (refund.status === "succeeded") onDone();
    } catch (error) {
      setTrouble(error);
      setStep("offered");
    }
  };
  if (trouble !== null) return <Failure error={trouble} />;
  if (offer.refund !== null && order.status !== "refunded")
    return <Notice kind="info">{text("return_esim.running", { amount })}</Notice>;
  if (!offer.is_possible) return null;
  if (step === "sent") return <Busy>{text("return_esim.sending")}</Busy>;
  return (
    <section class="card no-print">
      <h2>{text("return_esim.heading")}</h2>
      {step === "offered" ? (
        <>
          <p>
            {text("return_esim.offer", { date: offer.until === null ? "" : momentText(offer.until, code) })}
          </p>
          <button type="button" class="button quiet" onClick={() => setStep("asked")}>
            {text("return_esim.ask")}
          </button>
        </>
      ) : (
        <>
          <p>{text("return_esim.consequence", { amount })}</p>
          <p>
            <button type="button" class="button" onClick={() => void giveBack()}>
              {text("return_esim.confirm")}
            </button>{" "}
            <button type="button" class="button quiet" onClick={() => setStep("offered")}>
              {text("return_esim.keep")}
            </button>
          </p>
        </>
      )}
    </section>
  );
}

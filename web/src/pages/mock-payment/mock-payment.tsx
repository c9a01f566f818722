import type { MockPaymentData } from "../../page-contract.js";
import { useAddress } from "../../parts/shop-context.js";
import { priceText } from "../../text/format.js";
import { useLanguage } from "../../text/text.js";

/** Where a person plays the payer of the mock provider: plain forms, plainly a test. */
export function MockPayment({ data }: { data: MockPaymentData }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  const isOpen = data.status === "requires_action";
  return (
    <div class="mock card">
      <p class="badge">{text("mock.title")}</p>
      <h1>{text("mock.heading")}</h1>
      <p>{text("mock.lead")}</p>
      <p class="amount">{priceText(data.amount, code)}</p>
      <p class="small">{text("mock.order", { id: data.orderId })}</p>
      {data.status !== "requires_action" && <p role="status">{text(`mock.${data.status}`)}</p>}
      {isOpen ? (
        <form method="post" action={`/dev/pay/${encodeURIComponent(data.intentId)}`}>
          <input type="hidden" name="language" value={code} />
          <button type="submit" class="button" name="status" value="succeeded" aria-describedby="pay-hint">
            {text("mock.pay")}
          </button>
          <span id="pay-hint">{text("mock.pay_hint")}</span>
          <button
            type="submit"
            class="button bad"
            name="status"
            value="failed"
            aria-describedby="decline-hint"
          >
            {text("mock.decline")}
          </button>
          <span id="decline-hint">{text("mock.decline_hint")}</span>
          <button type="submit" class="button quiet" name="status" value="left" aria-describedby="leave-hint">
            {text("mock.leave")}
          </button>
          <span id="leave-hint">{text("mock.leave_hint")}</span>
        </form>
      ) : (
        <p>
          <a class="button" href={address(`/checkout/${data.orderId}/return`)}>
            {text("mock.back")}
          </a>
        </p>
      )}
    </div>
  );
}

import { Button, Checkbox, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type AnswerOf, makeIdempotencyKey } from "@tribi/client";
import { useState } from "react";
import { Confirm } from "../../act/confirm.js";
import { ReasonField } from "../../act/reason-field.js";
import type { AdminOrder, RefundPreview } from "../../api/shapes.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Failure } from "../../parts/failure.js";
import { useDraft } from "../../parts/use-draft.js";
import { formatMoney, majorOf, minorOf } from "../../text/format.js";
import { useLanguage } from "../../text/text.js";

export function RefundButton({ order }: { readonly order: AdminOrder }) {
  const { text } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" color="red" variant="light" onClick={() => setOpen(true)}>
        {text("refund.button")}
      </Button>
      {isOpen && <RefundDialog order={order} onClose={() => setOpen(false)} />}
    </>
  );
}

const PAUSE_MILLIS = 300;

/** What a refund of this much will do, as the store says it, before it is made. */
function useRefundPreview(order: AdminOrder, amountMinor: number | null) {
  const [wanted] = useDebouncedValue(amountMinor, PAUSE_MILLIS);
  const query = wanted === null ? {} : { amount_minor_units: wanted };
  const reading = useRead<RefundPreview>(`/admin/orders/${order.id}/refund-preview`, { query });
  return {
    preview: reading.data,
    error: reading.error,
    isBusy: reading.isFetching || wanted !== amountMinor,
  };
}

function RefundDialog({ order, onClose }: { readonly order: AdminOrder; readonly onClose: () => void }) {
  const { text, code } = useLanguage();
  const { id, reference, currency } = order;
  const [amount, setAmount, forgetAmount] = useDraft(`refund ${id} amount`);
  const [reason, setReason, forgetReason] = useDraft(`refund ${id} reason`);
  const [acceptsLoss, setAcceptsLoss] = useState(false);
  // One dialog is one refund, however often it is sent.
  const [key] = useState(makeIdempotencyKey);
  const isWhole = amount.trim() === "";
  const amountMinor = isWhole ? null : minorOf(amount, currency);
  const isAmount = isWhole || (amountMinor !== null && amountMinor > 0);
  const { preview, error, isBusy } = useRefundPreview(order, amountMinor);
  const isReady =
    isAmount &&
    reason.trim() !== "" &&
    preview?.refusal === null &&
    !isBusy &&
    (acceptsLoss || !preview.needs_accept_loss);
  const whole = preview === undefined ? "" : majorOf(preview.refundable_minor_units, currency);
  const refund = async (): Promise<string> => {
    const body = {
      reason: reason.trim(),
      ...(amountMinor === null ? {} : { amount_minor_units: amountMinor }),
      ...(acceptsLoss ? { accept_loss: true } : {}),
    };
    const done = await act<AnswerOf<"refundOrder">>({
      path: `/admin/orders/${id}/refund`,
      body,
      idempotencyKey: key,
    });
    forgetAmount();
    forgetReason();
    const { status, amount_minor_units: minor } = done.refund;
    return text(status === "succeeded" ? "refund.done" : "refund.running", {
      amount: formatMoney(minor, currency, code),
      reference,
    });
  };
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("refund.title", { reference })}
      consequences={preview?.sentences ?? []}
      isDangerous
      isReady={isReady}
      onConfirm={refund}
    >
      {error !== null && <Failure error={error} />}
      <TextInput
        label={text("refund.amount", { currency })}
        description={text("refund.amount_help", { whole })}
        placeholder={whole}
        inputMode="decimal"
        value={amount}
        error={isAmount ? null : text("refund.amount_wrong")}
        onChange={(event) => setAmount(event.currentTarget.value)}
      />
      {preview?.needs_accept_loss === true && (
        <Checkbox
          label={text("refund.accept_loss")}
          checked={acceptsLoss}
          onChange={(event) => setAcceptsLoss(event.currentTarget.checked)}
        />
      )}
      <ReasonField value={reason} onChange={setReason} />
    </Confirm>
  );
}

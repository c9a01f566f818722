import { MultiSelect, TextInput } from "@mantine/core";
import type { AnswerOf, BodyOf } from "@tribi/client";
import { useState } from "react";
import { Confirm } from "../../act/confirm.js";
import { act } from "../../api/store.js";
import { useDraft } from "../../parts/use-draft.js";
import { useText } from "../../text/text.js";

type EventType = NonNullable<BodyOf<"createWebhookEndpoint">["types"]>[number];

/** A type that the API has and this list has not does not compile. */
const TYPES = Object.keys({
  "*": true,
  "order.created": true,
  "order.paid": true,
  "order.failed": true,
  "order.refunded": true,
  "payment.succeeded": true,
  "payment.failed": true,
  "refund.created": true,
  "refund.succeeded": true,
  "refund.failed": true,
  "esim.ready": true,
  "esim.active": true,
  "esim.failed": true,
  "esim.expired": true,
  "esim.cancelled": true,
  "top_up.done": true,
  "top_up.failed": true,
  "top_up.cancelled": true,
  "alarm.parked_money": true,
  "alarm.parked_deliveries": true,
  "alarm.refund_approvals": true,
  "alarm.disputes": true,
  "alarm.low_stock": true,
  "alarm.supplier_balance": true,
  "alarm.supplier_failing": true,
  "alarm.catalogue_syncs": true,
  "alarm.paused_plans": true,
  "alarm.paused_receivers": true,
  "alarm.failed_jobs": true,
} satisfies Record<EventType, true>) as EventType[];

interface EndpointFormProps {
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}

export function EndpointForm({ onClose, onSecret }: EndpointFormProps) {
  const text = useText();
  const [url, setUrl, forgetUrl] = useDraft("webhook url");
  const [description, setDescription, forgetDescription] = useDraft("webhook description");
  const [types, setTypes] = useState<readonly EventType[]>(["*"]);
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("webhooks.add_title")}
      consequences={[text("webhooks.add_what")]}
      isReady={url.trim() !== "" && types.length > 0}
      onConfirm={async () => {
        const body: BodyOf<"createWebhookEndpoint"> = {
          url: url.trim(),
          types: [...types],
          ...(description.trim() === "" ? {} : { description: description.trim() }),
        };
        const made = await act<AnswerOf<"createWebhookEndpoint">>({ path: "/admin/webhook-endpoints", body });
        forgetUrl();
        forgetDescription();
        onSecret(made.secret);
        return text("webhooks.added");
      }}
    >
      <TextInput
        type="url"
        label={text("column.url")}
        required
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label={text("column.description")}
        maxLength={200}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <MultiSelect
        label={text("column.types")}
        data={[...TYPES]}
        value={[...types]}
        onChange={(chosen) => setTypes(TYPES.filter((one) => chosen.includes(one)))}
      />
    </Confirm>
  );
}

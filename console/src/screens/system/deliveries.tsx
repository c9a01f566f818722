import { Modal } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { SmallTable } from "../../parts/small-table.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";

interface DeliveriesProps {
  readonly path: string;
  readonly url: string;
  readonly onClose: () => void;
}

/** The newest messages to one address, what came of each, and a way to send one again. */
export function Deliveries({ path, url, onClose }: DeliveriesProps) {
  const text = useText();
  const { may } = useOperator();
  const reading = useRead<AnswerOf<"listWebhookDeliveries">>(`${path}/deliveries`, {
    query: { page_size: 50 },
  });
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={text("webhooks.deliveries_title", { url })}
      closeButtonProps={{ "aria-label": text("act.close") }}
    >
      <Answer reading={reading}>
        {({ items }) => (
          <SmallTable
            rows={items}
            columns={Object.keys(items[0] ?? {}).filter((name) => !HIDDEN.has(name))}
            {...(may("webhooks.write")
              ? {
                  acts: ({ id }) => (
                    <ActButton
                      label={text("webhooks.redeliver")}
                      title={text("webhooks.redeliver_title", { id: Number(id) })}
                      consequences={[text("webhooks.redeliver_what", { url })]}
                      onConfirm={async () => {
                        await act({ path: `${path}/deliveries/${Number(id)}/redeliver` });
                        return text("webhooks.redelivered");
                      }}
                    />
                  ),
                }
              : {})}
          />
        )}
      </Answer>
    </Modal>
  );
}

const HIDDEN = new Set(["endpoint_id"]);

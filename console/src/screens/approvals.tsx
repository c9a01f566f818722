import { Group, Stack, Text } from "@mantine/core";
import type { Schemas } from "@tribi/client";
import { ActButton } from "../act/act-button.js";
import { act } from "../api/store.js";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { useOperator } from "../session/session.js";
import { formatMoney } from "../text/format.js";
import { useLanguage, useText } from "../text/text.js";

type Approval = Pick<
  Schemas["RefundApprovalsItem"],
  "id" | "order_id" | "amount_minor_units" | "currency" | "accepts_loss" | "requested_by" | "reason"
>;

const APPROVALS: ListView = {
  operation: "listRefundApprovals",
  title: "nav.approvals",
  columns: [
    "id",
    "order_id",
    "status",
    "amount_minor_units",
    "reason",
    "requested_by",
    "created_at",
    "expires_at",
    "decided_by",
    "decided_at",
    "decision_reason",
  ],
  options: { status: ["waiting", "approved", "declined", "expired"] },
  acts: (row) => <Decide row={row} />,
};

/** Refunds above the limit, which another person than who asked for them decides. */
export function Approvals() {
  const text = useText();
  return (
    <ListPage view={APPROVALS}>
      <Text>{text("approvals.lead")}</Text>
    </ListPage>
  );
}

function Decide({ row }: { readonly row: Row }) {
  const { text, code } = useLanguage();
  const operator = useOperator();
  if (row.status !== "waiting" || !operator.may("refunds.approve")) return null;
  const approval = row as unknown as Approval;
  const amount = formatMoney(approval.amount_minor_units, approval.currency, code);
  const about = { amount, order: approval.order_id };
  const decide = async (verb: "approve" | "decline", reason: string): Promise<void> => {
    await act({ path: `/admin/refund-approvals/${approval.id}/${verb}`, body: { reason } });
  };
  const isMine = approval.requested_by === operator.id;
  return (
    <Stack gap="xs">
      {isMine && <Text size="sm">{text("approvals.mine")}</Text>}
      <Group gap="xs">
        {!isMine && (
          <ActButton
            label={text("approvals.approve")}
            title={text("approvals.approve_title", about)}
            consequences={[
              text("approvals.approve_what", about),
              text(approval.accepts_loss ? "approvals.loss" : "approvals.taken_back"),
              text("approvals.asked", { reason: approval.reason, person: approval.requested_by }),
            ]}
            reasonDraft={`approve ${approval.id}`}
            isDangerous
            onConfirm={async (reason) => {
              await decide("approve", reason);
              return text("approvals.approved", about);
            }}
          />
        )}
        <ActButton
          label={text("approvals.decline")}
          title={text("approvals.decline_title", about)}
          consequences={[text("approvals.decline_what", about)]}
          reasonDraft={`decline ${approval.id}`}
          onConfirm={async (reason) => {
            await decide("decline", reason);
            return text("approvals.declined", about);
          }}
        />
      </Group>
    </Stack>
  );
}

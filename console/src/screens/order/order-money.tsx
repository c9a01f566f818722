import { Anchor, Group, Stack, Text } from "@mantine/core";
import type { AdminOrder } from "../../api/shapes.js";
import { Link } from "../../parts/link.js";
import { Panel } from "../../parts/panel.js";
import { Moment, Money, State } from "../../parts/values.js";
import { useText } from "../../text/text.js";

/** The order's payments, and what went back of them. */
export function OrderMoney({ order }: { readonly order: AdminOrder }) {
  const text = useText();
  const { payments, refunds } = order;
  return (
    <Panel title={text("order.money")}>
      {payments.length + refunds.length === 0 && <Text c="dimmed">{text("order.no_money")}</Text>}
      <Stack gap="xs">
        {payments.map((payment) => (
          <Group key={payment.id} gap="xs">
            <Anchor component={Link} to={`/payments/${payment.id}`} size="sm">
              {text("order.payment", { id: payment.id, provider: payment.provider })}
            </Anchor>
            <State value={payment.status} />
            <Money minor={payment.captured_minor_units} currency={payment.currency} />
            <Text size="sm" c="dimmed">
              <Moment at={payment.created_at} />
            </Text>
          </Group>
        ))}
        {refunds.map((refund) => (
          <Group key={refund.id} gap="xs">
            <Text size="sm">{text("order.refund_line", { id: refund.id })}</Text>
            <State value={refund.status} />
            <Money minor={-refund.amount_minor_units} currency={refund.currency} />
            <Text size="sm" c="dimmed">
              {refund.reason} · <Moment at={refund.created_at} />
            </Text>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

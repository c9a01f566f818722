import { Anchor, Group, Stack, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { PaymentDetail } from "../api/shapes.js";
import { useRead } from "../api/use-read.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Link } from "../parts/link.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { Moment, Money, State } from "../parts/values.js";
import { useLanguage, useText } from "../text/text.js";

export function Payment() {
  const { id } = useParams({ strict: false }) as { id: string };
  const reading = useRead<PaymentDetail>(`/admin/payments/${id}`);
  const text = useText();
  return (
    <Answer reading={reading} title={text("payment.title", { id })}>
      {(payment) => <PaymentPage payment={payment} />}
    </Answer>
  );
}

function PaymentPage({ payment }: { readonly payment: PaymentDetail }) {
  const { text, word } = useLanguage();
  const { currency } = payment;
  return (
    <Stack>
      <Group gap="sm">
        <Title order={1}>{text("payment.title", { id: payment.id })}</Title>
        <State value={payment.status} />
      </Group>
      <div className="halves">
        <Panel title={text("order.facts")}>
          <Facts
            of={[
              [
                text("column.order_id"),
                <Anchor key="o" component={Link} to={`/orders/${payment.order.id}`} size="sm">
                  {payment.order.reference}
                </Anchor>,
              ],
              [text("column.email"), payment.user.email],
              [text("column.provider"), payment.provider],
              [text("column.intent_id"), payment.intent_id ?? "–"],
              [text("column.created_at"), <Moment key="c" at={payment.created_at} />],
              [text("column.succeeded_at"), <Moment key="s" at={payment.succeeded_at} />],
              [text("column.decline_code"), payment.decline_code ?? "–"],
            ]}
          />
        </Panel>
        <Panel title={text("order.money")}>
          <Facts
            of={[
              [
                text("column.amount_minor_units"),
                <Money key="a" minor={payment.amount_minor_units} currency={currency} />,
              ],
              [
                text("column.captured_minor_units"),
                <Money key="c" minor={payment.captured_minor_units} currency={currency} />,
              ],
              [
                text("column.refunded_minor_units"),
                <Money key="r" minor={payment.refunded_minor_units} currency={currency} />,
              ],
              [
                text("column.disputed_minor_units"),
                <Money key="d" minor={payment.disputed_minor_units} currency={currency} />,
              ],
              [
                text("column.surplus_reason"),
                payment.surplus_reason === null ? "–" : word(payment.surplus_reason),
              ],
            ]}
          />
        </Panel>
      </div>
      <Panel title={text("nav.refunds")}>
        <SmallTable
          rows={payment.refunds}
          columns={[
            "id",
            "status",
            "amount_minor_units",
            "origin",
            "reason",
            "failure_reason",
            "created_at",
            "finished_at",
          ]}
        />
      </Panel>
      {payment.disputes.length > 0 && (
        <Panel title={text("nav.disputes")}>
          <SmallTable
            rows={payment.disputes}
            columns={["dispute_id", "status", "amount_minor_units", "reason", "created_at", "closed_at"]}
          />
        </Panel>
      )}
      <Panel title={text("nav.events")}>
        <SmallTable
          rows={payment.events}
          columns={["id", "kind", "outcome", "reason", "received_at", "applied_at"]}
        />
      </Panel>
      {payment.findings.length > 0 && (
        <Panel title={text("nav.reconciliation")}>
          <SmallTable
            rows={payment.findings}
            columns={["class", "action", "detail", "found_at", "closed_at"]}
          />
        </Panel>
      )}
    </Stack>
  );
}

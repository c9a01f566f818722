import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { ActButton } from "../../act/act-button.js";
import type { AdminOrder } from "../../api/shapes.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { Facts } from "../../parts/facts.js";
import { Link } from "../../parts/link.js";
import { Notes } from "../../parts/notes.js";
import { Panel } from "../../parts/panel.js";
import { Moment, Money, State } from "../../parts/values.js";
import { useOperator } from "../../session/session.js";
import { useLanguage, useText } from "../../text/text.js";
import { OrderMoney } from "./order-money.js";
import { OrderTimeline } from "./order-timeline.js";
import { RefundButton } from "./refund-button.js";

export function Order() {
  const { id } = useParams({ strict: false }) as { id: string };
  const reading = useRead<AdminOrder>(`/admin/orders/${id}`);
  const text = useText();
  return (
    <Answer reading={reading} title={text("order.facts")}>
      {(order) => <OrderPage order={order} />}
    </Answer>
  );
}

function OrderPage({ order }: { readonly order: AdminOrder }) {
  const text = useText();
  const { may } = useOperator();
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1}>{order.reference}</Title>
          <State value={order.status} />
        </Group>
        <OrderActs order={order} />
      </Group>
      <Neighbours order={order} />
      <div className="halves">
        <Stack>
          <Panel title={text("order.facts")}>
            <OrderFacts order={order} />
          </Panel>
          <OrderMoney order={order} />
          <Notes notes={order.notes} path={`/admin/orders/${order.id}/notes`} mayWrite={may("notes.write")} />
        </Stack>
        <Panel title={text("order.timeline")}>
          <OrderTimeline entries={order.timeline} />
        </Panel>
      </div>
    </Stack>
  );
}

function OrderActs({ order }: { readonly order: AdminOrder }) {
  const text = useText();
  const operator = useOperator();
  const { reference, esim_id: esimId, email } = order;
  return (
    <Group gap="xs">
      {operator.may("refunds.create") && <RefundButton order={order} />}
      {operator.may("esims.resend") && esimId !== null && (
        <ActButton
          label={text("order.resend")}
          size="sm"
          title={text("order.resend_title", { reference })}
          consequences={[text("order.resend_what", { email })]}
          onConfirm={async () => {
            await act({ path: `/admin/esims/${esimId}/resend-mail` });
            return text("order.resent", { email });
          }}
        />
      )}
    </Group>
  );
}

function OrderFacts({ order }: { readonly order: AdminOrder }) {
  const text = useText();
  const operator = useOperator();
  const plan = order.plan_snapshot as { readonly name?: string } | null;
  const esimId = order.esim_id ?? order.top_up_of_esim_id;
  const customer = operator.may("customers.read") ? (
    <Anchor component={Link} to={`/customers/${order.user_id}`} size="sm">
      {order.email}
    </Anchor>
  ) : (
    order.email
  );
  return (
    <Facts
      of={[
        [text("column.email"), customer],
        [text("column.plan_name"), plan?.name ?? "–"],
        [
          text("column.amount_minor_units"),
          <Money key="m" minor={order.amount_minor_units} currency={order.currency} />,
        ],
        [text("column.esim_status"), <EsimState key="e" order={order} esimId={esimId} />],
        ...(order.top_up_id === null
          ? []
          : ([[text("column.top_up_status"), <State key="t" value={order.top_up_status} />]] as const)),
        ...(order.failure_reason === null
          ? []
          : ([[text("column.failure_reason"), order.failure_reason]] as const)),
        [text("column.created_at"), <Moment key="c" at={order.created_at} />],
        [text("column.paid_at"), <Moment key="p" at={order.paid_at} />],
      ]}
    />
  );
}

function EsimState({ order, esimId }: { readonly order: AdminOrder; readonly esimId: number | null }) {
  const { text, word } = useLanguage();
  const parked = order.esim_parked_reason ?? order.top_up_parked_reason;
  return (
    <Group gap="xs">
      <State value={order.esim_status} />
      {esimId !== null && (
        <Anchor component={Link} to={`/esims/${esimId}`} size="sm">
          {text("order.open_esim", { id: esimId })}
        </Anchor>
      )}
      {parked !== null && (
        <Text size="sm">
          {text("order.parked", { reason: word(parked) })}{" "}
          <Anchor component={Link} to="/parked" size="sm" underline="always">
            {text("nav.parked")}
          </Anchor>
        </Text>
      )}
    </Group>
  );
}

/** The same customer's orders before and after this one. */
function Neighbours({ order }: { readonly order: AdminOrder }) {
  const text = useText();
  const { previous_order_id: previous, next_order_id: next } = order;
  if (previous === null && next === null) return null;
  return (
    <Group gap="md" component="nav" aria-label={text("order.neighbours")}>
      {previous !== null && (
        <Anchor component={Link} to={`/orders/${previous}`} size="sm">
          {text("order.previous")}
        </Anchor>
      )}
      {next !== null && (
        <Anchor component={Link} to={`/orders/${next}`} size="sm">
          {text("order.next")}
        </Anchor>
      )}
    </Group>
  );
}

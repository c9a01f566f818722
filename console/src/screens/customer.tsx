import { Anchor, Badge, Group, Stack, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { AnswerOf } from "@tribi/client";
import { ActButton } from "../act/act-button.js";
import type { Customer as CustomerDetail } from "../api/shapes.js";
import { act } from "../api/store.js";
import { useRead } from "../api/use-read.js";
import type { Row } from "../list/list-view.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Link } from "../parts/link.js";
import { Notes } from "../parts/notes.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { Moment, Money } from "../parts/values.js";
import { useOperator } from "../session/session.js";
import { useText } from "../text/text.js";
import { LimitsOf } from "./access/limits.js";
import { CustomerRights } from "./customer-rights.js";
import { referenceLink } from "./orders.js";

export function Customer() {
  const { id } = useParams({ strict: false }) as { id: string };
  const reading = useRead<CustomerDetail>(`/admin/users/${id}`);
  const text = useText();
  return (
    <Answer reading={reading} title={text("customer.facts")}>
      {(customer) => <CustomerPage customer={customer} />}
    </Answer>
  );
}

const esimLink = ({ id }: Row) => (
  <Anchor component={Link} to={`/esims/${String(id)}`} size="sm">
    {String(id)}
  </Anchor>
);

const paymentLink = ({ id }: Row) => (
  <Anchor component={Link} to={`/payments/${String(id)}`} size="sm">
    {String(id)}
  </Anchor>
);

function CustomerPage({ customer }: { readonly customer: CustomerDetail }) {
  const text = useText();
  const { may } = useOperator();
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1}>{customer.email}</Title>
          {customer.disabled_at !== null && <Badge color="red">{text("customer.disabled")}</Badge>}
        </Group>
        <Group gap="xs">
          {may("customers.write") && customer.deleted_at === null && <Access customer={customer} />}
          {may("customers.erase") && <CustomerRights customer={customer} />}
        </Group>
      </Group>
      <Panel title={text("customer.facts")}>
        <Facts
          of={[
            [text("column.id"), customer.id],
            [text("column.name"), customer.name ?? "–"],
            [text("column.created_at"), <Moment key="c" at={customer.created_at} />],
            [text("column.last_login_at"), <Moment key="l" at={customer.last_login_at} />],
            ...customer.totals.map(
              (total) =>
                [
                  text("customer.total", { count: total.orders }),
                  <span key={total.currency}>
                    <Money minor={total.paid_minor_units} currency={total.currency} />,{" "}
                    {text("customer.refunded")}{" "}
                    <Money minor={total.refunded_minor_units} currency={total.currency} />
                  </span>,
                ] as const,
            ),
          ]}
        />
      </Panel>
      <Notes
        notes={customer.notes}
        path={`/admin/users/${customer.id}/notes`}
        mayWrite={may("customers.write") && customer.deleted_at === null}
      />
      <Panel title={text("nav.orders")}>
        <SmallTable
          rows={customer.orders}
          columns={[
            { name: "reference", show: referenceLink },
            "status",
            "plan_name",
            "amount_minor_units",
            "esim_status",
            "created_at",
          ]}
        />
      </Panel>
      <Panel title={text("nav.esims")}>
        <SmallTable
          rows={customer.esims}
          columns={[{ name: "id", show: esimLink }, "order_id", "status", "supplier", "iccid", "created_at"]}
        />
      </Panel>
      <Panel title={text("nav.payments")}>
        <SmallTable
          rows={customer.payments}
          columns={[
            { name: "id", show: paymentLink },
            "order_id",
            "status",
            "amount_minor_units",
            "refunded_minor_units",
            "created_at",
          ]}
        />
      </Panel>
      <Logins userId={customer.id} />
      {may("limits.read") && <LimitsOf email={customer.email} />}
    </Stack>
  );
}

function Access({ customer }: { readonly customer: CustomerDetail }) {
  const text = useText();
  const { id, email } = customer;
  const isDisabled = customer.disabled_at !== null;
  const verb = isDisabled ? "enable" : "disable";
  return (
    <ActButton
      label={text(`customer.${verb}`)}
      size="sm"
      title={text(`customer.${verb}_title`, { email })}
      consequences={[text(`customer.${verb}_what`, { email })]}
      isDangerous={!isDisabled}
      reasonDraft={`${verb} ${id}`}
      onConfirm={async (reason) => {
        await act({ path: `/admin/users/${id}/${verb}`, body: { reason } });
        return text(`customer.${verb}_done`, { email });
      }}
    />
  );
}

function Logins({ userId }: { readonly userId: number }) {
  const text = useText();
  const reading = useRead<AnswerOf<"listLogins">>(`/admin/users/${userId}/logins`);
  return (
    <Panel title={text("customer.logins")}>
      <Answer reading={reading}>
        {({ items }) => (
          <SmallTable
            rows={items}
            columns={[
              "created_at",
              "last_used_at",
              "session_kind",
              "ip_address",
              "user_agent",
              "revoked_at",
              "revoked_because",
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

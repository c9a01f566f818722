import { Anchor, Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { Summary } from "../api/shapes.js";
import { useRead } from "../api/use-read.js";
import { Answer } from "../parts/answer.js";
import { Link } from "../parts/link.js";
import { Panel } from "../parts/panel.js";
import { Scroll } from "../parts/scroll.js";
import { Age, Moment, Money, Nothing, State } from "../parts/values.js";
import { useOperator } from "../session/session.js";
import { type TextKey, useLanguage, useText } from "../text/text.js";

/** Where each thing that waits for a person is decided. */
const PLACES: Readonly<Record<string, string>> = {
  parked_events: "/parked?kind=events",
  parked_refunds: "/parked?kind=refunds",
  surplus_payments: "/payments?surplus=true",
  parked_esims: "/parked?kind=esims",
  parked_top_ups: "/parked?kind=top_ups",
  failed_jobs: "/system?status=failed",
  refund_approvals: "/approvals?status=waiting",
  held_syncs: "/catalogue/syncs",
  open_disputes: "/disputes?status=open",
  open_findings: "/reconciliation?is_open=true",
  low_stock: "/stock",
  suppliers_in_trouble: "/suppliers",
};

function startOfToday(): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

export function Home() {
  const text = useText();
  const reading = useRead<Summary>("/admin/summary", {
    query: { since: startOfToday() },
    everyMillis: 30_000,
  });
  return (
    <Stack>
      <Title order={1}>{text("nav.home")}</Title>
      <Answer reading={reading}>{(summary) => <HomePage summary={summary} />}</Answer>
    </Stack>
  );
}

function HomePage({ summary }: { readonly summary: Summary }) {
  const text = useText();
  const { attention, disputes, low_stock: lowStock, suppliers, sales } = summary;
  return (
    <>
      <Attention items={attention} />
      <div className="halves">
        <Sales sales={sales} />
        {suppliers.length > 0 && <SupplierHealth suppliers={suppliers} />}
        {disputes.length > 0 && <Disputes disputes={disputes} />}
        {lowStock.length > 0 && (
          <Panel title={text("home.low_stock")}>
            {lowStock.map(({ plan_id: id, sku, name, available }) => (
              <Text key={id} size="sm">
                {text("home.left", { sku, name, count: available })}
              </Text>
            ))}
          </Panel>
        )}
      </div>
    </>
  );
}

function Attention({ items }: { readonly items: Summary["attention"] }) {
  const text = useText();
  if (items.length === 0) return <Text>{text("home.nothing")}</Text>;
  return (
    <section aria-label={text("home.attention")} className="tiles">
      {items.map(({ kind, count, is_capped: isCapped, oldest_at: oldestAt }) => (
        <Paper key={kind} component={Link} to={PLACES[kind] ?? "/"} withBorder p="md" className="tile-link">
          <Text fw={700} fz={26} lh={1.2}>
            {count}
            {isCapped ? "+" : ""}
          </Text>
          <Text size="sm">{text(`attention.${kind}` as TextKey)}</Text>
          {oldestAt !== null && (
            <Text size="xs" c="dimmed">
              {text("home.since")} <Age at={oldestAt} />
            </Text>
          )}
        </Paper>
      ))}
    </section>
  );
}

function Sales({ sales }: { readonly sales: Summary["sales"] }) {
  const text = useText();
  const { may } = useOperator();
  if (!may("orders.read")) return null;
  return (
    <Panel title={text("home.today")}>
      {sales.length === 0 && <Text c="dimmed">{text("home.no_sales")}</Text>}
      {sales.map((one) => (
        <div key={one.currency} className="figures">
          <Figure label={text("home.orders")}>{one.orders}</Figure>
          <Figure label={text("home.revenue")}>
            <Money minor={one.revenue_minor_units} currency={one.currency} />
          </Figure>
          <Figure label={text("home.refunded")}>
            <Money minor={one.refunded_minor_units} currency={one.currency} />
          </Figure>
          <Figure label={text("home.cost")}>
            <Maybe minor={one.cost_minor_units} currency={one.currency} />
          </Figure>
          <Figure label={text("home.margin")}>
            <Maybe minor={one.margin_minor_units} currency={one.currency} />
          </Figure>
        </div>
      ))}
    </Panel>
  );
}

/** Costs in another currency than the sale's are not known here. */
const Maybe = ({ minor, currency }: { readonly minor: number | null; readonly currency: string }) =>
  minor === null ? <Nothing /> : <Money minor={minor} currency={currency} />;

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600} fz="lg">
        {children}
      </Text>
    </div>
  );
}

function SupplierHealth({ suppliers }: { readonly suppliers: Summary["suppliers"] }) {
  const { text, word } = useLanguage();
  return (
    <Panel title={text("nav.suppliers")}>
      <Scroll>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text("column.supplier")}</Table.Th>
              <Table.Th>{text("column.balance_text")}</Table.Th>
              <Table.Th>{text("home.attempts")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {suppliers.map((one) => (
              <Table.Tr key={one.supplier}>
                <Table.Td>
                  {one.supplier}
                  {one.problem !== null && (
                    <Text size="xs" c="red">
                      {word(one.problem)}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  {one.balance_text ?? "–"} {one.balance_currency ?? ""}
                </Table.Td>
                <Table.Td>
                  {text("home.purchases", {
                    attempts: one.attempts,
                    refused: one.refused,
                    unknown: one.unknown,
                  })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Panel>
  );
}

function Disputes({ disputes }: { readonly disputes: Summary["disputes"] }) {
  const { text, word } = useLanguage();
  return (
    <Panel title={text("nav.disputes")}>
      {disputes.map((one) => (
        <Text key={one.id} size="sm">
          <Anchor component={Link} to={`/orders/${one.order_id}`} size="sm" underline="always">
            {text("home.dispute", { id: one.id })}
          </Anchor>{" "}
          <State value={one.status} /> <Money minor={one.amount_minor_units} currency={one.currency} /> ·{" "}
          {word(one.reason)}
          {one.respond_by !== null && (
            <>
              {" "}
              · {text("home.respond_by")} <Moment at={one.respond_by} />
            </>
          )}
        </Text>
      ))}
    </Panel>
  );
}

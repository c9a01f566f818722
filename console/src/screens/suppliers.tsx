import { Alert, Button, Code, Group, NativeSelect, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { AnswerOf } from "@tribi/client";
import { useState } from "react";
import { useRead } from "../api/use-read.js";
import { useListQuery } from "../list/use-list-query.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Age, Moment } from "../parts/values.js";
import { useOperator } from "../session/session.js";
import { useLanguage, useText } from "../text/text.js";
import { type History, SupplierPlots } from "./supplier-plots.js";

type Supplier = AnswerOf<"listSuppliers">[number];

export function Suppliers() {
  const text = useText();
  const reading = useRead<AnswerOf<"listSuppliers">>("/admin/suppliers", { everyMillis: 30_000 });
  const { values, change } = useListQuery();
  const days = RANGES.find((one) => String(one) === values.days) ?? 7;
  const history = useRead<History>("/admin/suppliers/history", { query: { days }, everyMillis: 300_000 });
  return (
    <Stack>
      <Title order={1}>{text("nav.suppliers")}</Title>
      <Group>
        <NativeSelect
          label={text("plots.range")}
          value={String(days)}
          data={RANGES.map((one) => ({ value: String(one), label: text("plots.days", { count: one }) }))}
          onChange={({ currentTarget: { value } }) => change({ days: value })}
        />
      </Group>
      <Answer reading={reading}>
        {(suppliers) => (
          <div className="halves">
            {suppliers.map((one) => (
              <SupplierCard
                key={one.supplier}
                of={one}
                history={history}
                slowest={Math.max(1, ...suppliers.map(({ p95_millis: p95 }) => p95 ?? 0))}
              />
            ))}
          </div>
        )}
      </Answer>
    </Stack>
  );
}

/** In days; the server draws a week and less by the hour. */
const RANGES = [1, 7, 30, 90] as const;

interface SupplierCardProps {
  readonly of: Supplier;
  readonly history: UseQueryResult<History>;
  readonly slowest: number;
}

function SupplierCard({ of: one, history, slowest }: SupplierCardProps) {
  const { text, word } = useLanguage();
  return (
    <Paper component="section" withBorder p="md" aria-label={one.supplier}>
      <Stack gap="sm">
        <Title order={2}>{one.supplier}</Title>
        {one.problem !== null && (
          <Alert color="red">
            {word(one.problem)} {one.problem_since !== null && <Age at={one.problem_since} />}
          </Alert>
        )}
        {one.catalogue_problem !== null && <Alert color="yellow">{word(one.catalogue_problem)}</Alert>}
        <Facts
          of={[
            [text("column.balance_text"), `${one.balance_text ?? "–"} ${one.balance_currency ?? ""}`],
            [text("suppliers.balance_read_at"), <Moment key="b" at={one.balance_read_at} />],
            [text("suppliers.catalogue_read_at"), <Moment key="c" at={one.catalogue_read_at} />],
            [
              text("suppliers.purchases"),
              text("suppliers.of", { count: one.purchases, missing: one.not_delivered }),
            ],
            [text("suppliers.paused_plans"), one.paused_plans],
          ]}
        />
        <Bar
          label={text("suppliers.errors")}
          share={one.error_rate}
          value={percentOf(one.error_rate)}
          color="red"
        />
        <Bar
          label={text("suppliers.median")}
          share={(one.median_millis ?? 0) / slowest}
          value={millisOf(one.median_millis)}
        />
        <Bar
          label={text("suppliers.p95")}
          share={(one.p95_millis ?? 0) / slowest}
          value={millisOf(one.p95_millis)}
        />
        <Title order={3} size="h5">
          {text("plots.over_time")}
        </Title>
        <Answer reading={history}>
          {(past) => (
            <SupplierPlots
              supplier={one.supplier}
              points={past.items.find(({ supplier }) => supplier === one.supplier)?.points ?? []}
              history={past}
            />
          )}
        </Answer>
        <WebhookAddress supplier={one.supplier} />
      </Stack>
    </Paper>
  );
}

const percentOf = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const millisOf = (millis: number | null): string => (millis === null ? "–" : `${Math.round(millis)} ms`);

interface BarProps {
  readonly label: string;
  /** Of the longest bar, from 0 to 1. */
  readonly share: number | null;
  readonly value: string;
  readonly color?: string;
}

function Bar({ label, share, value, color = "teal" }: BarProps) {
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm">{label}</Text>
        <Text size="sm">{value}</Text>
      </Group>
      <Progress value={(share ?? 0) * 100} color={color} aria-label={`${label}: ${value}`} />
    </div>
  );
}

/** Where the supplier's events go. It may hold a secret, so it is shown when it is asked for. */
function WebhookAddress({ supplier }: { readonly supplier: string }) {
  const text = useText();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState(false);
  const reading = useRead<AnswerOf<"getSupplierWebhookAddress">>(
    `/admin/suppliers/${supplier}/webhook-address`,
    {
      isEnabled: isOpen,
    },
  );
  if (!may("suppliers.write")) return null;
  if (!isOpen)
    return (
      <Group>
        <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
          {text("suppliers.webhook")}
        </Button>
      </Group>
    );
  return (
    <Answer reading={reading}>
      {({ url, authenticity, is_secret: isSecret }) => (
        <Stack gap={4}>
          <Code className="wide-code">{url}</Code>
          <Text size="sm">
            {authenticity} {isSecret && text("suppliers.secret")}
          </Text>
        </Stack>
      )}
    </Answer>
  );
}

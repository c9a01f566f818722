import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useState } from "react";
import { Plot, type PlotLine } from "../parts/plot.js";
import { SmallTable } from "../parts/small-table.js";
import { formatTime } from "../text/format.js";
import { type TextKey, useLanguage } from "../text/text.js";

export type History = AnswerOf<"listSupplierHistory">;
type Point = History["items"][number]["points"][number];

const line = (
  points: readonly Point[],
  of: (point: Point) => number | null,
  more: Pick<PlotLine, "label" | "look">,
): PlotLine => ({ ...more, points: points.map((point) => ({ at: Date.parse(point.at), value: of(point) })) });

const balanceOf = ({ balance_text: balance }: Point): number | null =>
  balance === null ? null : Number(balance);

interface SupplierPlotsProps {
  readonly supplier: string;
  readonly points: readonly Point[];
  readonly history: History;
}

/** How one supplier did: the same numbers as pictures and as a table. */
export function SupplierPlots({ supplier, points, history: { step, since, until } }: SupplierPlotsProps) {
  const { text, code } = useLanguage();
  const [isTable, setTable] = useState(false);
  if (points.length === 0) return <Text c="dimmed">{text("plots.nothing")}</Text>;
  const frame = {
    from: Date.parse(since),
    until: Date.parse(until),
    stepMillis: step === "hour" ? 3_600_000 : 86_400_000,
  };
  const number = new Intl.NumberFormat(code, { maximumFractionDigits: 2 });
  const currency = points.findLast((point) => point.balance_currency !== null)?.balance_currency ?? "";
  const plots: readonly { title: TextKey; unit: string; isBars?: boolean; lines: readonly PlotLine[] }[] = [
    {
      title: step === "hour" ? "plots.by_hour" : "plots.by_day",
      unit: "",
      isBars: true,
      lines: [
        line(points, (one) => one.purchases, { label: text("suppliers.purchases"), look: "plain" }),
        line(points, (one) => one.not_delivered, { label: text("suppliers.errors"), look: "bad" }),
      ],
    },
    {
      title: "plots.latency",
      unit: " ms",
      lines: [
        line(points, (one) => one.median_millis, { label: text("suppliers.median"), look: "plain" }),
        line(points, (one) => one.p95_millis, { label: text("suppliers.p95"), look: "dashed" }),
      ],
    },
    {
      title: "column.balance_text",
      unit: ` ${currency}`,
      lines: [line(points, balanceOf, { label: text("column.balance_text"), look: "plain" })],
    },
  ];
  return (
    <Stack gap="md">
      {plots
        .filter(({ lines }) => lines.some((one) => one.points.some(({ value }) => value !== null)))
        .map(({ title, unit, ...plot }) => (
          <Plot
            key={title}
            {...plot}
            {...frame}
            title={text(title)}
            format={(value) => `${number.format(value)}${unit}`}
            formatTime={(at) => formatTime(new Date(at).toISOString(), code)}
          />
        ))}
      <Group>
        <Anchor
          component="button"
          type="button"
          size="sm"
          aria-expanded={isTable}
          onClick={() => setTable(!isTable)}
        >
          {text(isTable ? "plots.without_table" : "plots.table", { supplier })}
        </Anchor>
      </Group>
      {isTable && (
        <>
          <Title order={3} size="h5">
            {text("plots.table_title", { supplier })}
          </Title>
          <SmallTable
            rows={points.toReversed()}
            columns={[
              "at",
              "purchases",
              "not_delivered",
              "median_millis",
              "p95_millis",
              "balance_text",
              "balance_currency",
            ]}
          />
        </>
      )}
    </Stack>
  );
}

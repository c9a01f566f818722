import { Anchor, List, Stack, Text, TextInput, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useRead } from "../api/use-read.js";
import { useListQuery } from "../list/use-list-query.js";
import { Answer } from "../parts/answer.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { useText } from "../text/text.js";

/** "2026-05" begins at the first of May and ends before the first of June, in UTC as the books do. */
function rangeOf(month: string): { readonly from: string; readonly to: string } | null {
  const [, year, number] = /^(\d{4})-(\d{2})$/.exec(month) ?? [];
  if (year === undefined || number === undefined) return null;
  const next = new Date(Date.UTC(Number(year), Number(number), 1)).toISOString().slice(0, 10);
  return { from: `${month}-01`, to: next };
}

const thisMonth = (): string => new Date().toISOString().slice(0, 7);

/** What an accountant takes home: every move of money of a month, and its sums. */
export function Exports() {
  const text = useText();
  const { values, change } = useListQuery();
  const month = values.month ?? thisMonth();
  const range = rangeOf(month);
  const query = new URLSearchParams(range ?? {}).toString();
  return (
    <Stack>
      <Title order={1}>{text("nav.exports")}</Title>
      <Text>{text("exports.lead")}</Text>
      <TextInput
        type="month"
        label={text("exports.month")}
        className="narrow"
        value={month}
        onChange={({ currentTarget: { value } }) => change({ month: value })}
      />
      {range !== null && (
        <>
          <List>
            <List.Item>
              <Anchor href={`/admin/exports/journal?${query}&format=csv`} download underline="always">
                {text("exports.journal")}
              </Anchor>
            </List.Item>
            <List.Item>
              <Anchor href={`/admin/exports/summary?${query}&format=csv`} download underline="always">
                {text("exports.summary")}
              </Anchor>
            </List.Item>
          </List>
          <Sums from={range.from} to={range.to} />
        </>
      )}
    </Stack>
  );
}

const SHOWN = [
  "day",
  "plan",
  "supplier",
  "provider",
  "payments",
  "paid_minor_units",
  "refunded_minor_units",
  "charged_back_minor_units",
  "fees_minor_units",
  "cost_minor_units",
  "margin_minor_units",
];

function Sums(range: { readonly from: string; readonly to: string }) {
  const text = useText();
  const reading = useRead<AnswerOf<"exportMoneySummary">>("/admin/exports/summary", {
    query: { ...range, format: "json" },
  });
  return (
    <Panel title={text("exports.sums")}>
      <Answer reading={reading}>
        {({ items }) => (
          <div className="sums">
            <SmallTable rows={items} columns={SHOWN} />
          </div>
        )}
      </Answer>
    </Panel>
  );
}

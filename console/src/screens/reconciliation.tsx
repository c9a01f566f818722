import { Stack } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useRead } from "../api/use-read.js";
import { ListPage } from "../list/list-page.js";
import type { ListView, Row } from "../list/list-view.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { useText } from "../text/text.js";

/** Both sides' records, a line for each thing that they say. */
function Sides({ detail }: Row) {
  const members = Object.entries((detail ?? {}) as Record<string, unknown>);
  return (
    <Facts
      of={members.map(([name, value]) => [
        name.replaceAll("_", " "),
        typeof value === "object" ? JSON.stringify(value) : String(value),
      ])}
    />
  );
}

const FINDINGS: ListView = {
  operation: "listFindings",
  title: "nav.reconciliation",
  columns: [
    "id",
    "provider",
    "class",
    "subject",
    "action",
    "order_id",
    { name: "detail", show: Sides },
    "found_at",
    "closed_at",
  ],
};

export function Reconciliation() {
  const text = useText();
  const runs = useRead<AnswerOf<"listFindings">>("/admin/reconciliation", { query: { page_size: 1 } });
  return (
    <Stack>
      <ListPage view={FINDINGS} />
      <Panel title={text("reconciliation.runs")}>
        <Answer reading={runs}>
          {({ runs: rows }) => (
            <SmallTable
              rows={rows}
              columns={[
                "provider",
                "since",
                "started_at",
                "finished_at",
                "failure",
                "intents_seen",
                "refunds_seen",
              ]}
            />
          )}
        </Answer>
      </Panel>
    </Stack>
  );
}

import { Alert, Group, Stack, Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { Schemas } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import type { Row } from "../../list/list-view.js";
import { Answer } from "../../parts/answer.js";
import { Facts } from "../../parts/facts.js";
import { Panel } from "../../parts/panel.js";
import { SmallTable } from "../../parts/small-table.js";
import { Moment, Money, Nothing, State } from "../../parts/values.js";
import { useOperator } from "../../session/session.js";
import { useLanguage, useText } from "../../text/text.js";
import { countsLine } from "./syncs.js";

type Detail = Schemas["CatalogueSyncDetail"];
type Step = Detail["steps"][number];

export function Sync() {
  const { id } = useParams({ strict: false }) as { id: string };
  const text = useText();
  const reading = useRead<Detail>(`/admin/catalogue/syncs/${id}`, { everyMillis: 5_000 });
  return (
    <Answer reading={reading} title={text("syncs.title", { id })}>
      {(sync) => <SyncPage sync={sync} />}
    </Answer>
  );
}

function SyncPage({ sync }: { readonly sync: Detail }) {
  const { text, word } = useLanguage();
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1}>{text("syncs.title", { id: sync.id })}</Title>
          <State value={sync.state} />
        </Group>
        <Decide sync={sync} />
      </Group>
      {sync.held_reason !== null && (
        <Alert color="yellow" role="note">
          {word(sync.held_reason)}
        </Alert>
      )}
      <Panel title={text("syncs.difference")}>
        <Facts
          of={[
            [text("syncs.what"), countsLine(sync.counts, text)],
            [text("syncs.applied"), sync.ends.applied],
            [text("syncs.skipped"), sync.ends.skipped],
            [text("syncs.waiting"), sync.ends.waiting],
            [text("column.actor"), sync.actor],
            [text("column.created_at"), <Moment key="c" at={sync.created_at} />],
          ]}
        />
      </Panel>
      <Panel title={text("syncs.steps")}>
        <SmallTable
          rows={sync.steps}
          columns={[
            { name: "kind", show: ({ kind }) => word(String(kind)) },
            { name: "plan", show: ({ sku, name }) => `${String(name)} (${String(sku)})` },
            { name: "prices", show: (row) => <Prices step={row as unknown as Step} /> },
            { name: "leaves", show: (row) => <Leaves step={row as unknown as Step} /> },
            { name: "suppliers", show: (row) => <Sellers step={row as unknown as Step} /> },
            { name: "came_of_it", show: (row) => <End row={row} /> },
          ]}
        />
        {sync.counts.create + sync.counts.change + sync.counts.pause > sync.steps.length && (
          <Text size="sm">{text("syncs.more_steps", { count: sync.steps.length })}</Text>
        )}
      </Panel>
      {sync.findings.length > 0 && (
        <Panel title={text("syncs.findings")}>
          <SmallTable
            rows={sync.findings}
            columns={[
              "supplier",
              "package_id",
              { name: "code", show: ({ code }) => word(String(code)) },
              "why",
            ]}
          />
        </Panel>
      )}
    </Stack>
  );
}

/** Applied by itself where nothing of it waits; what waits is accepted with its number in sight. */
function Decide({ sync }: { readonly sync: Detail }) {
  const text = useText();
  const { may } = useOperator();
  const held = sync.steps.filter(
    (step) => step.held_reason !== null && step.applied_at === null && step.skipped_reason === null,
  ).length;
  const waiting = sync.ends.waiting;
  if (!may("catalogue.write") || waiting === 0 || sync.state === "superseded") return null;
  const apply = async (acceptHeld: boolean): Promise<string> => {
    await act({ path: `/admin/catalogue/syncs/${sync.id}/apply`, body: { accept_held: acceptHeld } });
    return text("syncs.applying");
  };
  const needsAll = sync.held_reason !== null || sync.state === "done";
  return (
    <Group gap="xs">
      {!needsAll && (
        <ActButton
          label={text("syncs.apply")}
          size="sm"
          title={text("syncs.apply_title", { id: sync.id })}
          consequences={[text("syncs.apply_what", { count: waiting - held }), text("syncs.skips")]}
          onConfirm={() => apply(false)}
        />
      )}
      {(needsAll || held > 0) && (
        <ActButton
          label={text("syncs.accept")}
          size="sm"
          title={text("syncs.accept_title", { id: sync.id })}
          consequences={[
            text("syncs.accept_what", { count: waiting }),
            countsLine(sync.counts, text),
            text("syncs.skips"),
          ]}
          isDangerous
          onConfirm={() => apply(true)}
        />
      )}
    </Group>
  );
}

/** What was and what will be, in each currency that changes. */
function Prices({ step }: { readonly step: Step }) {
  const currencies = [...new Set([...Object.keys(step.before?.prices ?? {}), ...Object.keys(step.prices)])];
  if (currencies.length === 0) return <Nothing />;
  return (
    <Stack gap={2}>
      {currencies.sort().map((currency) => {
        const [before, after] = [step.before?.prices[currency], step.prices[currency]];
        return (
          <span key={currency}>
            {before !== undefined && before !== after && (
              <>
                <del>
                  <Money minor={before} currency={currency} />
                </del>{" "}
              </>
            )}
            {after === undefined ? <Nothing /> : <Money minor={after} currency={currency} />}
          </span>
        );
      })}
    </Stack>
  );
}

/** What a sale leaves after card fee and cost: as it is sold now, and as it would be. */
function Leaves({ step }: { readonly step: Step }) {
  const known = Object.entries(step.margins).filter(
    ([, { before, after }]) => before !== null || after !== null,
  );
  if (known.length === 0) return <Nothing />;
  return (
    <Stack gap={2}>
      {known.map(([currency, { before, after }]) => (
        <span key={currency}>
          {before !== null && before !== after && (
            <>
              <del>{before}</del>{" "}
            </>
          )}
          {after ?? <Nothing />} {currency}
        </span>
      ))}
    </Stack>
  );
}

const Sellers = ({ step: { suppliers, before } }: { readonly step: Step }) => {
  const shown = suppliers ?? before?.suppliers ?? [];
  return shown.length === 0 ? <Nothing /> : shown.join(", ");
};

function End({ row }: { readonly row: Row }) {
  const { text, word } = useLanguage();
  const step = row as unknown as Step;
  if (step.applied_at !== null) return <State value="applied" />;
  if (step.skipped_reason !== null) return word(step.skipped_reason);
  if (step.held_reason !== null) return `${text("syncs.waits")}: ${word(step.held_reason)}`;
  return <State value="waiting" />;
}

import { Anchor, Button, Checkbox, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useListQuery } from "../../list/use-list-query.js";
import { Failure } from "../../parts/failure.js";
import { Link } from "../../parts/link.js";
import { Age, Money } from "../../parts/values.js";
import { useOperator } from "../../session/session.js";
import { useLanguage, useText } from "../../text/text.js";
import { BulkProgress } from "./bulk-progress.js";
import { DecideDialog } from "./decide-dialog.js";
import { callOf, type Decided, PERMISSION_TO_DECIDE } from "./decisions.js";
import { Evidence } from "./evidence.js";
import { isAlike, PARKED_KINDS, type ParkedCase, useParkedCases } from "./parked-case.js";
import { useBulk } from "./use-bulk.js";

/** One list over everything that waits for a person's decision. */
export function Parked() {
  const text = useText();
  const { values } = useListQuery();
  const { cases: all, isBusy, error, refetch } = useParkedCases();
  const bulk = useBulk("decisions");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [deciding, setDeciding] = useState<readonly ParkedCase[]>([]);
  const cases = all.filter(({ kind }) => values.kind === undefined || kind === values.kind);
  const selected = cases.filter(({ key }) => chosen.has(key));
  const decide = (decided: Decided): void => {
    bulk.start(
      deciding.map((one) => ({
        ...callOf(one, decided),
        key: one.key,
        label: text("decide.title_one", { kind: text(`parked.${one.kind}_one`), id: one.id }),
      })),
    );
    setDeciding([]);
    setChosen(new Set());
  };
  return (
    <Stack>
      <Title order={1}>{text("nav.parked")}</Title>
      <Kinds cases={all} />
      <BulkProgress bulk={bulk} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {isBusy && <Loader aria-label={text("list.loading")} />}
      {!isBusy && cases.length === 0 && error === null && <Text>{text("parked.none")}</Text>}
      {selected.length > 0 && (
        <Group>
          <Button size="sm" onClick={() => setDeciding(selected)}>
            {text("parked.decide_many", { count: selected.length })}
          </Button>
          <Button size="sm" variant="default" onClick={() => setChosen(new Set())}>
            {text("parked.choose_none")}
          </Button>
        </Group>
      )}
      {cases.map((one) => (
        <Case
          key={one.key}
          of={one}
          isChosen={chosen.has(one.key)}
          alike={cases.filter((other) => isAlike(one, other))}
          // Cases of another sort take other decisions: they are not chosen together.
          isFree={selected[0] === undefined || isAlike(selected[0], one)}
          onChoose={(keys) => setChosen(new Set(keys))}
          chosen={chosen}
          onDecide={() => setDeciding([one])}
        />
      ))}
      {deciding.length > 0 && (
        <DecideDialog
          key={deciding[0]?.key}
          cases={deciding}
          onClose={() => setDeciding([])}
          onDecide={decide}
        />
      )}
    </Stack>
  );
}

/** How many there are of each kind, and only those when it is pressed. */
function Kinds({ cases }: { readonly cases: readonly ParkedCase[] }) {
  const text = useText();
  const { values, change } = useListQuery();
  return (
    <Group gap="xs" role="group" aria-label={text("list.filters")}>
      {[undefined, ...PARKED_KINDS].map((kind) => {
        const count = kind === undefined ? cases.length : cases.filter((one) => one.kind === kind).length;
        const isOn = values.kind === kind;
        return (
          <Button
            key={kind ?? "all"}
            size="compact-sm"
            variant={isOn ? "filled" : "default"}
            aria-pressed={isOn}
            onClick={() => change({ kind: kind ?? null })}
          >
            {text(kind === undefined ? "list.all" : `parked.${kind}`)} ({count})
          </Button>
        );
      })}
    </Group>
  );
}

interface CaseProps {
  readonly of: ParkedCase;
  readonly isChosen: boolean;
  readonly isFree: boolean;
  readonly alike: readonly ParkedCase[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (keys: readonly string[]) => void;
  readonly onDecide: () => void;
}

function Case({ of: one, isChosen, isFree, alike, chosen, onChoose, onDecide }: CaseProps) {
  const { text, word } = useLanguage();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState(false);
  const name = text("decide.title_one", { kind: text(`parked.${one.kind}_one`), id: one.id });
  const mayDecide = may(PERMISSION_TO_DECIDE[one.kind]);
  const toggle = (): void =>
    onChoose(isChosen ? [...chosen].filter((key) => key !== one.key) : [...chosen, one.key]);
  return (
    <Paper component="article" withBorder p="sm" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="sm">
            {mayDecide && (
              <Checkbox aria-label={name} checked={isChosen} disabled={!isFree} onChange={toggle} />
            )}
            <CaseName of={one} />
          </Group>
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {text("parked.evidence")}
            </Button>
            {mayDecide && alike.length > 1 && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => onChoose(alike.map(({ key }) => key))}
              >
                {text("parked.choose_alike", { count: alike.length })}
              </Button>
            )}
            {mayDecide && (
              <Button size="compact-sm" variant="light" onClick={onDecide}>
                {text("parked.decide")}
              </Button>
            )}
          </Group>
        </Group>
        <Text size="sm">
          {[one.reason, one.partner].filter((part) => part !== "").map((part) => `${word(part)} · `)}
          <Age at={one.since} />
          {one.amount !== null && (
            <>
              {" "}
              · <Money minor={one.amount.minor} currency={one.amount.currency} />
            </>
          )}
        </Text>
        {isOpen && <Evidence of={one} />}
      </Stack>
    </Paper>
  );
}

function CaseName({ of: one }: { readonly of: ParkedCase }) {
  const text = useText();
  return (
    <Text component="h2" fz="md" fw={600}>
      {text(`parked.${one.kind}_one`)} {one.id}
      {one.orderId !== null && (
        <>
          {" · "}
          <Anchor component={Link} to={`/orders/${one.orderId}`} fz="md">
            {text("parked.order", { id: one.orderId })}
          </Anchor>
        </>
      )}
    </Text>
  );
}

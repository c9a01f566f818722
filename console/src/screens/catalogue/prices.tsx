import { Alert, Anchor, Button, Group, JsonInput, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { Schemas } from "@tribi/client";
import { useState } from "react";
import { Confirm } from "../../act/confirm.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { Facts } from "../../parts/facts.js";
import { Failure } from "../../parts/failure.js";
import { Panel } from "../../parts/panel.js";
import { SmallTable } from "../../parts/small-table.js";
import { useDraft } from "../../parts/use-draft.js";
import { Moment } from "../../parts/values.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";
import { SimulationView } from "./simulation.js";

type RuleSet = Schemas["PriceRuleSet"];
type Rule = RuleSet["rules"][number];
type Simulation = Schemas["PriceSimulation"];

/** The rules by which prices are made: as they are, and what others would do to the catalogue before they count. */
export function Prices() {
  const text = useText();
  const { may } = useOperator();
  const reading = useRead<RuleSet>("/admin/price-rules");
  return (
    <Stack>
      <Title order={1}>{text("nav.prices")}</Title>
      <Text>{text("prices.lead")}</Text>
      <Answer reading={reading}>
        {(rules) => (
          <>
            <Current rules={rules} />
            {may("catalogue.write") && <Editor key={rules.version} rules={rules} />}
          </>
        )}
      </Answer>
    </Stack>
  );
}

function Current({ rules }: { readonly rules: RuleSet }) {
  const text = useText();
  return (
    <Panel title={text("prices.current", { version: rules.version })}>
      <Facts
        of={[
          [text("prices.currencies"), rules.currencies.join(", ") || "–"],
          [
            text("prices.fees"),
            rules.fees.map(({ provider, percent }) => `${provider} ${percent} %`).join(", ") || "–",
          ],
          [text("column.changed_by"), rules.changed_by ?? "–"],
          [text("column.changed_at"), <Moment key="c" at={rules.changed_at} />],
        ]}
      />
      {rules.notes.map((note) => (
        <Alert key={note} color="yellow" role="note">
          {note}
        </Alert>
      ))}
      <SmallTable
        rows={rules.rules.map((rule, index) => ({ ...rule, position: index + 1 }))}
        columns={[
          "position",
          "name",
          { name: "when", show: (row) => conditionsOf(row as unknown as Rule, text("prices.always")) },
          { name: "margin_percent", show: (row) => `${(row as unknown as Rule).result.margin_percent} %` },
          { name: "result", show: (row) => resultOf(row as unknown as Rule) },
        ]}
      />
    </Panel>
  );
}

const conditionsOf = ({ when }: Rule, always: string): string =>
  Object.entries(when)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${wordsOf(value)}`)
    .join("; ") || always;

const resultOf = ({ result: { margin_percent: _, ...rest } }: Rule): string =>
  Object.entries(rest)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${wordsOf(value)}`)
    .join("; ");

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} ${String(one)}`)
    .join(", ");
}

/** Rules are written as the API has them; nothing of them counts before it was tried. */
function Editor({ rules }: { readonly rules: RuleSet }) {
  const text = useText();
  const { currencies, fees, rules: list, version } = rules;
  const [typed, setTyped, forgetTyped] = useDraft(
    `price rules ${version}`,
    JSON.stringify({ currencies, fees, rules: list }, null, 2),
  );
  const [tried, setTried] = useState<{ readonly rules: string; readonly what: Simulation } | null>(null);
  const [isAsked, setAsked] = useState(false);
  const parsed = parse(typed);
  const trying = useMutation({
    mutationFn: (body: object) =>
      act<Simulation>({ path: "/admin/price-rules/simulate", body, isRepeatable: true }),
    onSuccess: (what, body) => setTried({ rules: JSON.stringify(body), what }),
  });
  // What is saved is what was tried: a letter more, and it is tried again.
  const isTried = tried !== null && tried.rules === JSON.stringify(parsed);
  return (
    <Panel title={text("prices.try")}>
      <JsonInput
        label={text("prices.rules")}
        description={
          <>
            {text("prices.rules_help")}{" "}
            <Anchor href="/docs/" size="xs" underline="always">
              {text("prices.reference")}
            </Anchor>
          </>
        }
        autosize
        minRows={8}
        maxRows={24}
        value={typed}
        onChange={setTyped}
        error={parsed === null ? text("prices.not_json") : undefined}
      />
      <Group gap="xs">
        <Button
          disabled={parsed === null}
          loading={trying.isPending}
          onClick={() => parsed !== null && trying.mutate(parsed)}
        >
          {text("prices.simulate")}
        </Button>
        <Button variant="default" disabled={!isTried} onClick={() => setAsked(true)}>
          {text("prices.save")}
        </Button>
      </Group>
      {trying.isError && <Failure error={trying.error} />}
      {isTried && <SimulationView of={tried.what} />}
      {isTried && (
        <Confirm
          isOpen={isAsked}
          onClose={() => setAsked(false)}
          title={text("prices.save_title", { version })}
          consequences={[
            text("prices.save_what", {
              up: tried.what.up,
              down: tried.what.down,
              offered: tried.what.offered,
            }),
            text("prices.save_when"),
          ]}
          isDangerous
          onConfirm={async () => {
            await act({
              method: "PUT",
              path: "/admin/price-rules",
              body: { ...parsed, version },
            });
            forgetTyped();
            return text("prices.saved");
          }}
        />
      )}
    </Panel>
  );
}

function parse(typed: string): object | null {
  try {
    const value: unknown = JSON.parse(typed);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** What suppliers' costs are converted with, and how old it is. */
export function Rates() {
  const text = useText();
  const reading = useRead<Schemas["ExchangeRates"]>("/admin/exchange-rates");
  return (
    <Stack>
      <Title order={1}>{text("nav.rates")}</Title>
      <Text>{text("rates.lead")}</Text>
      <Answer reading={reading}>
        {(rates) => (
          <>
            {rates.some((rate) => !rate.is_fresh) && (
              <Alert color="yellow" role="note">
                {text("rates.old")}
              </Alert>
            )}
            <SmallTable
              rows={rates}
              columns={[
                { name: "pair", show: ({ base, currency }) => `1 ${String(base)} = … ${String(currency)}` },
                "rate",
                "as_of",
                "imported_at",
                {
                  name: "is_fresh",
                  show: ({ is_fresh: isFresh }) => text(isFresh === true ? "list.yes" : "list.no"),
                },
              ]}
            />
          </>
        )}
      </Answer>
    </Stack>
  );
}

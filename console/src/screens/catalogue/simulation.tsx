import { Alert, Stack, Text } from "@mantine/core";
import type { Schemas } from "@tribi/client";
import { Facts } from "../../parts/facts.js";
import { SmallTable } from "../../parts/small-table.js";
import { Money, Nothing } from "../../parts/values.js";
import { useLanguage, useText } from "../../text/text.js";

type Simulation = Schemas["PriceSimulation"];
/** More are no reading for a person; the API has two hundred. */
const CHANGES_SHOWN = 50;

type Change = Simulation["changes"][number];

/** What rules would do to the whole catalogue: counts, how much each price would leave, and the first changes. */
export function SimulationView({ of: what }: { readonly of: Simulation }) {
  const { text, word } = useLanguage();
  const shown = what.changes.slice(0, CHANGES_SHOWN);
  const refused = Object.entries(what.refused as Readonly<Record<string, number>>);
  return (
    <Stack gap="sm">
      <Facts
        of={[
          [text("prices.plans"), what.plans],
          [text("prices.up"), what.up],
          [text("prices.down"), what.down],
          [text("prices.equal"), what.equal],
          [text("prices.offered"), what.offered],
          [text("prices.without_cost"), what.without_cost],
          ...refused.map(([code, count]) => [`${text("prices.refused")}: ${word(code)}`, count] as const),
        ]}
      />
      {what.notes.map((note) => (
        <Alert key={note} color="yellow" role="note">
          {note}
        </Alert>
      ))}
      <Margins of={what.margins} />
      <SmallTable
        rows={shown}
        columns={[
          "sku",
          { name: "before", show: (row) => <Amount of={row as unknown as Change} at="before_minor_units" /> },
          { name: "after", show: (row) => <Amount of={row as unknown as Change} at="after_minor_units" /> },
          "rule",
          "profit_percent",
          {
            name: "refused",
            show: (row) => (row as unknown as Change).refused?.why ?? <Nothing />,
          },
        ]}
      />
      {what.change_count > shown.length && (
        <Text size="sm">{text("prices.more", { count: what.change_count - shown.length })}</Text>
      )}
    </Stack>
  );
}

function Amount({
  of: change,
  at,
}: {
  readonly of: Change;
  readonly at: "before_minor_units" | "after_minor_units";
}) {
  const minor = change[at];
  return minor === null ? <Nothing /> : <Money minor={minor} currency={change.currency} />;
}

const STEP_PERCENT = 10;

/** A bar for each ten percent of profit; the longest one is as wide as its place. */
function Margins({ of: margins }: { readonly of: Simulation["margins"] }) {
  const text = useText();
  if (margins.length === 0) return null;
  const most = Math.max(...margins.map(({ count }) => count));
  return (
    <figure className="bars" aria-label={text("prices.margins")}>
      <figcaption>{text("prices.margins")}</figcaption>
      <dl>
        {margins.map(({ from_percent: from, count }) => (
          <div key={from}>
            <dt>
              {from}–{from + STEP_PERCENT} %
            </dt>
            <dd>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect
                  width={Math.max(1, (count / most) * 100)}
                  height="10"
                  className={from < 0 ? "loss" : ""}
                />
              </svg>
              <span>{count}</span>
            </dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

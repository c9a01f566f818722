import { Stack, Text, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useRead } from "../../api/use-read.js";
import { Failure } from "../../parts/failure.js";
import { SmallTable } from "../../parts/small-table.js";
import { Money, Nothing } from "../../parts/values.js";
import { useText } from "../../text/text.js";

type Priced = AnswerOf<"explainPlanPrice">["prices"][number];
type Explanation = NonNullable<Priced["by_rule"]>["explanation"];

/** A line for each currency: what the price by the rules is made of, beside the one that is published. */
export function PlanPrice({ planId }: { readonly planId: number }) {
  const text = useText();
  const { data, error } = useRead<AnswerOf<"explainPlanPrice">>(`/admin/plans/${planId}/price`);
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return null;
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {text("plans.price_title")}
      </Title>
      {data.rules_version === 0 ? (
        <Text size="sm">{text("plans.price_no_rules")}</Text>
      ) : (
        <SmallTable rows={data.prices.map(lineOf)} columns={[...COLUMNS]} />
      )}
    </Stack>
  );
}

const COLUMNS = [
  "currency",
  {
    name: "published",
    show: ({ published, currency }: Record<string, unknown>) => amount(published, currency),
  },
  {
    name: "price_by_rule",
    show: ({ by_rule, currency }: Record<string, unknown>) => amount(by_rule, currency),
  },
  "cost",
  "rate",
  "rule",
  "margin",
  "card_fee",
  "rounding",
  "leaves",
  "refused",
] as const;

const amount = (minor: unknown, currency: unknown) =>
  typeof minor === "number" ? <Money minor={minor} currency={String(currency)} /> : <Nothing />;

function lineOf({ currency, published, by_rule: byRule }: Priced) {
  return {
    currency,
    published: published?.amount_minor_units ?? null,
    by_rule: byRule?.amount_minor_units ?? null,
    refused: byRule?.refused?.why ?? null,
    ...(byRule === null ? {} : partsOf(byRule.explanation)),
  };
}

function partsOf({
  cost,
  rate,
  cost_in_currency: converted,
  rule,
  margin,
  fee,
  rounding,
  profit,
}: Explanation) {
  return {
    cost: `${cost.amount} ${cost.currency}${rate === null || converted === null ? "" : ` = ${converted}`}`,
    rate: rate === null ? null : `${rate.value} (${rate.as_of})`,
    rule: rule === null ? null : `${rule.position}. ${rule.name}`,
    margin,
    card_fee: fee === null ? null : `${fee.amount} (${fee.provider})`,
    rounding,
    leaves: profit,
  };
}

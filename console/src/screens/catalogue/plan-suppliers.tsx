import { Button, Group, Loader, Stack, TextInput } from "@mantine/core";
import type { AnswerOf, BodyOf } from "@tribi/client";
import { useState } from "react";
import { Confirm } from "../../act/confirm.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Failure } from "../../parts/failure.js";
import { SmallTable } from "../../parts/small-table.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";
import { PlanPrice } from "./plan-price.js";
import type { AdminPlan } from "./plans.js";

type Source = AnswerOf<"getPlanSuppliers">[number];
type Line = { readonly supplier: string; readonly package_id: string; readonly top_up_package_id: string };

interface PlanSuppliersProps {
  readonly plan: AdminPlan;
  readonly onClose: () => void;
}

/** Where a plan is bought, the first supplier first, and what its price is made of. */
export function PlanSuppliers({ plan, onClose }: PlanSuppliersProps) {
  const text = useText();
  const { may } = useOperator();
  const { data, error } = useRead<AnswerOf<"getPlanSuppliers">>(`/admin/plans/${plan.id}/suppliers`);
  const [lines, setLines] = useState<readonly Line[] | null>(null);
  const shown = lines ?? (data ?? []).map(lineOf);
  const save = async (): Promise<string> => {
    const body: BodyOf<"replacePlanSuppliers"> = { suppliers: shown.map(sourceOf) };
    await act({ method: "PUT", path: `/admin/plans/${plan.id}/suppliers`, body });
    return text("plans.suppliers_saved", { sku: plan.sku });
  };
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("plans.suppliers_title", { sku: plan.sku })}
      consequences={[text("plans.suppliers_what")]}
      isReady={lines !== null && shown.every(({ supplier }) => supplier.trim() !== "")}
      onConfirm={save}
    >
      {error !== null && <Failure error={error} />}
      {data === undefined && error === null && <Loader aria-label={text("list.loading")} />}
      {data !== undefined && (
        <SmallTable
          rows={data}
          columns={[
            "supplier",
            "package_id",
            "rank",
            "cost_text",
            "cost_currency",
            "paused_reason",
            "checked_at",
          ]}
        />
      )}
      <PlanPrice planId={plan.id} />
      {data !== undefined && may("suppliers.write") && <Lines lines={shown} onChange={setLines} />}
    </Confirm>
  );
}

const lineOf = (source: Source): Line => ({
  supplier: source.supplier,
  package_id: source.package_id,
  top_up_package_id: source.top_up_package_id ?? "",
});

const sourceOf = (line: Line, index: number): BodyOf<"replacePlanSuppliers">["suppliers"][number] => ({
  supplier: line.supplier.trim(),
  ...(line.package_id.trim() === "" ? {} : { package_id: line.package_id.trim() }),
  ...(line.top_up_package_id.trim() === "" ? {} : { top_up_package_id: line.top_up_package_id.trim() }),
  rank: index + 1,
});

const MEMBERS = ["supplier", "package_id", "top_up_package_id"] as const;

function Lines({
  lines,
  onChange,
}: {
  readonly lines: readonly Line[];
  readonly onChange: (lines: readonly Line[]) => void;
}) {
  const text = useText();
  const label = {
    supplier: text("column.supplier"),
    package_id: text("column.package_id"),
    top_up_package_id: text("plans.top_up_package"),
  };
  return (
    <Stack gap="xs">
      {lines.map((line, index) => (
        <Group
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
          key={index}
          gap="xs"
          align="flex-end"
          role="group"
          aria-label={text("plans.line", { rank: index + 1 })}
        >
          {MEMBERS.map((member) => (
            <TextInput
              key={member}
              size="xs"
              label={label[member]}
              value={line[member]}
              onChange={({ currentTarget: { value } }) =>
                onChange(lines.map((one, at) => (at === index ? { ...one, [member]: value } : one)))
              }
            />
          ))}
          <Button size="xs" variant="default" onClick={() => onChange(lines.filter((_, at) => at !== index))}>
            {text("act.delete")}
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          onClick={() => onChange([...lines, { supplier: "", package_id: "", top_up_package_id: "" }])}
        >
          {text("act.add")}
        </Button>
      </Group>
    </Stack>
  );
}

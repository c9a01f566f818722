import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useMemo } from "react";
import { Confirm } from "../../act/confirm.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { useDraft } from "../../parts/use-draft.js";
import { useText } from "../../text/text.js";
import { bodyOf, changesOf, draftOf, type PlanDraft, pricesOf } from "./plan-draft.js";
import type { AdminPlan } from "./plans.js";

const PAGE = { page_size: 200, sort_by: "name", sort_order: "asc" } as const;

interface PlanFormProps {
  /** Null for a new one. */
  readonly plan: AdminPlan | null;
  readonly onClose: () => void;
}

/** A plan's members in one dialog; what was typed is kept until it is saved. */
export function PlanForm({ plan, onClose }: PlanFormProps) {
  const text = useText();
  const initial = useMemo(() => JSON.stringify(draftOf(plan)), [plan]);
  const [kept, keep, forget] = useDraft(`plan ${plan?.id ?? "new"}`, initial);
  const draft = JSON.parse(kept) as PlanDraft;
  const changes = plan === null ? bodyOf(draft) : changesOf(draftOf(plan), draft);
  const isReady =
    draft.name.trim() !== "" &&
    /^\d+$/.test(draft.duration_days) &&
    draft.carrier_id !== "" &&
    (draft.is_unlimited || /^\d+([.,]\d+)?$/.test(draft.data_gb)) &&
    pricesOf(draft.prices) !== null &&
    Object.keys(changes).length > 0;
  const save = async (): Promise<string> => {
    if (plan === null) await act({ path: "/admin/plans", body: changes });
    else await act({ method: "PATCH", path: `/admin/plans/${plan.id}`, body: changes });
    forget();
    return text("plans.saved", { name: draft.name });
  };
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={plan === null ? text("plans.add") : text("plans.change_title", { sku: plan.sku })}
      consequences={[text(plan === null ? "plans.add_what" : "plans.change_what")]}
      isReady={isReady}
      onConfirm={save}
    >
      <PlanFields draft={draft} onChange={(some) => keep(JSON.stringify({ ...draft, ...some }))} />
    </Confirm>
  );
}

interface PlanFieldsProps {
  readonly draft: PlanDraft;
  readonly onChange: (some: Partial<PlanDraft>) => void;
}

function PlanFields({ draft, onChange }: PlanFieldsProps) {
  const text = useText();
  const field = (name: Exclude<keyof PlanDraft, "is_unlimited">) => ({
    value: draft[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  return (
    <>
      <TextInput label={text("column.sku")} maxLength={64} {...field("sku")} />
      <TextInput label={text("column.name")} required maxLength={200} {...field("name")} />
      <Textarea
        label={text("plans.description")}
        maxLength={2_000}
        autosize
        minRows={2}
        {...field("description")}
      />
      <Checkbox
        label={text("plans.unlimited")}
        checked={draft.is_unlimited}
        onChange={(event) => onChange({ is_unlimited: event.currentTarget.checked })}
      />
      {!draft.is_unlimited && (
        <TextInput label={text("column.data_gb")} required inputMode="decimal" {...field("data_gb")} />
      )}
      <TextInput
        label={text("column.duration_days")}
        required
        inputMode="numeric"
        {...field("duration_days")}
      />
      <Places draft={draft} onChange={onChange} />
      <TextInput label={text("plans.region")} maxLength={100} {...field("region")} />
      <Textarea
        label={text("column.prices")}
        description={text("plans.prices_help")}
        required
        autosize
        minRows={2}
        error={pricesOf(draft.prices) === null ? text("plans.prices_wrong") : null}
        {...field("prices")}
      />
    </>
  );
}

function Places({ draft, onChange }: PlanFieldsProps) {
  const text = useText();
  const countries = useRead<AnswerOf<"listAdminCountries">>("/admin/countries", { query: PAGE });
  const more = useRead<AnswerOf<"listAdminCountries">>("/admin/countries", { query: { ...PAGE, page: 2 } });
  const carriers = useRead<AnswerOf<"listCarriers">>("/admin/carriers", { query: PAGE });
  const options = (items: readonly { readonly id: number; readonly name: string }[]) =>
    items.map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <>
      <Select
        label={text("column.country")}
        searchable
        clearable
        data={options([...(countries.data?.items ?? []), ...(more.data?.items ?? [])])}
        value={draft.country_id === "" ? null : draft.country_id}
        onChange={(value) => onChange({ country_id: value ?? "" })}
      />
      <Select
        label={text("column.carrier")}
        required
        searchable
        data={options(carriers.data?.items ?? [])}
        value={draft.carrier_id === "" ? null : draft.carrier_id}
        onChange={(value) => onChange({ carrier_id: value ?? "" })}
      />
    </>
  );
}

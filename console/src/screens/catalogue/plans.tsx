import { Button, Group } from "@mantine/core";
import type { Schemas } from "@tribi/client";
import { useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useOperator } from "../../session/session.js";
import { formatMoney } from "../../text/format.js";
import { useLanguage, useText } from "../../text/text.js";
import { PlanForm } from "./plan-form.js";
import { PlanSuppliers } from "./plan-suppliers.js";

export type AdminPlan = Schemas["AdminPlan"];

const planOf = (row: Row): AdminPlan => row as unknown as AdminPlan;

function Prices({ of: { prices } }: { readonly of: AdminPlan }) {
  const { code } = useLanguage();
  return prices.map(({ currency, amount_minor_units: minor }) => (
    <div key={currency} className="money">
      {formatMoney(minor, currency, code)}
    </div>
  ));
}

function Data({ of: plan }: { readonly of: AdminPlan }) {
  const text = useText();
  return plan.is_unlimited ? text("plans.unlimited_short") : plan.data_gb;
}

const PLANS: ListView = {
  operation: "listAdminPlans",
  title: "nav.plans",
  columns: [
    "sku",
    "name",
    { name: "country", show: (row) => planOf(row).country?.name ?? planOf(row).region ?? "–" },
    { name: "carrier", show: (row) => planOf(row).carrier.name },
    { name: "data_gb", show: (row) => <Data of={planOf(row)} /> },
    "duration_days",
    { name: "prices", sortBy: "price_usd", show: (row) => <Prices of={planOf(row)} /> },
    "is_active",
    "paused_reason",
  ],
  acts: (row) => <PlanActs of={planOf(row)} />,
};

export function Plans() {
  const text = useText();
  const { may } = useOperator();
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <ListPage
        view={PLANS}
        acts={
          may("catalogue.write") && (
            <Button size="compact-md" onClick={() => setAdding(true)}>
              {text("plans.add")}
            </Button>
          )
        }
      />
      {isAdding && <PlanForm plan={null} onClose={() => setAdding(false)} />}
    </>
  );
}

function PlanActs({ of: plan }: { readonly of: AdminPlan }) {
  const { text, code } = useLanguage();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState<"form" | "suppliers" | null>(null);
  return (
    <Group gap={4}>
      <Button
        component="a"
        href={`${code === "es" ? "/es" : ""}/checkout/${plan.id}`}
        target="_blank"
        rel="noreferrer"
        size="compact-sm"
        variant="default"
        aria-label={text("plans.view_name", { sku: plan.sku })}
      >
        {text("plans.view")}
      </Button>
      {may("suppliers.read") && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen("suppliers")}>
          {text("plans.suppliers")}
        </Button>
      )}
      {may("catalogue.write") && (
        <>
          <Button size="compact-sm" variant="default" onClick={() => setOpen("form")}>
            {text("act.change")}
          </Button>
          <Pause of={plan} />
          <Delete of={plan} />
        </>
      )}
      {isOpen === "form" && <PlanForm plan={plan} onClose={() => setOpen(null)} />}
      {isOpen === "suppliers" && <PlanSuppliers plan={plan} onClose={() => setOpen(null)} />}
    </Group>
  );
}

function Pause({ of: { id, sku, paused_reason: paused } }: { readonly of: AdminPlan }) {
  const text = useText();
  if (paused !== null)
    return (
      <ActButton
        label={text("plans.resume")}
        title={text("plans.resume_title", { sku })}
        consequences={[text("plans.resume_what", { sku })]}
        onConfirm={async () => {
          await act({ method: "PATCH", path: `/admin/plans/${id}`, body: { paused_reason: null } });
          return text("plans.resumed", { sku });
        }}
      />
    );
  return (
    <ActButton
      label={text("plans.pause")}
      title={text("plans.pause_title", { sku })}
      consequences={[text("plans.pause_what", { sku })]}
      reasonDraft={`pause plan ${id}`}
      onConfirm={async (reason) => {
        await act({ method: "PATCH", path: `/admin/plans/${id}`, body: { paused_reason: reason } });
        return text("plans.paused", { sku });
      }}
    />
  );
}

function Delete({ of: { id, sku } }: { readonly of: AdminPlan }) {
  const text = useText();
  return (
    <ActButton
      label={text("act.delete")}
      title={text("plans.delete_title", { sku })}
      consequences={[text("plans.delete_what", { sku })]}
      isDangerous
      onConfirm={async () => {
        await act({ method: "DELETE", path: `/admin/plans/${id}` });
        return text("plans.deleted", { sku });
      }}
    />
  );
}

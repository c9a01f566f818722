import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { Confirm } from "../../act/confirm.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useDraft } from "../../parts/use-draft.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";

interface Kind {
  readonly path: "/admin/countries" | "/admin/carriers";
  readonly members: readonly string[];
}

const COUNTRY: Kind = { path: "/admin/countries", members: ["iso2", "iso3", "name"] };
const CARRIER: Kind = { path: "/admin/carriers", members: ["name"] };

const COUNTRIES: ListView = {
  operation: "listAdminCountries",
  title: "nav.countries",
  columns: ["iso2", "iso3", "name", "plan_count", "updated_at"],
  acts: (row) => <PlaceActs kind={COUNTRY} row={row} />,
};

const CARRIERS: ListView = {
  operation: "listCarriers",
  title: "nav.carriers",
  columns: ["name", "plan_count", "updated_at"],
  acts: (row) => <PlaceActs kind={CARRIER} row={row} />,
};

export const Countries = () => <ListPage view={COUNTRIES} acts={<AddButton kind={COUNTRY} />} />;
export const Carriers = () => <ListPage view={CARRIERS} acts={<AddButton kind={CARRIER} />} />;

function AddButton({ kind }: { readonly kind: Kind }) {
  const text = useText();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState(false);
  if (!may("catalogue.write")) return null;
  return (
    <>
      <Button size="compact-md" onClick={() => setOpen(true)}>
        {text("act.add")}
      </Button>
      {isOpen && <PlaceForm kind={kind} row={null} onClose={() => setOpen(false)} />}
    </>
  );
}

function PlaceActs({ kind, row }: { readonly kind: Kind; readonly row: Row }) {
  const text = useText();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState(false);
  if (!may("catalogue.write")) return null;
  const name = String(row.name);
  return (
    <Group gap={4}>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {text("act.change")}
      </Button>
      <ActButton
        label={text("act.delete")}
        title={text("places.delete_title", { name })}
        consequences={[text("places.delete_what", { name })]}
        isDangerous
        onConfirm={async () => {
          await act({ method: "DELETE", path: `${kind.path}/${String(row.id)}` });
          return text("places.deleted", { name });
        }}
      />
      {isOpen && <PlaceForm kind={kind} row={row} onClose={() => setOpen(false)} />}
    </Group>
  );
}

interface PlaceFormProps {
  readonly kind: Kind;
  readonly row: Row | null;
  readonly onClose: () => void;
}

function PlaceForm({ kind, row, onClose }: PlaceFormProps) {
  const text = useText();
  const initial = JSON.stringify(
    Object.fromEntries(kind.members.map((member) => [member, row?.[member] ?? ""])),
  );
  const [kept, keep, forget] = useDraft(`${kind.path} ${String(row?.id ?? "new")}`, initial);
  const draft = JSON.parse(kept) as Record<string, string>;
  const body = Object.fromEntries(
    kind.members.flatMap((member) => {
      const value = draft[member]?.trim() ?? "";
      return value === "" && member === "iso3"
        ? []
        : [[member, member === "name" ? value : value.toUpperCase()]];
    }),
  );
  const isReady = kind.members.every((member) => member === "iso3" || draft[member]?.trim() !== "");
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={row === null ? text("act.add") : text("places.change_title", { name: String(row.name) })}
      consequences={[text("places.what")]}
      isReady={isReady}
      onConfirm={async () => {
        if (row === null) await act({ path: kind.path, body });
        else await act({ method: "PATCH", path: `${kind.path}/${String(row.id)}`, body });
        forget();
        return text("places.saved", { name: draft.name ?? "" });
      }}
    >
      {kind.members.map((member) => (
        <TextInput
          key={member}
          label={text(`column.${member}` as "column.name")}
          required={member !== "iso3"}
          maxLength={member === "name" ? 100 : Number(member.at(-1))}
          value={draft[member] ?? ""}
          onChange={(event) => keep(JSON.stringify({ ...draft, [member]: event.currentTarget.value }))}
        />
      ))}
    </Confirm>
  );
}

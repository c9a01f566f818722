import type { ListSchema } from "virtual:list-schemas";
import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useLanguage, useText } from "../text/text.js";
import { labelOf } from "./labels.js";
import type { ListView } from "./list-view.js";
import { useListQuery } from "./use-list-query.js";

const PAUSE_MILLIS = 300;

type Filter = ListSchema["filters"][number];

/** One control for each filter that the route has, and its free text; those by somebody's or something's id last. */
export function Filters({ view, schema }: { readonly view: ListView; readonly schema: ListSchema }) {
  const text = useText();
  const { values, change } = useListQuery();
  const [isWide, setWide] = useState(false);
  const set = ["q", ...schema.filters.map(({ name }) => name)].filter((name) => values[name] !== undefined);
  const isFirst = ({ name, kind, options }: Filter): boolean =>
    kind !== "number" && (kind !== "text" || options.length > 0 || view.options?.[name] !== undefined);
  const first = schema.filters.filter((one) => isFirst(one) || values[one.name] !== undefined);
  const others = schema.filters.filter((one) => !first.includes(one));
  return (
    <Group gap="sm" align="flex-end" role="group" aria-label={text("list.filters")} className="filters">
      <Typed name="q" label={text("list.filter")} />
      {[...first, ...(isWide ? others : [])].map((filter) => (
        <Control key={filter.name} filter={filter} words={view.options?.[filter.name] ?? []} />
      ))}
      {others.length > 0 && (
        <Button variant="subtle" size="sm" aria-expanded={isWide} onClick={() => setWide(!isWide)}>
          {text(isWide ? "list.fewer" : "list.more")}
        </Button>
      )}
      {set.length > 0 && (
        <Button
          variant="subtle"
          size="sm"
          onClick={() => change(Object.fromEntries(set.map((name) => [name, null])))}
        >
          {text("list.clear")}
        </Button>
      )}
    </Group>
  );
}

function Control({ filter, words }: { readonly filter: Filter; readonly words: readonly string[] }) {
  const text = useText();
  const { name, kind, options } = filter;
  const label = labelOf(name, text);
  const choices = options.length > 0 ? options : words;
  if (kind === "time") return <Day name={name} label={label} />;
  if (kind === "flag") return <Chosen name={name} label={label} words={["true", "false"]} />;
  return choices.length > 0 ? (
    <Chosen name={name} label={label} words={choices} />
  ) : (
    <Typed name={name} label={label} />
  );
}

interface FilterProps {
  readonly name: string;
  readonly label: string;
}

function Typed({ name, label }: FilterProps) {
  const { values, change } = useListQuery();
  const applied = values[name] ?? "";
  const [typed, setTyped] = useState(applied);
  useEffect(() => setTyped(applied), [applied]);
  const apply = useDebouncedCallback((value: string) => change({ [name]: value }), PAUSE_MILLIS);
  return (
    <TextInput
      label={label}
      size="sm"
      maxLength={100}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

function Chosen({ name, label, words }: FilterProps & { readonly words: readonly string[] }) {
  const { text, word } = useLanguage();
  const { values, change } = useListQuery();
  const named: Readonly<Record<string, string>> = { true: text("list.yes"), false: text("list.no") };
  return (
    <Select
      label={label}
      size="sm"
      clearable
      placeholder={text("list.all")}
      data={words.map((value) => ({ value, label: named[value] ?? word(value) }))}
      value={values[name] ?? null}
      onChange={(value) => change({ [name]: value })}
    />
  );
}

const DAY_MILLIS = 86_400_000;

/** A day of the operator's zone; the address holds the moment. The last day is part of what is shown. */
function Day({ name, label }: FilterProps) {
  const { values, change } = useListQuery();
  const later = name === "to" ? 1 : 0;
  return (
    <TextInput
      type="date"
      label={label}
      size="sm"
      value={dayOf(values[name], later)}
      onChange={({ currentTarget: { value } }) => {
        const [year = 0, month = 1, day = 1] = value.split("-").map(Number);
        change({ [name]: value === "" ? null : new Date(year, month - 1, day + later).toISOString() });
      }}
    />
  );
}

function dayOf(at: string | undefined, later: number): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return "";
  const day = new Date(Date.parse(at) - later * DAY_MILLIS);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

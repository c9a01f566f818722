import type { ListSchema } from "virtual:list-schemas";
import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useLanguage } from "../text/text.js";
import { labelOf } from "./list-page.js";
import type { ListView } from "./list-view.js";
import { useListQuery } from "./use-list-query.js";

const PAUSE_MILLIS = 300;

/** One control for each filter that the route has, and its free text. */
export function Filters({ view, schema }: { readonly view: ListView; readonly schema: ListSchema }) {
  const { text } = useLanguage();
  const { values, change } = useListQuery();
  const set = ["q", ...schema.filters.map(({ name }) => name)].filter((name) => values[name] !== undefined);
  return (
    <Group gap="sm" align="flex-end" role="group" aria-label={text("list.filters")} className="filters">
      <Typed name="q" label={text("list.filter")} />
      {schema.filters.map(({ name, kind, options }) => {
        const words = options.length > 0 ? options : (view.options?.[name] ?? []);
        const label = labelOf(name, text);
        if (kind === "time") return <Day key={name} name={name} label={label} />;
        if (kind === "flag") return <Chosen key={name} name={name} label={label} words={["true", "false"]} />;
        if (words.length > 0) return <Chosen key={name} name={name} label={label} words={words} />;
        return <Typed key={name} name={name} label={label} />;
      })}
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

/** A day of the operator's zone; the address holds the moment. */
function Day({ name, label }: FilterProps) {
  const { values, change } = useListQuery();
  return (
    <TextInput
      type="date"
      label={label}
      size="sm"
      value={dayOf(values[name])}
      onChange={({ currentTarget: { value } }) =>
        change({ [name]: value === "" ? null : new Date(`${value}T00:00:00`).toISOString() })
      }
    />
  );
}

function dayOf(at: string | undefined): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return "";
  const day = new Date(at);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

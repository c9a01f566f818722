import { Button, Group, Menu, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "../parts/link.js";
import { useText } from "../text/text.js";
import { useListQuery } from "./use-list-query.js";

interface View {
  readonly name: string;
  /** Of the address, without its first letter. */
  readonly query: string;
}

const KEPT = "tribi.console.views";
const NAME_MAX = 60;

type Kept = Readonly<Record<string, readonly View[]>>;

function keptViews(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Kept;
  } catch {
    return {};
  }
}

/** Filters and order under a name, kept in this browser: a list that is looked at every day is one press away. */
export function SavedViews({ path }: { readonly path: string }) {
  const text = useText();
  const { values } = useListQuery();
  const [kept, setKept] = useState(keptViews);
  const [name, setName] = useState<string | null>(null);
  const mine = kept[path] ?? [];
  const query = queryOf(values);
  const keep = (views: readonly View[]): void => {
    const next = { ...keptViews(), [path]: views };
    localStorage.setItem(KEPT, JSON.stringify(next));
    setKept(next);
  };
  if (mine.length === 0 && query === "") return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="compact-sm">
            {text("views.title")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mine.map((view) => (
            <Menu.Item key={view.name} component={Link} to={`${path}?${view.query}`}>
              {view.name}
            </Menu.Item>
          ))}
          {query !== "" && <Menu.Item onClick={() => setName("")}>{text("views.keep")}</Menu.Item>}
          {mine
            .filter((view) => view.query === query)
            .map((view) => (
              <Menu.Item
                key={`forget ${view.name}`}
                onClick={() => keep(mine.filter((one) => one.name !== view.name))}
              >
                {text("views.forget", { name: view.name })}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={name !== null}
        onClose={() => setName(null)}
        title={text("views.keep")}
        closeButtonProps={{ "aria-label": text("act.close") }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const called = (name ?? "").trim();
            if (called === "") return;
            keep([...mine.filter((one) => one.name !== called), { name: called, query }]);
            setName(null);
          }}
        >
          <TextInput
            label={text("views.name")}
            required
            maxLength={NAME_MAX}
            value={name ?? ""}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button type="submit">{text("views.save")}</Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}

/** Without the place in the list: a view begins at its first page. */
function queryOf(values: Readonly<Record<string, string>>): string {
  const kept = Object.entries(values).filter(([name]) => name !== "page" && name !== "cursor");
  return new URLSearchParams(kept).toString();
}

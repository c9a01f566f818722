import { Combobox, Loader, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useRouter } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { SearchIcon } from "../parts/icons.js";
import { useText } from "../text/text.js";
import { useFound } from "./use-found.js";

const PAUSE_MILLIS = 200;

/** One box for everything that has a name: it is open from everywhere with Ctrl+K. */
export function SearchBox() {
  const text = useText();
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim(), PAUSE_MILLIS);
  const { found, isBusy } = useFound(wanted);
  useHotkeys([["mod+K", () => field.current?.focus()]], []);
  const open = (address: string): void => {
    setTyped("");
    combobox.closeDropdown();
    field.current?.blur();
    router.history.push(`/console${address}`);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={open}>
      <Combobox.Target>
        <TextInput
          ref={field}
          type="search"
          aria-label={text("search.label")}
          placeholder={text("search.placeholder")}
          className="search"
          leftSection={<SearchIcon />}
          rightSection={isBusy ? <Loader size="xs" /> : null}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            combobox.openDropdown();
            combobox.selectFirstOption();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={wanted === "" || (found.length === 0 && isBusy)}>
        <Combobox.Options aria-label={text("search.results")}>
          {found.map(({ address, title, detail }) => (
            <Combobox.Option key={address} value={address}>
              <span className="found-title">{title}</span> <span className="found-detail">{detail}</span>
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{text("search.nothing")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

import { createTribi, type Schemas } from "@tribi/client";
import { useState } from "preact/hooks";
import { matches } from "../text/search.js";
import { useText } from "../text/text.js";
import { usePage } from "./shop-context.js";

type Model = Schemas["DeviceModel"];

const SHOWN_MAX = 6;

/** Whether a phone can use an eSIM, by its model. The list is loaded when somebody begins to type. */
export function DeviceCheck() {
  const text = useText();
  const [models, setModels] = useState<readonly Model[] | "failed" | null>(null);
  const [typed, setTyped] = useState("");
  const load = (): void => {
    if (Array.isArray(models)) return;
    createTribi({ baseUrl: "" })
      .devices.models()
      .then(setModels)
      .catch(() => setModels("failed"));
  };
  const found: readonly Model[] =
    Array.isArray(models) && typed.trim().length > 1
      ? models.filter(({ name }) => matches({ name, iso2: null, words: [] }, typed)).slice(0, SHOWN_MAX)
      : [];
  return (
    <section class="device">
      <h2>{text("device.heading")}</h2>
      <p>{text("device.lead")}</p>
      <label class="field">
        <span>{text("device.label")}</span>
        <input
          type="search"
          value={typed}
          placeholder={text("device.placeholder")}
          autocomplete="off"
          onFocus={load}
          onInput={(event) => {
            load();
            setTyped(event.currentTarget.value);
          }}
        />
      </label>
      <div role="status">
        <ul class="models">
          {found.map(({ name, verdict, ...notes }) => (
            <li key={name} class={verdict}>
              <strong>{name}</strong> {text(`device.${verdict}`)}
              <Note {...notes} />
            </li>
          ))}
        </ul>
        {models === "failed" && <p>{text("device.failed")}</p>}
        {Array.isArray(models) && typed.trim().length > 2 && found.length === 0 && (
          <p>
            {text("device.not_found")} {text("device.how")}
          </p>
        )}
      </div>
      <p class="small">{text("device.how")}</p>
    </section>
  );
}

/** An operator's list may have the note in English alone. */
function Note({ note, note_es: spanish }: Pick<Model, "note" | "note_es">) {
  const { language } = usePage();
  if (note === null) return null;
  if (language === "es" && spanish !== null) return <span class="small">{spanish}</span>;
  return (
    <span class="small" lang="en">
      {note}
    </span>
  );
}

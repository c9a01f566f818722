import { Button, Group, Modal, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import type { AnswerOf, BodyOf, Schemas } from "@tribi/client";
import { type ReactNode, useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { Confirm } from "../../act/confirm.js";
import { ReasonField } from "../../act/reason-field.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import type { Column, Row } from "../../list/list-view.js";
import { Answer } from "../../parts/answer.js";
import { SmallTable } from "../../parts/small-table.js";
import { useDraft } from "../../parts/use-draft.js";
import { useOperator } from "../../session/session.js";
import { type Text as Say, type TextKey, useText } from "../../text/text.js";

type Setting = Schemas["Setting"];
type Change = BodyOf<"changeSettings">["changes"][number];

const settingOf = (row: Row): Setting => row as unknown as Setting;

/** What it does, in the reader's language where that is known; the API says it in English. */
function describe({ name, description }: Setting, text: Say): string {
  const key = `setting.${name}`;
  const known = text(key as TextKey);
  return known === key ? description : known;
}

/** Levels have their unit once, behind the last; a text and a colour have none. */
function writtenValue(value: Setting["value"], { type, unit }: Setting, text: Say): ReactNode {
  if (type === "color")
    return (
      <span className="color-value">
        <svg viewBox="0 0 1 1" aria-hidden="true">
          <rect width="1" height="1" fill={String(value)} />
        </svg>
        {value}
      </span>
    );
  if (type === "text") return value;
  if (value === "none") return text("settings.none");
  return `${String(value).replaceAll(",", ", ")} ${text(`setting.unit_${unit}` as TextKey)}`;
}

function boundsOf({ type, minimum, maximum }: Setting, text: Say): string {
  if (type === "color") return text("settings.color");
  const bounds = `${minimum}–${maximum}`;
  return type === "integer" ? bounds : text(`settings.${type}`, { bounds });
}

/** What the field holds, as the API wants it; the shop itself says what else is wrong with it. */
function typedValue(typed: string, { type, minimum, maximum }: Setting): number | string | null {
  if (type !== "integer") return typed.trim() === "" ? null : typed.trim();
  const value = Number(typed);
  return /^\d+$/.test(typed) && value >= minimum && value <= maximum ? value : null;
}

async function send(name: Change["name"], value: Change["value"], version: number, reason: string) {
  const body: BodyOf<"changeSettings"> = { changes: [{ name, value, version }], reason };
  await act<AnswerOf<"changeSettings">>({ method: "PATCH", path: "/admin/settings", body });
}

/** What the shop's people change while it runs; each shows what it was and what it may be. */
export function Settings() {
  const text = useText();
  const reading = useRead<AnswerOf<"listSettings">>("/admin/settings");
  const columns: Column[] = [
    {
      name: "setting",
      show: (row) => (
        <>
          {describe(settingOf(row), text)}
          {settingOf(row).problem !== null && <Text c="red">{settingOf(row).problem}</Text>}
        </>
      ),
    },
    { name: "value", show: (row) => writtenValue(settingOf(row).value, settingOf(row), text) },
    { name: "default", show: (row) => writtenValue(settingOf(row).default, settingOf(row), text) },
    { name: "bounds", show: (row) => boundsOf(settingOf(row), text) },
    { name: "changed_at" },
    { name: "changed_by" },
  ];
  return (
    <Stack>
      <Title order={1}>{text("nav.settings")}</Title>
      <Text>{text("settings.lead")}</Text>
      <Answer reading={reading}>
        {({ items }) => (
          <SmallTable rows={items} columns={columns} acts={(row) => <Acts of={settingOf(row)} />} />
        )}
      </Answer>
    </Stack>
  );
}

function Acts({ of: setting }: { readonly of: Setting }) {
  const text = useText();
  const mayWrite = useOperator().may("settings.write");
  const [shown, setShown] = useState<"form" | "history" | null>(null);
  const { name, version } = setting;
  const close = (): void => setShown(null);
  return (
    <Group gap="xs">
      {mayWrite && (
        <Button variant="default" size="compact-sm" onClick={() => setShown("form")}>
          {text("settings.change")}
        </Button>
      )}
      {mayWrite && setting.source === "changed" && (
        <ActButton
          label={text("settings.reset")}
          title={text("settings.reset_title", { name })}
          consequences={[text("settings.reset_what", { value: setting.default })]}
          reasonDraft={`reset ${name}`}
          onConfirm={async (reason) => {
            await send(name, null, version, reason);
            return text("settings.changed", { name });
          }}
        />
      )}
      {version > 0 && (
        <Button variant="default" size="compact-sm" onClick={() => setShown("history")}>
          {text("settings.history")}
        </Button>
      )}
      {shown === "form" && <Form of={setting} onClose={close} />}
      {shown === "history" && <History of={setting} onClose={close} />}
    </Group>
  );
}

function Form({ of: setting, onClose }: { readonly of: Setting; readonly onClose: () => void }) {
  const text = useText();
  const { name } = setting;
  // Of the moment when the form was opened: a change by somebody else meanwhile is refused, not overwritten.
  const [version] = useState(setting.version);
  const [typed, setTyped, forgetTyped] = useDraft(`setting ${name}`, String(setting.value));
  const [reason, setReason, forgetReason] = useDraft(`setting ${name} reason`);
  const value = typedValue(typed, setting);
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("settings.change_title", { name })}
      consequences={[describe(setting, text), text("settings.change_what")]}
      isReady={value !== null && reason.trim() !== ""}
      onConfirm={async () => {
        await send(name, value, version, reason.trim());
        forgetTyped();
        forgetReason();
        return text("settings.changed", { name });
      }}
    >
      <Field of={setting} typed={typed} onType={setTyped} />
      <ReasonField value={reason} onChange={setReason} />
    </Confirm>
  );
}

interface FieldProps {
  readonly of: Setting;
  readonly typed: string;
  readonly onType: (typed: string) => void;
}

function Field({ of: setting, typed, onType }: FieldProps) {
  const text = useText();
  const { type, minimum, maximum } = setting;
  const said = { label: text("column.value"), description: boundsOf(setting, text), required: true };
  if (type === "integer")
    return (
      <NumberInput
        {...said}
        min={minimum}
        max={maximum}
        allowDecimal={false}
        value={typed}
        onChange={(next) => onType(String(next))}
      />
    );
  return (
    <TextInput
      {...said}
      type={type === "color" ? "color" : "text"}
      value={typed}
      onChange={({ currentTarget: { value } }) => onType(value)}
    />
  );
}

function History({ of: setting, onClose }: { readonly of: Setting; readonly onClose: () => void }) {
  const text = useText();
  const reading = useRead<AnswerOf<"listSettingChanges">>(`/admin/settings/${setting.name}/history`);
  const value: Column = {
    name: "value",
    show: (row) =>
      row.value === null
        ? text("settings.of_environment")
        : writtenValue(row.value as Setting["value"], setting, text),
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={text("settings.history_title", { name: setting.name })}
      closeButtonProps={{ "aria-label": text("act.close") }}
    >
      <Answer reading={reading}>
        {({ items }) => <SmallTable rows={items} columns={[value, "changed_at", "changed_by", "reason"]} />}
      </Answer>
    </Modal>
  );
}

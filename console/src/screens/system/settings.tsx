import { Button, Group, Modal, NumberInput, Stack, Text, Title } from "@mantine/core";
import type { AnswerOf, BodyOf, Schemas } from "@tribi/client";
import { useState } from "react";
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

const withUnit = (value: number, { unit }: Setting, text: Say): string =>
  `${value} ${text(`setting.unit_${unit}` as TextKey)}`;

async function send(name: Change["name"], value: number | null, version: number, reason: string) {
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
    { name: "value", show: (row) => withUnit(settingOf(row).value, settingOf(row), text) },
    { name: "default", show: (row) => settingOf(row).default },
    { name: "bounds", show: (row) => `${settingOf(row).minimum}–${settingOf(row).maximum}` },
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
  const { name, minimum, maximum } = setting;
  // Of the moment when the form was opened: a change by somebody else meanwhile is refused, not overwritten.
  const [version] = useState(setting.version);
  const [typed, setTyped, forgetTyped] = useDraft(`setting ${name}`, String(setting.value));
  const [reason, setReason, forgetReason] = useDraft(`setting ${name} reason`);
  const value = Number(typed);
  const isWithin = /^\d+$/.test(typed) && value >= minimum && value <= maximum;
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("settings.change_title", { name })}
      consequences={[describe(setting, text), text("settings.change_what")]}
      isReady={isWithin && reason.trim() !== ""}
      onConfirm={async () => {
        await send(name, value, version, reason.trim());
        forgetTyped();
        forgetReason();
        return text("settings.changed", { name });
      }}
    >
      <NumberInput
        label={text("column.value")}
        description={`${minimum}–${maximum}`}
        required
        min={minimum}
        max={maximum}
        allowDecimal={false}
        value={typed}
        onChange={(next) => setTyped(String(next))}
      />
      <ReasonField value={reason} onChange={setReason} />
    </Confirm>
  );
}

function History({ of: setting, onClose }: { readonly of: Setting; readonly onClose: () => void }) {
  const text = useText();
  const reading = useRead<AnswerOf<"listSettingChanges">>(`/admin/settings/${setting.name}/history`);
  const value: Column = {
    name: "value",
    show: (row) => (row.value === null ? text("settings.of_environment") : String(row.value)),
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

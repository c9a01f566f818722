import { Button, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import type { AnswerOf, BodyOf } from "@tribi/client";
import { useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { Confirm } from "../../act/confirm.js";
import { ReasonField } from "../../act/reason-field.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import type { Row } from "../../list/list-view.js";
import { Answer } from "../../parts/answer.js";
import { SmallTable } from "../../parts/small-table.js";
import { useDraft } from "../../parts/use-draft.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";
import { SecretDialog } from "../system/secret-dialog.js";
import { type Role, RoleField } from "./role-field.js";

/** Keys for programs: each shown once, and never with more rights than the person who made it has. */
export function Keys() {
  const text = useText();
  const { may } = useOperator();
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const reading = useRead<AnswerOf<"listApiKeys">>("/admin/api-keys");
  const mayWrite = may("keys.write");
  return (
    <Stack>
      <Title order={1}>{text("nav.keys")}</Title>
      <Text>{text("keys.lead")}</Text>
      {mayWrite && (
        <div>
          <Button size="compact-md" onClick={() => setAdding(true)}>
            {text("keys.add")}
          </Button>
        </div>
      )}
      <Answer reading={reading}>
        {({ items }) => (
          <SmallTable
            rows={items}
            columns={[
              "name",
              "hint",
              "role",
              "permissions",
              "addresses",
              "created_at",
              "expires_at",
              "last_used_at",
              "revoked_at",
            ]}
            {...(mayWrite ? { acts: (row: Row) => <KeyActs of={row} onSecret={setSecret} /> } : {})}
          />
        )}
      </Answer>
      {isAdding && <KeyForm onClose={() => setAdding(false)} onSecret={setSecret} />}
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </Stack>
  );
}

function KeyActs({ of: row, onSecret }: { readonly of: Row; readonly onSecret: (secret: string) => void }) {
  const text = useText();
  const [path, name] = [`/admin/api-keys/${String(row.id)}`, String(row.name)];
  if (row.revoked_at !== null) return null;
  return (
    <>
      <ActButton
        label={text("keys.rotate")}
        title={text("keys.rotate_title", { name })}
        consequences={[text("keys.rotate_what")]}
        onConfirm={async () => {
          const made = await act<AnswerOf<"rotateApiKey">>({ path: `${path}/rotate`, body: {} });
          onSecret(made.secret);
          return text("keys.made", { name });
        }}
      />{" "}
      <ActButton
        label={text("keys.revoke")}
        title={text("keys.revoke_title", { name })}
        consequences={[text("keys.revoke_what", { name })]}
        reasonDraft={`revoke ${path}`}
        isDangerous
        onConfirm={async (reason) => {
          await act({ method: "DELETE", path, query: { reason } });
          return text("keys.revoked", { name });
        }}
      />
    </>
  );
}

const DAYS = 90;

function KeyForm({
  onClose,
  onSecret,
}: {
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}) {
  const text = useText();
  const [name, setName, forgetName] = useDraft("key name");
  const [reason, setReason, forgetReason] = useDraft("key reason");
  const [addresses, setAddresses, forgetAddresses] = useDraft("key addresses");
  const [role, setRole] = useState<Role>("support");
  const [days, setDays] = useState(DAYS);
  const make = async (): Promise<string> => {
    const list = addresses.split(/[\s,]+/).filter((one) => one !== "");
    const body: BodyOf<"makeApiKey"> = {
      name: name.trim(),
      role,
      expires_in_days: days,
      reason: reason.trim(),
      ...(list.length === 0 ? {} : { addresses: list }),
    };
    const made = await act<AnswerOf<"makeApiKey">>({ path: "/admin/api-keys", body });
    forgetName();
    forgetReason();
    forgetAddresses();
    onSecret(made.secret);
    return text("keys.made", { name: made.name });
  };
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("keys.add")}
      consequences={[text("keys.add_what")]}
      isReady={name.trim() !== "" && reason.trim() !== "" && days >= 1}
      onConfirm={make}
    >
      <TextInput
        label={text("column.name")}
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleField value={role} onChange={setRole} />
      <NumberInput
        label={text("keys.days")}
        min={1}
        max={365}
        value={days}
        onChange={(value) => setDays(Number(value))}
      />
      <TextInput
        label={text("column.addresses")}
        description={text("keys.addresses_help")}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
      />
      <ReasonField value={reason} onChange={setReason} />
    </Confirm>
  );
}

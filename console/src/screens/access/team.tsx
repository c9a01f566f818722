import { Button, Group, Stack, TextInput, Title } from "@mantine/core";
import type { AnswerOf, BodyOf } from "@tribi/client";
import { useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { Confirm } from "../../act/confirm.js";
import { ReasonField } from "../../act/reason-field.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import type { Row } from "../../list/list-view.js";
import { Answer } from "../../parts/answer.js";
import { Panel } from "../../parts/panel.js";
import { SmallTable } from "../../parts/small-table.js";
import { useDraft } from "../../parts/use-draft.js";
import { useOperator } from "../../session/session.js";
import { useLanguage, useText } from "../../text/text.js";
import { ROLES, type Role, RoleField } from "./role-field.js";

/** Who may do what here: the people of the environment, the team, and who was invited. */
export function Team() {
  const text = useText();
  const { may } = useOperator();
  const reading = useRead<AnswerOf<"listTeam">>("/admin/team");
  const mayWrite = may("team.write");
  return (
    <Stack>
      <Title order={1}>{text("nav.team")}</Title>
      <Answer reading={reading}>
        {({ items, invitations }) => (
          <>
            <Panel title={text("team.members")} acts={mayWrite && <InviteButton />}>
              <SmallTable
                rows={items}
                columns={[
                  "email",
                  "name",
                  { name: "role", show: (row) => <RoleName of={row} /> },
                  "source",
                  "last_active_at",
                  "has_second_factor",
                ]}
                {...(mayWrite ? { acts: (row: Row) => <ActsOn of={row} /> } : {})}
              />
            </Panel>
            <Panel title={text("team.invitations")}>
              <SmallTable
                rows={invitations}
                columns={[
                  "email",
                  { name: "role", show: (row) => <RoleName of={row} /> },
                  "created_at",
                  "expires_at",
                  "invited_by",
                ]}
                {...(mayWrite ? { acts: (row: Row) => <Revoke of={row} /> } : {})}
              />
            </Panel>
          </>
        )}
      </Answer>
    </Stack>
  );
}

function RoleName({ of: { role } }: { readonly of: Row }) {
  return useLanguage().word(`role.${String(role)}`);
}

function InviteButton() {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const [email, setEmail, forgetEmail] = useDraft("invite email");
  const [reason, setReason, forgetReason] = useDraft("invite reason");
  const [role, setRole] = useState<Role>("support");
  return (
    <>
      <Button size="compact-md" onClick={() => setOpen(true)}>
        {text("team.invite")}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={text("team.invite_title")}
        consequences={[text("team.invite_what")]}
        isReady={email.includes("@") && reason.trim() !== ""}
        onConfirm={async () => {
          const body: BodyOf<"inviteMember"> = { email: email.trim(), role, reason: reason.trim() };
          await act({ path: "/admin/team/invitations", body });
          forgetEmail();
          forgetReason();
          return text("team.invited", { email: email.trim() });
        }}
      >
        <TextInput
          type="email"
          label={text("column.email")}
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleField value={role} onChange={setRole} />
        <ReasonField value={reason} onChange={setReason} />
      </Confirm>
    </>
  );
}

function ActsOn({ of }: { readonly of: Row }) {
  const operator = useOperator();
  const isOther = of.email !== operator.email;
  return (
    <Group gap="xs">
      <MemberActs of={of} />
      {of.has_second_factor === true && isOther && <ResetFactor of={of} />}
    </Group>
  );
}

function ResetFactor({ of: { user_id: userId, email } }: { readonly of: Row }) {
  const text = useText();
  const name = String(email);
  return (
    <ActButton
      label={text("factor.reset")}
      title={text("factor.reset_title", { email: name })}
      consequences={[text("factor.reset_what", { email: name }), text("factor.reset_mails")]}
      reasonDraft={`reset factor ${String(userId)}`}
      isDangerous
      onConfirm={async (reason) => {
        await act({ path: "/admin/second-factor/reset", body: { user_id: Number(userId), reason } });
        return text("factor.reset_done", { email: name });
      }}
    />
  );
}

/** People of the environment are changed there, and by nobody here. */
function MemberActs({ of: { id, email, role } }: { readonly of: Row }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const [next, setNext] = useState<Role>(ROLES.find((one) => one === role) ?? "support");
  const [reason, setReason, forgetReason] = useDraft(`role ${String(id)}`);
  if (id === null) return null;
  const name = String(email);
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {text("team.change")}
      </Button>{" "}
      <ActButton
        label={text("team.remove")}
        title={text("team.remove_title", { email: name })}
        consequences={[text("team.remove_what", { email: name })]}
        reasonDraft={`remove ${String(id)}`}
        isDangerous
        onConfirm={async (why) => {
          await act({ method: "DELETE", path: `/admin/team/${String(id)}`, query: { reason: why } });
          return text("team.removed", { email: name });
        }}
      />
      <Confirm
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={text("team.change_title", { email: name })}
        consequences={[text("team.change_what", { email: name })]}
        isReady={next !== role && reason.trim() !== ""}
        onConfirm={async () => {
          await act({
            method: "PATCH",
            path: `/admin/team/${String(id)}`,
            body: { role: next, reason: reason.trim() },
          });
          forgetReason();
          return text("team.changed", { email: name });
        }}
      >
        <RoleField value={next} onChange={setNext} />
        <ReasonField value={reason} onChange={setReason} />
      </Confirm>
    </>
  );
}

function Revoke({ of: { id, email } }: { readonly of: Row }) {
  const text = useText();
  const name = String(email);
  return (
    <ActButton
      label={text("team.revoke")}
      title={text("team.revoke_title", { email: name })}
      consequences={[text("team.revoke_what")]}
      isDangerous
      onConfirm={async () => {
        await act({ method: "DELETE", path: `/admin/team/invitations/${String(id)}` });
        return text("team.revoked", { email: name });
      }}
    />
  );
}

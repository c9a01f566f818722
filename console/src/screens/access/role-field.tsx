import { Select, Text } from "@mantine/core";
import type { BodyOf } from "@tribi/client";
import { useLanguage } from "../../text/text.js";

export type Role = BodyOf<"inviteMember">["role"];
export const ROLES: readonly Role[] = ["support", "finance", "catalogue", "auditor", "owner"];

interface RoleFieldProps {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** A role, with what it may. */
export function RoleField({ value, onChange }: RoleFieldProps) {
  const { text, word } = useLanguage();
  return (
    <>
      <Select
        label={text("column.role")}
        allowDeselect={false}
        data={ROLES.map((role) => ({ value: role, label: word(`role.${role}`) }))}
        value={value}
        onChange={(role) => onChange(ROLES.find((one) => one === role) ?? value)}
      />
      <Text size="sm">{text(`team.may_${value}`)}</Text>
    </>
  );
}

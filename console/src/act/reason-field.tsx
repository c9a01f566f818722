import { Textarea } from "@mantine/core";
import { useText } from "../text/text.js";

export const REASON_MAX = 500;

/** Why something is done: it is kept in the audit log. */
export function ReasonField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const text = useText();
  return (
    <Textarea
      label={text("act.reason")}
      description={text("act.reason_help")}
      required
      autosize
      minRows={2}
      maxLength={REASON_MAX}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

import { Button, type ButtonProps } from "@mantine/core";
import { useState } from "react";
import { useDraft } from "../parts/use-draft.js";
import { Confirm } from "./confirm.js";
import { ReasonField } from "./reason-field.js";

interface ActButtonProps {
  readonly label: string;
  readonly title: string;
  readonly consequences: readonly string[];
  /** A reason is asked for, and kept under this name until the act is done. */
  readonly reasonDraft?: string;
  readonly isDangerous?: boolean;
  readonly variant?: ButtonProps["variant"];
  readonly size?: ButtonProps["size"];
  readonly onConfirm: (reason: string) => Promise<string>;
}

/** A button whose act is stated and confirmed before it is done. */
export function ActButton({
  label,
  reasonDraft,
  variant = "default",
  size = "compact-sm",
  onConfirm,
  ...stated
}: ActButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason, forgetReason] = useDraft(reasonDraft ?? label);
  const asksReason = reasonDraft !== undefined;
  return (
    <>
      <Button variant={variant} size={size} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Confirm
        {...stated}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        isReady={!asksReason || reason.trim() !== ""}
        onConfirm={async () => {
          const done = await onConfirm(reason.trim());
          forgetReason();
          return done;
        }}
      >
        {asksReason && <ReasonField value={reason} onChange={setReason} />}
      </Confirm>
    </>
  );
}

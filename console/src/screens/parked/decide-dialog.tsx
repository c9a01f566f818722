import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ReasonField } from "../../act/reason-field.js";
import { useDraft } from "../../parts/use-draft.js";
import { useLanguage } from "../../text/text.js";
import { asksReason, DECISIONS, type Decided } from "./decisions.js";
import type { ParkedCase } from "./parked-case.js";

interface DecideDialogProps {
  readonly cases: readonly ParkedCase[];
  readonly onClose: () => void;
  readonly onDecide: (decided: Decided) => void;
}

/** What can be decided about one case, or about several alike, and what each decision does. */
export function DecideDialog({ cases, onClose, onDecide }: DecideDialogProps) {
  const { text } = useLanguage();
  const [first] = cases;
  const kind = first?.kind ?? "esims";
  const choices = DECISIONS[kind].filter(({ isForOne }) => isForOne !== true || cases.length === 1);
  const [decision, setDecision] = useState(choices.length === 1 ? (choices[0]?.name ?? "") : "");
  const [supplierOrderId, setSupplierOrderId] = useState("");
  const [reason, setReason, forgetReason] = useDraft(`decide ${first?.key ?? ""}`);
  const isReady =
    decision !== "" &&
    (!asksReason(kind) || reason.trim() !== "") &&
    (decision !== "adopt" || supplierOrderId.trim() !== "");
  const title =
    cases.length === 1
      ? text("decide.title_one", { kind: text(`parked.${kind}_one`), id: first?.id ?? 0 })
      : text("decide.title_many", { count: cases.length });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": text("act.close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isReady) return;
          forgetReason();
          onDecide({ decision, reason: reason.trim(), supplierOrderId: supplierOrderId.trim() });
        }}
      >
        <Stack>
          <Radio.Group label={text("decide.decision")} value={decision} onChange={setDecision}>
            <Stack gap="xs" mt="xs">
              {choices.map(({ name, label, what }) => (
                <Radio key={name} value={name} label={text(label)} description={text(what)} />
              ))}
            </Stack>
          </Radio.Group>
          {decision === "adopt" && (
            <TextInput
              label={text("decide.supplier_order")}
              required
              maxLength={200}
              value={supplierOrderId}
              onChange={(event) => setSupplierOrderId(event.currentTarget.value)}
            />
          )}
          {asksReason(kind) && <ReasonField value={reason} onChange={setReason} />}
          {cases.length > 1 && <Text size="sm">{text("decide.one_by_one")}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text("act.cancel")}
            </Button>
            <Button type="submit" disabled={!isReady}>
              {text("act.confirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { AnswerOf } from "@tribi/client";
import { useState } from "react";
import { ActButton } from "../act/act-button.js";
import { Confirm } from "../act/confirm.js";
import { ReasonField } from "../act/reason-field.js";
import type { Customer } from "../api/shapes.js";
import { act, read } from "../api/store.js";
import { useRead } from "../api/use-read.js";
import { Answer } from "../parts/answer.js";
import { saveFile } from "../parts/save-file.js";
import { useDraft } from "../parts/use-draft.js";
import { useLanguage, useText } from "../text/text.js";

/** What the law gives a customer, done for who asked for it. */
export function CustomerRights({ customer }: { readonly customer: Customer }) {
  return (
    <>
      <ExportButton customer={customer} />
      {customer.deleted_at === null && <DeleteButton customer={customer} />}
    </>
  );
}

function ExportButton({ customer: { id, email } }: { readonly customer: Customer }) {
  const text = useText();
  return (
    <ActButton
      label={text("customer.export")}
      size="sm"
      title={text("customer.export_title", { email })}
      consequences={[text("customer.export_what")]}
      reasonDraft={`export ${id}`}
      onConfirm={async (reason) => {
        const all = await read<AnswerOf<"exportUser">>(`/admin/users/${id}/export`, { reason });
        saveFile(`customer-${id}.json`, "application/json", `${JSON.stringify(all, null, 2)}\n`);
        return text("customer.export_done", { email });
      }}
    />
  );
}

function DeleteButton({ customer }: { readonly customer: Customer }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" size="sm" onClick={() => setOpen(true)}>
        {text("customer.delete")}
      </Button>
      {isOpen && <DeleteDialog customer={customer} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Asks the shop first what the deletion would end, and whether it has to wait. */
function DeleteDialog({ customer, onClose }: { readonly customer: Customer; readonly onClose: () => void }) {
  const reading = useRead<AnswerOf<"previewUserDeletion">>(`/admin/users/${customer.id}/deletion-preview`);
  return (
    <Answer reading={reading}>
      {(preview) => <ConfirmDeletion customer={customer} preview={preview} onClose={onClose} />}
    </Answer>
  );
}

function ConfirmDeletion(of: {
  readonly customer: Customer;
  readonly preview: AnswerOf<"previewUserDeletion">;
  readonly onClose: () => void;
}) {
  const { customer, preview, onClose } = of;
  const { text, word } = useLanguage();
  const router = useRouter();
  const { id } = customer;
  const { email, refusal } = preview;
  const [reason, setReason, forget] = useDraft(`delete ${id}`);
  const waits = preview.waits_for.map(({ reference, why }) =>
    text("customer.delete_waits", { reference, why: word(why) }),
  );
  const ends = [
    text("customer.delete_erases", { email }),
    text("customer.delete_sessions", { count: preview.sessions }),
    ...(preview.unpaid_orders > 0 ? [text("customer.delete_unpaid", { count: preview.unpaid_orders })] : []),
    text("customer.delete_keeps"),
  ];
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={text("customer.delete_title", { email })}
      consequences={
        refusal === "is_operator" ? [text("customer.delete_operator")] : refusal === null ? ends : waits
      }
      isDangerous
      isReady={refusal === null && reason.trim() !== ""}
      onConfirm={async () => {
        await act({ method: "DELETE", path: `/admin/users/${id}`, query: { reason: reason.trim() } });
        forget();
        router.history.push("/console/customers");
        return text("customer.delete_done");
      }}
    >
      {refusal === null && <ReasonField value={reason} onChange={setReason} />}
    </Confirm>
  );
}

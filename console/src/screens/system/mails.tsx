import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";

const MAILS: ListView = {
  operation: "listMails",
  title: "nav.mails",
  columns: ["id", "kind", "status", "email", "order_id", "attempts", "last_error", "created_at", "sent_at"],
  acts: (row) => <Resend of={row} />,
};

/** What was mailed to whom, and what came of it. */
export const Mails = () => <ListPage view={MAILS} />;

function Resend({ of: { id } }: { readonly of: Row }) {
  const text = useText();
  const { may } = useOperator();
  if (!may("mails.write")) return null;
  return (
    <ActButton
      label={text("mails.resend")}
      title={text("mails.resend_title", { id: Number(id) })}
      consequences={[text("mails.resend_what")]}
      onConfirm={async () => {
        await act({ path: `/admin/mails/${Number(id)}/resend` });
        return text("mails.resent");
      }}
    />
  );
}

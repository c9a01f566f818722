import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";

const JOBS: ListView = {
  operation: "listJobs",
  title: "nav.jobs",
  columns: ["id", "task", "status", "attempts", "last_error", "payload", "run_at", "created_at"],
  options: { status: ["waiting", "running", "failed"] },
  acts: (row) => <Retry row={row} />,
};

export const Jobs = () => <ListPage view={JOBS} />;

function Retry({ row }: { readonly row: Row }) {
  const text = useText();
  const { may } = useOperator();
  const [id, task] = [Number(row.id), String(row.task)];
  if (row.status !== "failed" || !may("jobs.retry")) return null;
  return (
    <ActButton
      label={text("jobs.retry")}
      title={text("jobs.retry_title", { id, task })}
      consequences={[text("jobs.retry_what")]}
      onConfirm={async () => {
        await act({ path: `/admin/jobs/${id}/retry` });
        return text("jobs.retried", { id });
      }}
    />
  );
}

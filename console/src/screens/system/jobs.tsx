import { Group } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";
import { BulkProgress } from "../parked/bulk-progress.js";
import { useBulk } from "../parked/use-bulk.js";

const JOBS: ListView = {
  operation: "listJobs",
  title: "nav.jobs",
  columns: ["id", "task", "status", "attempts", "last_error", "payload", "run_at", "created_at"],
  options: { status: ["waiting", "running", "failed"] },
  acts: (row) => <Retry row={row} />,
};

/** Jobs of one kind that failed are retried together: after a supplier's outage they are many. */
export function Jobs() {
  const bulk = useBulk("retries");
  return (
    <ListPage view={JOBS}>
      <BulkProgress bulk={bulk} done="jobs.progress" />
      {!bulk.isRunning && bulk.items.length === 0 && <RetryAlike onStart={bulk.start} />}
    </ListPage>
  );
}

const AT_ONCE = 100;

/** A button for each kind of which jobs have failed, with how many it runs again. */
function RetryAlike({ onStart }: { readonly onStart: ReturnType<typeof useBulk>["start"] }) {
  const text = useText();
  const { may } = useOperator();
  const reading = useRead<AnswerOf<"listJobs">>("/admin/jobs", {
    query: { status: "failed", page_size: AT_ONCE },
    isEnabled: may("jobs.retry"),
  });
  const failed = reading.data?.items ?? [];
  const tasks = [...new Set(failed.map(({ task }) => task))].sort();
  if (!may("jobs.retry")) return null;
  return (
    <Group gap="xs">
      {tasks.map((task) => {
        const alike = failed.filter((job) => job.task === task);
        return (
          <ActButton
            key={task}
            label={text("jobs.retry_alike", { task, count: alike.length })}
            title={text("jobs.retry_alike_title", { task, count: alike.length })}
            consequences={[text("jobs.retry_alike_what", { count: alike.length }), text("jobs.retry_what")]}
            onConfirm={async () => {
              onStart(
                alike.map(({ id }) => ({
                  key: String(id),
                  label: text("jobs.one", { id, task }),
                  path: `/admin/jobs/${id}/retry`,
                })),
              );
              return text("jobs.retry_begun", { count: alike.length });
            }}
          />
        );
      })}
    </Group>
  );
}

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

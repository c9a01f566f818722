import { Button, Group, List, Paper, Progress, Stack, Text } from "@mantine/core";
import { useText } from "../../text/text.js";
import type { useBulk } from "./use-bulk.js";

/** How far the decisions are, what was refused and why, and how to go on with what is left. */
export function BulkProgress({
  bulk,
  done: doneText = "decide.progress",
}: {
  readonly bulk: ReturnType<typeof useBulk>;
  readonly done?: "decide.progress" | "jobs.progress";
}) {
  const text = useText();
  const { items, isRunning } = bulk;
  if (items.length === 0) return null;
  const done = items.filter(({ state }) => state === "done").length;
  const refused = items.filter(({ state }) => state === "refused");
  const settled = done + refused.length;
  return (
    <Paper withBorder p="md" role="status">
      <Stack gap="xs">
        <Text fw={600}>{text(doneText, { done, total: items.length, refused: refused.length })}</Text>
        <Progress value={(settled / items.length) * 100} aria-label={text("decide.progress_label")} />
        {refused.length > 0 && (
          <List size="sm">
            {refused.map(({ key, label, problem }) => (
              <List.Item key={key}>
                {label}: {problem}
              </List.Item>
            ))}
          </List>
        )}
        <Group gap="xs">
          {!isRunning && settled < items.length && (
            <Button size="compact-sm" onClick={bulk.resume}>
              {text("decide.continue")}
            </Button>
          )}
          {!isRunning && (
            <Button size="compact-sm" variant="default" onClick={bulk.forget}>
              {text(settled < items.length ? "decide.give_up" : "act.close")}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

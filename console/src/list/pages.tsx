import { Button, Group, Text } from "@mantine/core";
import { useText } from "../text/text.js";
import { useListQuery } from "./use-list-query.js";

interface PagesProps {
  readonly total: number;
  /** The list is longer than is counted exactly. */
  readonly isEstimate: boolean;
  readonly page: number;
  readonly pages: number;
  readonly nextCursor: number | null;
}

/** By number where the list is short, and by the row after which the next page begins where it is long. */
export function Pages({ total, isEstimate, page, pages, nextCursor }: PagesProps) {
  const text = useText();
  const { values, change } = useListQuery();
  const count = text(isEstimate ? "list.about" : "list.total", { count: total });
  const isByCursor = values.cursor !== undefined || (isEstimate && nextCursor !== null);
  if (isByCursor)
    return (
      <Group justify="space-between">
        <Text size="sm">{count}</Text>
        <Group gap="xs">
          <Button
            variant="default"
            size="sm"
            disabled={values.cursor === undefined}
            onClick={() => change({ cursor: null })}
          >
            {text("list.first")}
          </Button>
          <Button
            variant="default"
            size="sm"
            disabled={nextCursor === null}
            onClick={() => change({ cursor: String(nextCursor) })}
          >
            {text("list.next")}
          </Button>
        </Group>
      </Group>
    );
  if (pages <= 1) return <Text size="sm">{count}</Text>;
  return (
    <Group justify="space-between">
      <Text size="sm">
        {count} · {text("list.page", { page, pages })}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="sm"
          disabled={page <= 1}
          onClick={() => change({ page: String(page - 1) })}
        >
          {text("list.previous")}
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={page >= pages}
          onClick={() => change({ page: String(page + 1) })}
        >
          {text("list.next")}
        </Button>
      </Group>
    </Group>
  );
}

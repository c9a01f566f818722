import { Button, Group, Text } from "@mantine/core";
import { useText } from "../text/text.js";
import { useListQuery } from "./use-list-query.js";

interface PagesProps {
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

export function Pages({ total, page, pages }: PagesProps) {
  const text = useText();
  const { change } = useListQuery();
  if (pages <= 1) return <Text size="sm">{text("list.total", { count: total })}</Text>;
  return (
    <Group justify="space-between">
      <Text size="sm">
        {text("list.total", { count: total })} · {text("list.page", { page, pages })}
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

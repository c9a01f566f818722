import { Group, Text, Timeline } from "@mantine/core";
import type { AdminOrder } from "../../api/shapes.js";
import { Moment, State } from "../../parts/values.js";
import { useLanguage } from "../../text/text.js";

type Entry = AdminOrder["timeline"][number];

const BAD = new Set(["failed", "refused", "parked", "unknown", "ignored"]);

/** Everything that touched the order or was refused, the newest last, as it happened. */
export function OrderTimeline({ entries }: { readonly entries: readonly Entry[] }) {
  const { word } = useLanguage();
  return (
    <Timeline active={entries.length} bulletSize={14} lineWidth={2}>
      {entries.map((entry, index) => (
        <Timeline.Item
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no name of their own, and none is ever taken away
          key={index}
          {...(BAD.has(entry.outcome ?? "") ? { color: "red" } : {})}
          title={
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {word(entry.what)}
              </Text>
              {entry.outcome !== null && <State value={entry.outcome} />}
            </Group>
          }
        >
          {entry.reason !== null && entry.reason !== entry.what && (
            <Text size="sm">{word(entry.reason)}</Text>
          )}
          <Text size="xs" c="dimmed">
            <Moment at={entry.at} /> · {word(entry.source)}
            {entry.actor === null ? "" : ` · ${entry.actor}`}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

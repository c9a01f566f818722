import { Group, Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, acts, children }: PanelProps) {
  return (
    <Paper component="section" withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{title}</Title>
          {acts}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}

import { Anchor, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { CsvImport } from "../../parts/csv-import.js";
import { useText } from "../../text/text.js";

const KINDS = ["plans", "countries", "carriers"] as const;

export function Import() {
  const text = useText();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("plans");
  return (
    <Stack>
      <Title order={1}>{text("nav.import")}</Title>
      <Text>{text("import.lead")}</Text>
      <Group align="flex-end">
        <Select
          label={text("import.kind")}
          allowDeselect={false}
          data={KINDS.map((value) => ({ value, label: text(`nav.${value}`) }))}
          value={kind}
          onChange={(value) => setKind(KINDS.find((one) => one === value) ?? "plans")}
        />
        <Anchor href={`/admin/${kind}/export`} download size="sm">
          {text("import.export")}
        </Anchor>
      </Group>
      <CsvImport key={kind} path={`/admin/${kind}/import`} name={text(`nav.${kind}`)} />
    </Stack>
  );
}

import { Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { useState } from "react";
import { useRead } from "../api/use-read.js";
import { ListPage } from "../list/list-page.js";
import type { ListView } from "../list/list-view.js";
import { CsvImport } from "../parts/csv-import.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { useText } from "../text/text.js";

const STOCK: ListView = {
  operation: "listInventory",
  title: "nav.stock",
  columns: ["id", "sku", "status", "iccid", "batch", "order_id", "created_at", "taken_at", "revealed_at"],
  options: { status: ["available", "held", "assigned", "withdrawn"] },
};

export const Stock = () => (
  <ListPage view={STOCK}>
    <LowStock />
  </ListPage>
);

function LowStock() {
  const text = useText();
  const { data = [] } = useRead<AnswerOf<"listLowStock">>("/admin/inventory/low-stock");
  if (data.length === 0) return null;
  return (
    <Panel title={text("home.low_stock")}>
      <SmallTable rows={data} columns={["sku", "name", "available", "held", "assigned"]} />
    </Panel>
  );
}

export function StockImport() {
  const text = useText();
  const [batch, setBatch] = useState("");
  return (
    <Stack>
      <Title order={1}>{text("stock.import")}</Title>
      <Text>{text("stock.import_lead")}</Text>
      <Paper>
        <TextInput
          label={text("column.batch")}
          description={text("stock.batch_help")}
          maxLength={100}
          value={batch}
          onChange={(event) => setBatch(event.currentTarget.value)}
          className="narrow"
        />
      </Paper>
      <CsvImport
        path="/admin/inventory/import"
        query={batch.trim() === "" ? {} : { batch: batch.trim() }}
        name={text("nav.stock")}
      />
    </Stack>
  );
}

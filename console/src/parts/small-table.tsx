import { Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Cell } from "../list/cell.js";
import { labelOf } from "../list/labels.js";
import type { Column, Row } from "../list/list-view.js";
import { useText } from "../text/text.js";
import { Scroll } from "./scroll.js";

interface SmallTableProps {
  readonly rows: readonly object[];
  readonly columns: readonly (string | Column)[];
  readonly acts?: (row: Row) => ReactNode;
}

/** A few rows that belong to something else; their kinds are told from the members' names. */
export function SmallTable({ rows, columns, acts }: SmallTableProps) {
  const text = useText();
  if (rows.length === 0) return <Text c="dimmed">{text("list.empty")}</Text>;
  const shown = columns.map((column) => (typeof column === "string" ? { name: column } : column));
  return (
    <Scroll>
      <Table className="list" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {shown.map(({ name }) => (
              <Table.Th key={name}>{labelOf(name, text)}</Table.Th>
            ))}
            {acts !== undefined && <Table.Th>{text("list.acts")}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(rows as readonly Row[]).map((row, index) => (
            <Table.Tr key={String(row.id ?? index)}>
              {shown.map((column) => (
                <Table.Td key={column.name} data-label={labelOf(column.name, text)}>
                  <Cell column={column} kind={isTime(column.name) ? "time" : "text"} row={row} />
                </Table.Td>
              ))}
              {acts !== undefined && <Table.Td data-label={text("list.acts")}>{acts(row)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

const isTime = (name: string): boolean => /(^|_)(at|until|since)$/.test(name);

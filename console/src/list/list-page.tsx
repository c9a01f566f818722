import type { ListSchema } from "virtual:list-schemas";
import { Group, Loader, Stack, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useRead } from "../api/use-read.js";
import { DownloadLink } from "../parts/download-link.js";
import { Failure } from "../parts/failure.js";
import { Scroll } from "../parts/scroll.js";
import { useText } from "../text/text.js";
import { Cell } from "./cell.js";
import { Filters } from "./filters.js";
import { labelOf } from "./labels.js";
import { type Column, columnsOf, type ListView, type Row, schemaOf } from "./list-view.js";
import { Pages } from "./pages.js";
import { SavedViews } from "./saved-views.js";
import { useListQuery } from "./use-list-query.js";

interface Answer {
  readonly items: readonly Row[];
  readonly total: number;
  readonly page: number;
  readonly total_pages: number;
  /** Of long lists: about how many there are, and where the next page begins. */
  readonly total_is_estimate?: boolean;
  readonly next_cursor?: number | null;
}

interface ListPageProps {
  readonly view: ListView;
  /** Beside the title. */
  readonly acts?: ReactNode;
  /** Between the title and the list. */
  readonly children?: ReactNode;
}

/** A route's list, whichever it is: filters and order in the address, page after page, and what is filtered as a file. */
export function ListPage({ view, acts, children }: ListPageProps) {
  const text = useText();
  const schema = schemaOf(view.operation);
  const { values } = useListQuery();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const reading = useRead<Answer>(schema.path, { query: queryOf(schema, values) });
  const { data: answer, error, isFetching, refetch } = reading;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>{text(view.title)}</Title>
        <Group gap="xs">
          {isFetching && <Loader size="xs" aria-label={text("list.loading")} />}
          <SavedViews key={pathname} path={pathname} />
          {acts}
          {schema.csvPath !== null && (
            <DownloadLink href={`${schema.csvPath}${csvQueryOf(schema, values)}`} size="sm">
              {text("list.csv")}
            </DownloadLink>
          )}
        </Group>
      </Group>
      {children}
      <Filters view={view} schema={schema} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {answer !== undefined && <Rows view={view} schema={schema} rows={answer.items} />}
      {answer !== undefined && (
        <Pages
          total={answer.total}
          isEstimate={answer.total_is_estimate === true}
          page={answer.page}
          pages={answer.total_pages}
          nextCursor={answer.next_cursor ?? null}
        />
      )}
    </Stack>
  );
}

const known = (schema: ListSchema): readonly string[] => [
  "page",
  "page_size",
  "cursor",
  "q",
  "sort_by",
  "sort_order",
  ...schema.filters.map(({ name }) => name),
];

/** Members of the address that the route knows; others belong to the screen. */
function queryOf(schema: ListSchema, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => known(schema).includes(name)));
}

function csvQueryOf(schema: ListSchema, values: Readonly<Record<string, string>>): string {
  const filters = schema.csvTakes.filter((name) => values[name] !== undefined);
  const query = new URLSearchParams(filters.map((name) => [name, values[name] ?? ""])).toString();
  return query === "" ? "" : `?${query}`;
}

interface RowsProps {
  readonly view: ListView;
  readonly schema: ListSchema;
  readonly rows: readonly Row[];
}

function Rows({ view, schema, rows }: RowsProps) {
  const text = useText();
  const columns = columnsOf(view);
  if (rows.length === 0) return <Text c="dimmed">{text("list.empty")}</Text>;
  return (
    <Scroll>
      <Table className="list" verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Heading key={column.name} column={column} schema={schema} />
            ))}
            {view.acts !== undefined && <Table.Th>{text("list.acts")}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={String(row.id ?? index)}>
              {columns.map((column) => (
                <Table.Td key={column.name} data-label={labelOf(column.name, text)}>
                  <Cell column={column} kind={schema.columns[column.name] ?? "text"} row={row} />
                </Table.Td>
              ))}
              {view.acts !== undefined && (
                <Table.Td data-label={text("list.acts")}>{view.acts(row)}</Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** Ordered by a press, the other way round by the next one. */
function Heading({ column, schema }: { readonly column: Column; readonly schema: ListSchema }) {
  const text = useText();
  const { values, change } = useListQuery();
  const label = labelOf(column.name, text);
  const sortBy = column.sortBy ?? (column.name === "amount_minor_units" ? "amount" : column.name);
  if (!schema.sortable.includes(sortBy)) return <Table.Th>{label}</Table.Th>;
  const isSorted = values.sort_by === sortBy;
  const isAscending = isSorted && values.sort_order === "asc";
  return (
    <Table.Th aria-sort={isSorted ? (isAscending ? "ascending" : "descending") : "none"}>
      <UnstyledButton
        className="sort"
        onClick={() => change({ sort_by: sortBy, sort_order: isSorted && !isAscending ? "asc" : "desc" })}
      >
        {label}
        <span aria-hidden="true">{isSorted ? (isAscending ? " ↑" : " ↓") : ""}</span>
      </UnstyledButton>
    </Table.Th>
  );
}

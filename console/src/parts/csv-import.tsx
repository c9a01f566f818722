import { Alert, Button, FileInput, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "../act/confirm.js";
import { act, type Query } from "../api/store.js";
import { useText } from "../text/text.js";
import { Facts } from "./facts.js";
import { Failure } from "./failure.js";
import { Panel } from "./panel.js";
import { SmallTable } from "./small-table.js";

/** What every import reports, whatever it counts. */
interface Report {
  readonly dry_run: boolean;
  readonly rows: number;
  readonly refused_count: number;
  readonly refused: readonly { readonly line: number; readonly column: string; readonly reason: string }[];
}

interface CsvImportProps {
  readonly path: string;
  readonly query?: Query;
  /** What is imported, such as "Plans". */
  readonly name: string;
}

/** A file is tried first: what would come of it, and each refused row with its reason. Then it is imported. */
export function CsvImport({ path, query = {}, name }: CsvImportProps) {
  const text = useText();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [isAsked, setAsked] = useState(false);
  const send = async (isDryRun: boolean): Promise<Report> => {
    if (file === null) throw new Error("No file was chosen");
    return act<Report>({ path, query: { ...query, dry_run: isDryRun }, csv: await file.text() });
  };
  const trying = useMutation({ mutationFn: () => send(true) });
  const [report, setReport] = useState<Report | null>(null);
  const shown = report ?? trying.data ?? null;
  const choose = (next: File | null): void => {
    setFile(next);
    setReport(null);
    trying.reset();
  };
  return (
    <Stack>
      <Group align="flex-end">
        <FileInput
          label={text("import.file")}
          accept=".csv,text/csv"
          placeholder={text("import.choose")}
          clearable
          value={file}
          onChange={choose}
          className="file"
        />
        <Button disabled={file === null} loading={trying.isPending} onClick={() => trying.mutate()}>
          {text("import.try")}
        </Button>
        {shown?.dry_run === true && shown.refused_count === 0 && (
          <Button onClick={() => setAsked(true)}>{text("import.import", { count: shown.rows })}</Button>
        )}
      </Group>
      {trying.isError && <Failure error={trying.error} />}
      {shown !== null && <ReportView report={shown} />}
      <Confirm
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={text("import.title", { name, file: file?.name ?? "" })}
        consequences={[text("import.what", { count: shown?.rows ?? 0 })]}
        onConfirm={async () => {
          setReport(await send(false));
          await client.invalidateQueries();
          return text("import.done", { name });
        }}
      />
    </Stack>
  );
}

function ReportView({ report }: { readonly report: Report }) {
  const text = useText();
  const counts = Object.entries(report).filter(([, value]) => typeof value === "number");
  return (
    <Panel title={text(report.dry_run ? "import.tried" : "import.imported")}>
      <Facts of={counts.map(([name, value]) => [text(`import.${name}` as "import.rows"), String(value)])} />
      {report.refused_count > 0 && (
        <>
          <Alert color="red">{text("import.refused_help", { count: report.refused_count })}</Alert>
          <SmallTable rows={report.refused} columns={["line", "column", "reason"]} />
          {report.refused_count > report.refused.length && (
            <Text size="sm">
              {text("import.more", { count: report.refused_count - report.refused.length })}
            </Text>
          )}
        </>
      )}
    </Panel>
  );
}

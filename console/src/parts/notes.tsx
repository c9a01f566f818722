import { Anchor, Button, Group, Paper, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ActButton } from "../act/act-button.js";
import type { AdminOrder } from "../api/shapes.js";
import { act } from "../api/store.js";
import { useOperator } from "../session/session.js";
import { useText } from "../text/text.js";
import { Failure } from "./failure.js";
import { Link } from "./link.js";
import { Panel } from "./panel.js";
import { useDraft } from "./use-draft.js";
import { Moment } from "./values.js";

type Note = AdminOrder["notes"][number];
const NOTE_MAX = 2_000;

interface NotesProps {
  readonly notes: readonly Note[];
  /** Where a new one goes: "/admin/orders/7/notes". */
  readonly path: string;
  readonly mayWrite: boolean;
}

/** What operators write down for each other. */
export function Notes({ notes, path, mayWrite }: NotesProps) {
  const text = useText();
  return (
    <Panel title={text("notes.title")}>
      <Stack gap="sm">
        {notes.length === 0 && <Text c="dimmed">{text("list.empty")}</Text>}
        {notes.map((note) => (
          <NoteCard key={note.id} note={note} />
        ))}
        {mayWrite && <NewNote path={path} />}
      </Stack>
    </Panel>
  );
}

function NoteCard({ note }: { readonly note: Note }) {
  const text = useText();
  const { may } = useOperator();
  return (
    <Paper withBorder p="xs">
      <Text className="note">{note.text}</Text>
      <Group gap="xs" justify="space-between">
        <Text size="sm" c="dimmed">
          {note.author_email ?? note.author} · <Moment at={note.created_at} />
          {note.order_id !== null && (
            <>
              {" · "}
              <Anchor component={Link} to={`/orders/${note.order_id}`} inherit underline="always">
                {text("notes.of_order", { id: note.order_id })}
              </Anchor>
            </>
          )}
        </Text>
        {may("notes.write") && (
          <ActButton
            label={text("notes.remove")}
            title={text("notes.remove_title", { id: note.id })}
            consequences={[text("notes.remove_what")]}
            isDangerous
            onConfirm={async () => {
              await act({ method: "DELETE", path: `/admin/notes/${note.id}` });
              return text("notes.removed");
            }}
          />
        )}
      </Group>
    </Paper>
  );
}

function NewNote({ path }: { readonly path: string }) {
  const text = useText();
  const client = useQueryClient();
  const [draft, setDraft, forget] = useDraft(path);
  const adding = useMutation({
    mutationFn: () => act({ path, body: { text: draft.trim() } }),
    onSuccess: async () => {
      forget();
      await client.invalidateQueries();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() !== "" && !adding.isPending) adding.mutate();
      }}
    >
      <Stack gap="xs">
        <Textarea
          label={text("notes.new")}
          description={text("notes.help")}
          autosize
          minRows={2}
          maxLength={NOTE_MAX}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        {adding.isError && <Failure error={adding.error} />}
        <Group>
          <Button
            type="submit"
            size="sm"
            variant="default"
            disabled={draft.trim() === ""}
            loading={adding.isPending}
          >
            {text("notes.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

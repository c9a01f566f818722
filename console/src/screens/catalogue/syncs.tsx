import { Anchor, Stack, Text } from "@mantine/core";
import type { Schemas } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { Link } from "../../parts/link.js";
import { State } from "../../parts/values.js";
import { useOperator } from "../../session/session.js";
import { type Text as Say, useText } from "../../text/text.js";

export type Counts = Schemas["CatalogueSync"]["counts"];

/** What a difference would do, in one line. */
export const countsLine = (counts: Counts, text: Say): string =>
  (["create", "change", "pause", "price_up", "price_down", "held", "undecided"] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `${counts[name]} ${text(`syncs.count_${name}`)}`)
    .join(" · ");

function What({ row }: { readonly row: Row }) {
  const text = useText();
  return countsLine(row.counts as Counts, text);
}

const SYNCS: ListView = {
  operation: "listCatalogueSyncs",
  title: "nav.syncs",
  columns: [
    {
      name: "id",
      show: ({ id }) => (
        <Anchor component={Link} to={`/catalogue/syncs/${String(id)}`} size="sm">
          {String(id)}
        </Anchor>
      ),
    },
    { name: "state", show: ({ state }) => <State value={String(state)} /> },
    { name: "counts", show: (row) => <What row={row} /> },
    "held_reason",
    "actor",
    "created_at",
    "finished_at",
  ],
};

/** What suppliers sell, compared with the catalogue: what was changed, and what waits for a person. */
export function Syncs() {
  const text = useText();
  const { may } = useOperator();
  const start = (
    <ActButton
      label={text("syncs.start")}
      size="sm"
      title={text("syncs.start_title")}
      consequences={[text("syncs.start_what"), text("syncs.start_limits")]}
      onConfirm={async () => {
        await act({ path: "/admin/catalogue/syncs" });
        return text("syncs.started");
      }}
    />
  );
  return (
    <Stack>
      <ListPage view={SYNCS} acts={may("catalogue.write") ? start : undefined}>
        <Text>{text("syncs.lead")}</Text>
      </ListPage>
    </Stack>
  );
}

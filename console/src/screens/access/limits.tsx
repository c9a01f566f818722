import { Stack, Text } from "@mantine/core";
import type { AnswerOf, Schemas } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { Answer } from "../../parts/answer.js";
import { Panel } from "../../parts/panel.js";
import { SmallTable } from "../../parts/small-table.js";
import { useOperator } from "../../session/session.js";
import { useLanguage, useText } from "../../text/text.js";

type Limit = Schemas["RateLimit"];

function Lift({ of: one }: { readonly of: Limit }) {
  const { text, word } = useLanguage();
  const { may } = useOperator();
  if (!may("limits.lift")) return null;
  const subject = one.email ?? one.ip_address ?? "";
  const limit = word(one.limit);
  return (
    <ActButton
      label={text("limits.lift")}
      title={text("limits.lift_title", { limit, subject })}
      consequences={[text("limits.lift_what", { subject })]}
      reasonDraft={`lift ${one.limit} ${subject}`}
      onConfirm={async (reason) => {
        const { limit: name, email, ip_address: address } = one;
        await act({
          path: "/admin/rate-limits/lift",
          body: { limit: name, email, ip_address: address, reason },
        });
        return text("limits.lifted", { subject });
      }}
    />
  );
}

const COLUMNS = ["limit", "email", "ip_address", "count", "since", "until"];

const LIMITS: ListView = {
  operation: "listRateLimits",
  title: "nav.limits",
  columns: COLUMNS,
  acts: (row: Row) => <Lift of={row as unknown as Limit} />,
};

export function Limits() {
  const text = useText();
  const busiest = useRead<AnswerOf<"listBusiestAddresses">>("/admin/rate-limits/addresses");
  return (
    <Stack>
      <ListPage view={LIMITS} />
      <Panel title={text("limits.busiest")}>
        <Answer reading={busiest}>
          {({ items }) => (
            <SmallTable rows={items} columns={["ip_address", "codes", "emails", "wrong_tries", "last_at"]} />
          )}
        </Answer>
      </Panel>
    </Stack>
  );
}

/** The limits that hold one person back now. */
export function LimitsOf({ email }: { readonly email: string }) {
  const text = useText();
  const reading = useRead<AnswerOf<"listRateLimits">>("/admin/rate-limits", { query: { q: email } });
  return (
    <Panel title={text("nav.limits")}>
      <Answer reading={reading}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{text("limits.none")}</Text>
          ) : (
            <SmallTable
              rows={items}
              columns={COLUMNS}
              acts={(row) => <Lift of={row as unknown as Limit} />}
            />
          )
        }
      </Answer>
    </Panel>
  );
}

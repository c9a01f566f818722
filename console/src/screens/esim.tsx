import { Anchor, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { Schemas } from "@tribi/client";
import { useState } from "react";
import { ActButton } from "../act/act-button.js";
import type { EsimDetail } from "../api/shapes.js";
import { act, read } from "../api/store.js";
import { useRead } from "../api/use-read.js";
import { Answer } from "../parts/answer.js";
import { Facts } from "../parts/facts.js";
import { Link } from "../parts/link.js";
import { Panel } from "../parts/panel.js";
import { SmallTable } from "../parts/small-table.js";
import { Moment, State } from "../parts/values.js";
import { useOperator } from "../session/session.js";
import { useLanguage, useText } from "../text/text.js";

export function Esim() {
  const { id } = useParams({ strict: false }) as { id: string };
  const reading = useRead<EsimDetail>(`/admin/esims/${id}`);
  const text = useText();
  return (
    <Answer reading={reading} title={text("esim.title", { id })}>
      {(esim) => <EsimPage key={esim.id} esim={esim} />}
    </Answer>
  );
}

function EsimPage({ esim }: { readonly esim: EsimDetail }) {
  const text = useText();
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1}>{text("esim.title", { id: esim.id })}</Title>
          <State value={esim.status} />
        </Group>
        <Mail esim={esim} />
      </Group>
      <div className="halves">
        <Panel title={text("order.facts")}>
          <EsimFacts esim={esim} />
        </Panel>
        <Codes esim={esim} />
      </div>
      <Panel title={text("esim.attempts")}>
        <SmallTable
          rows={esim.attempts}
          columns={[
            "number",
            "supplier",
            "package_id",
            "status",
            "supplier_order_id",
            "reason",
            "detail",
            "created_at",
          ]}
        />
      </Panel>
      {esim.top_ups.length > 0 && (
        <Panel title={text("nav.top_ups")}>
          <SmallTable
            rows={esim.top_ups}
            columns={["id", "order_id", "status", "package_id", "created_at", "done_at"]}
          />
        </Panel>
      )}
      <div className="halves">
        <Panel title={text("esim.links")}>
          <SmallTable rows={esim.install_links} columns={["id", "created_at", "expires_at", "revoked_at"]} />
        </Panel>
        <Panel title={text("esim.reveals")}>
          <SmallTable rows={esim.reveals} columns={["actor", "channel", "at"]} />
        </Panel>
      </div>
    </Stack>
  );
}

function Mail({ esim }: { readonly esim: EsimDetail }) {
  const text = useText();
  const { may } = useOperator();
  const { id, order, user } = esim;
  if (!may("esims.resend")) return null;
  return (
    <ActButton
      label={text("order.resend")}
      size="sm"
      title={text("order.resend_title", { reference: order.reference })}
      consequences={[text("order.resend_what", { email: user.email })]}
      onConfirm={async () => {
        await act({ path: `/admin/esims/${id}/resend-mail` });
        return text("order.resent", { email: user.email });
      }}
    />
  );
}

const GIB = 1024 ** 3;

function EsimFacts({ esim }: { readonly esim: EsimDetail }) {
  const { text, word, code } = useLanguage();
  const { may } = useOperator();
  const { usage, user, order } = esim;
  const gigabytes = (bytes: number | null): string =>
    bytes === null ? "?" : (bytes / GIB).toLocaleString(code, { maximumFractionDigits: 2 });
  return (
    <Facts
      of={[
        [
          text("column.order_id"),
          <Anchor key="o" component={Link} to={`/orders/${order.id}`} size="sm">
            {order.reference}
          </Anchor>,
        ],
        [
          text("column.email"),
          may("customers.read") ? (
            <Anchor key="u" component={Link} to={`/customers/${user.id}`} size="sm">
              {user.email}
            </Anchor>
          ) : (
            user.email
          ),
        ],
        [text("column.plan_name"), `${esim.plan.name} (${esim.plan.sku})`],
        [text("column.supplier"), esim.supplier ?? "–"],
        [text("column.iccid"), esim.iccid ?? "–"],
        [text("column.profile_state"), word(esim.profile_state)],
        [text("column.plan_state"), word(esim.plan_state)],
        [
          text("esim.usage"),
          usage.as_of === null
            ? "–"
            : text("esim.usage_of", {
                left: gigabytes(usage.remaining_bytes),
                total: gigabytes(usage.total_bytes),
              }),
        ],
        [text("column.parked_reason"), esim.parked_reason === null ? "–" : word(esim.parked_reason)],
        [text("column.provisioned_at"), <Moment key="p" at={esim.provisioned_at} />],
        [text("column.mailed_at"), <Moment key="m" at={esim.mailed_at} />],
        [text("column.mail_refused_at"), <Moment key="r" at={esim.mail_refused_at} />],
        [text("column.use_by"), <Moment key="y" at={esim.use_by} />],
      ]}
    />
  );
}

/** Shown after it was asked for, and never kept: it goes with the page. */
function Codes({ esim }: { readonly esim: EsimDetail }) {
  const text = useText();
  const { may } = useOperator();
  const [shown, setShown] = useState<Schemas["Esim"] | null>(null);
  if (!may("esims.reveal")) return null;
  return (
    <Panel title={text("esim.codes")}>
      {shown === null ? (
        <>
          <Text size="sm">{text("esim.codes_hidden")}</Text>
          <div>
            <ActButton
              label={text("esim.show_codes")}
              title={text("esim.show_title", { id: esim.id })}
              consequences={[text("esim.show_what", { email: esim.user.email })]}
              onConfirm={async () => {
                setShown(await read<Schemas["Esim"]>(`/admin/esims/${esim.id}/install`));
                return text("esim.shown");
              }}
            />
          </div>
        </>
      ) : (
        <Facts
          of={[
            [text("esim.activation_code"), <Code key="a">{shown.activation_code ?? "–"}</Code>],
            [text("esim.smdp"), <Code key="s">{shown.smdp_address ?? "–"}</Code>],
            [text("esim.matching_id"), <Code key="m">{shown.matching_id ?? "–"}</Code>],
            [text("esim.confirmation_code"), <Code key="c">{shown.confirmation_code ?? "–"}</Code>],
          ]}
        />
      )}
    </Panel>
  );
}

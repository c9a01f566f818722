import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { ListPage } from "../../list/list-page.js";
import type { ListView, Row } from "../../list/list-view.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";
import { Deliveries } from "./deliveries.js";
import { EndpointForm } from "./endpoint-form.js";
import { SecretDialog } from "./secret-dialog.js";

const ENDPOINTS: ListView = {
  operation: "listWebhookEndpoints",
  title: "nav.webhooks",
  columns: ["id", "url", "description", "types", "is_active", "paused_reason", "failing_since", "created_at"],
  acts: (row) => <EndpointActs of={row} />,
};

/** Where this shop tells other programs what happened. */
export function Webhooks() {
  const text = useText();
  const { may } = useOperator();
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <ListPage
        view={ENDPOINTS}
        acts={
          may("webhooks.write") && (
            <Button size="compact-md" onClick={() => setAdding(true)}>
              {text("act.add")}
            </Button>
          )
        }
      />
      {isAdding && <EndpointForm onClose={() => setAdding(false)} onSecret={setSecret} />}
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}

function EndpointActs({ of: row }: { readonly of: Row }) {
  const text = useText();
  const { may } = useOperator();
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [path, url] = [`/admin/webhook-endpoints/${String(row.id)}`, String(row.url)];
  const isActive = row.is_active === true;
  return (
    <Group gap={4}>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {text("webhooks.deliveries")}
      </Button>
      {may("webhooks.write") && (
        <>
          <ActButton
            label={text("webhooks.test")}
            title={text("webhooks.test_title", { url })}
            consequences={[text("webhooks.test_what")]}
            onConfirm={async () => {
              await act({ path: `${path}/test` });
              return text("webhooks.tested");
            }}
          />
          <ActButton
            label={text(isActive ? "plans.pause" : "plans.resume")}
            title={text(isActive ? "webhooks.pause_title" : "webhooks.resume_title", { url })}
            consequences={[text(isActive ? "webhooks.pause_what" : "webhooks.resume_what")]}
            onConfirm={async () => {
              await act({ method: "PATCH", path, body: { is_active: !isActive } });
              return text("webhooks.changed");
            }}
          />
          <ActButton
            label={text("webhooks.rotate")}
            title={text("webhooks.rotate_title", { url })}
            consequences={[text("webhooks.rotate_what")]}
            onConfirm={async () => {
              setSecret((await act<{ secret: string }>({ path: `${path}/rotate-secret` })).secret);
              return text("webhooks.rotated");
            }}
          />
          <ActButton
            label={text("act.delete")}
            title={text("webhooks.delete_title", { url })}
            consequences={[text("webhooks.delete_what")]}
            isDangerous
            onConfirm={async () => {
              await act({ method: "DELETE", path });
              return text("webhooks.deleted");
            }}
          />
        </>
      )}
      {isOpen && <Deliveries path={path} url={url} onClose={() => setOpen(false)} />}
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </Group>
  );
}

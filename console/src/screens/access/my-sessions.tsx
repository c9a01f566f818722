import { Stack, Text, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { SmallTable } from "../../parts/small-table.js";
import { useOperator } from "../../session/session.js";
import { useText } from "../../text/text.js";

/** Where one is signed in oneself, with a way to end it. */
export function MySessions() {
  const text = useText();
  const reading = useRead<AnswerOf<"listSessions">>("/auth/sessions");
  return (
    <Stack>
      <Title order={1}>{text("nav.sessions")}</Title>
      <OperatorSessions />
      <Title order={2} size="h4">
        {text("sessions.all")}
      </Title>
      <Text>{text("sessions.lead")}</Text>
      <Answer reading={reading}>
        {(answer) => (
          <SmallTable
            rows={sessionsOf(answer)}
            columns={["created_at", "last_used_at", "expires_at", "ip_address", "user_agent", "is_current"]}
            acts={({ id, ip_address: address }) => (
              <ActButton
                label={text("sessions.end")}
                title={text("sessions.end_title", { id: Number(id) })}
                consequences={[text("sessions.end_what", { address: String(address ?? "–") })]}
                isDangerous
                onConfirm={async () => {
                  await act({ method: "DELETE", path: `/auth/sessions/${Number(id)}` });
                  return text("sessions.ended");
                }}
              />
            )}
          />
        )}
      </Answer>
    </Stack>
  );
}

/** For work here: one's own, and for owners and auditors the whole team's. */
function OperatorSessions() {
  const text = useText();
  const operator = useOperator();
  const reading = useRead<AnswerOf<"listOperatorSessions">>("/admin/sessions");
  return (
    <>
      <Title order={2} size="h4">
        {text("sessions.work")}
      </Title>
      <Text>{text("sessions.work_lead")}</Text>
      <Answer reading={reading}>
        {({ items }) => (
          <SmallTable
            rows={items}
            columns={[
              "email",
              "used_at",
              "expires_at",
              "factor_at",
              "ip_address",
              "user_agent",
              "is_current",
            ]}
            acts={({ id, email, user_id: userId }) =>
              userId === operator.id || operator.may("team.write") ? (
                <ActButton
                  label={text("sessions.end")}
                  title={text("sessions.end_title", { id: Number(id) })}
                  consequences={[text("sessions.end_work", { email: String(email) })]}
                  isDangerous
                  onConfirm={async () => {
                    await act({ method: "DELETE", path: `/admin/sessions/${Number(id)}` });
                    return text("sessions.ended");
                  }}
                />
              ) : null
            }
          />
        )}
      </Answer>
    </>
  );
}

const sessionsOf = (answer: AnswerOf<"listSessions">): readonly object[] =>
  Array.isArray(answer) ? answer : (answer as { items: readonly object[] }).items;

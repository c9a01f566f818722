import { Stack, Text, Title } from "@mantine/core";
import type { AnswerOf } from "@tribi/client";
import { ActButton } from "../../act/act-button.js";
import { act } from "../../api/store.js";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { SmallTable } from "../../parts/small-table.js";
import { useText } from "../../text/text.js";

/** Where one is signed in oneself, with a way to end it. */
export function MySessions() {
  const text = useText();
  const reading = useRead<AnswerOf<"listSessions">>("/auth/sessions");
  return (
    <Stack>
      <Title order={1}>{text("nav.sessions")}</Title>
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

const sessionsOf = (answer: AnswerOf<"listSessions">): readonly object[] =>
  Array.isArray(answer) ? answer : (answer as { items: readonly object[] }).items;

import { Checkbox, Select, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf, BodyOf } from "@tribi/client";
import { act } from "../api/store.js";
import { useRead } from "../api/use-read.js";
import { NotAllowed } from "../app/missing.js";
import { Answer } from "../parts/answer.js";
import { Failure } from "../parts/failure.js";
import { Panel } from "../parts/panel.js";
import { useOperator } from "../session/session.js";
import { LANGUAGES, type TextKey, useText } from "../text/text.js";

type Choices = AnswerOf<"getAlarmChoices">;
const PATH = "/admin/me/alarms";

/** What I am mailed about, of all that my role decides; each choice counts at once. */
export function MyAlarms() {
  const text = useText();
  const { may } = useOperator();
  const reading = useRead<Choices>(PATH);
  if (!may("alarms.choose")) return <NotAllowed />;
  return (
    <Stack>
      <Title order={1}>{text("alarms.title")}</Title>
      <Text>{text("alarms.lead")}</Text>
      <Answer reading={reading}>{(choices) => <Form choices={choices} />}</Answer>
    </Stack>
  );
}

function Form({ choices }: { readonly choices: Choices }) {
  const text = useText();
  const client = useQueryClient();
  const choosing = useMutation({
    mutationFn: (body: BodyOf<"chooseAlarms">) => act<Choices>({ method: "PATCH", path: PATH, body }),
    onSuccess: () => notifications.show({ message: text("alarms.chosen"), color: "green" }),
    onSettled: () => client.invalidateQueries({ queryKey: [PATH] }),
  });
  return (
    <Panel title={text("alarms.kinds")}>
      {choosing.isError && <Failure error={choosing.error} />}
      {choices.kinds.map(({ kind, is_muted: isMuted }) => (
        <Checkbox
          key={kind}
          label={text(`alarms.kind_${kind}` as TextKey)}
          checked={!isMuted}
          disabled={choosing.isPending}
          onChange={() => choosing.mutate({ kinds: { [kind]: !isMuted } })}
        />
      ))}
      <Select
        label={text("alarms.language")}
        className="narrow"
        allowDeselect={false}
        data={LANGUAGES.map((value) => ({ value, label: text(`alarms.language_${value}`) }))}
        value={choices.language ?? "en"}
        onChange={(language) => choosing.mutate({ language: language === "es" ? "es" : "en" })}
      />
    </Panel>
  );
}

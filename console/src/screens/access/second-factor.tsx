import { Button, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { AnswerOf } from "@tribi/client";
import { useState } from "react";
import { useRead } from "../../api/use-read.js";
import { Answer } from "../../parts/answer.js";
import { Panel } from "../../parts/panel.js";
import { SetUpFactor } from "../../session/set-up-factor.js";
import { formatTime } from "../../text/format.js";
import { useLanguage, useText } from "../../text/text.js";

/** One's own second factor: whether there is one, and a new one in its place. */
export function SecondFactor() {
  const text = useText();
  const client = useQueryClient();
  const [isSettingUp, setSettingUp] = useState(false);
  const reading = useRead<AnswerOf<"getSecondFactor">>("/admin/second-factor");
  return (
    <Stack>
      <Title order={1}>{text("factor.title")}</Title>
      <Text>{text("factor.what")}</Text>
      {isSettingUp ? (
        <Panel title={text("factor.set_up")}>
          <Stack className="narrow">
            <SetUpFactor
              onDone={async () => {
                setSettingUp(false);
                await client.invalidateQueries();
              }}
            />
            <Button variant="default" onClick={() => setSettingUp(false)}>
              {text("act.cancel")}
            </Button>
          </Stack>
        </Panel>
      ) : (
        <Answer reading={reading}>
          {(factor) => (
            <>
              <State of={factor} />
              <div>
                <Button onClick={() => setSettingUp(true)}>
                  {text(factor.is_set_up ? "factor.replace" : "factor.set_up")}
                </Button>
              </div>
            </>
          )}
        </Answer>
      )}
    </Stack>
  );
}

function State({ of: factor }: { readonly of: AnswerOf<"getSecondFactor"> }) {
  const { text, code } = useLanguage();
  if (!factor.is_set_up || factor.set_up_at === null) return <Text>{text("factor.none")}</Text>;
  return (
    <Text>
      {text("factor.since", { at: formatTime(factor.set_up_at, code) })}{" "}
      {text("factor.codes_left", { count: factor.recovery_codes_left })}
    </Text>
  );
}

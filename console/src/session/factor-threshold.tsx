import { Anchor, Stack, Text } from "@mantine/core";
import { useText } from "../text/text.js";
import { useSession } from "./session.js";
import { SetUpFactor } from "./set-up-factor.js";
import { ShowFactor } from "./show-factor.js";

/** Between the mailed code and the console: the second factor is shown, or set up where the shop asks for one. */
export function FactorThreshold() {
  const text = useText();
  const { factor, refresh, signOut } = useSession();
  return (
    <Stack>
      {factor === "missing" ? (
        <>
          <Text>{text("factor.missing_lead")}</Text>
          <SetUpFactor onDone={refresh} />
        </>
      ) : (
        <ShowFactor lead={text("factor.show_lead")} onShown={refresh} />
      )}
      <Anchor component="button" type="button" onClick={() => void signOut()}>
        {text("nav.sign_out")}
      </Anchor>
    </Stack>
  );
}

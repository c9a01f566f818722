import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "../parts/link.js";
import { useText } from "../text/text.js";

export function Missing() {
  const text = useText();
  return (
    <Stack>
      <Title order={1}>{text("missing.title")}</Title>
      <Text>
        {text("missing.help")}{" "}
        <Anchor component={Link} to="/" underline="always">
          {text("nav.home")}
        </Anchor>
      </Text>
    </Stack>
  );
}

/** For an address that was typed or sent: no link leads here. */
export function NotAllowed() {
  const text = useText();
  return (
    <Stack>
      <Title order={1}>{text("missing.not_allowed")}</Title>
      <Text>{text("missing.not_allowed_help")}</Text>
    </Stack>
  );
}

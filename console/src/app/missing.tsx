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
        <Anchor component={Link} to="/">
          {text("nav.home")}
        </Anchor>
      </Text>
    </Stack>
  );
}

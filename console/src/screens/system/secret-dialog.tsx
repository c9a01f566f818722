import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { useText } from "../../text/text.js";

/** A secret that is shown once: it is kept nowhere, and goes with the dialog. */
export function SecretDialog({
  secret,
  onClose,
}: {
  readonly secret: string | null;
  readonly onClose: () => void;
}) {
  const text = useText();
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={text("secret.title")}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": text("act.close") }}
    >
      <Stack>
        <Text>{text("secret.what")}</Text>
        <Code block className="wide-code">
          {secret}
        </Code>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(secret ?? "")}>
            {text("secret.copy")}
          </Button>
          <Button onClick={onClose}>{text("secret.kept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

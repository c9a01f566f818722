import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "../parts/failure.js";
import { useText } from "../text/text.js";

export interface ConfirmProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Names the object: "Refund order TR-12". */
  readonly title: string;
  /** What will be so afterwards, a sentence each. */
  readonly consequences: readonly string[];
  /** Fields that the act needs. */
  readonly children?: ReactNode;
  readonly isDangerous?: boolean;
  /** False while a field is missing. */
  readonly isReady?: boolean;
  /** Does it, and says what came of it. */
  readonly onConfirm: () => Promise<string>;
}

/** Every change is stated before it is made, and what the store answers is shown where it was asked for. */
export function Confirm({
  isOpen,
  onClose,
  title,
  consequences,
  children,
  isDangerous,
  isReady = true,
  onConfirm,
}: ConfirmProps) {
  const text = useText();
  const client = useQueryClient();
  const doing = useMutation({
    mutationFn: onConfirm,
    onSuccess: (message) => {
      notifications.show({
        message,
        color: "green",
        closeButtonProps: { "aria-label": text("act.close") },
      });
      close();
    },
    // Refused or done: what is on the screen may be out of date.
    onSettled: () => client.invalidateQueries(),
  });
  const close = (): void => {
    doing.reset();
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      // What is under way waits for its answer, and for the second factor where that is asked for again.
      closeOnEscape={!doing.isPending}
      closeOnClickOutside={!doing.isPending}
      closeButtonProps={{ "aria-label": text("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !doing.isPending) doing.mutate();
        }}
      >
        <Stack>
          <Consequences sentences={consequences} />
          {children}
          {doing.isError && <Failure error={doing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {text("act.cancel")}
            </Button>
            <Button
              type="submit"
              color={isDangerous === true ? "red" : undefined}
              disabled={!isReady}
              loading={doing.isPending}
            >
              {text("act.confirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Consequences({ sentences }: { readonly sentences: readonly string[] }) {
  const [first] = sentences;
  if (sentences.length <= 1) return first === undefined ? null : <Text>{first}</Text>;
  return (
    <List spacing="xs">
      {sentences.map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  );
}

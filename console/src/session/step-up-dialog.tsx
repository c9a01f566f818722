import { Button, Modal, Stack } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useText } from "../text/text.js";
import { useSession } from "./session.js";
import { ShowFactor } from "./show-factor.js";
import { SignIn } from "./sign-in.js";
import { askStepUpWith } from "./step-up.js";

/** Over whatever was being done, which waits and goes on. */
export function StepUpDialog() {
  const text = useText();
  const { factor } = useSession();
  const [isOpen, setOpen] = useState(false);
  const settle = useRef<(wasShown: boolean) => void>(() => undefined);
  useEffect(() => {
    askStepUpWith(
      () =>
        new Promise((resolve) => {
          settle.current = resolve;
          setOpen(true);
        }),
    );
    return () => askStepUpWith(null);
  }, []);
  const end = (wasShown: boolean): void => {
    setOpen(false);
    settle.current(wasShown);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={() => end(false)}
      withCloseButton={false}
      closeOnClickOutside={false}
      title={text("factor.again_title")}
      zIndex={900}
    >
      <Stack>
        {factor === "none" || factor === "missing" ? (
          <SignIn lead={text("factor.sign_in_again")} onSignedIn={() => end(true)} />
        ) : (
          <ShowFactor lead={text("factor.again_lead")} onShown={() => end(true)} />
        )}
        <Button variant="default" onClick={() => end(false)}>
          {text("act.cancel")}
        </Button>
      </Stack>
    </Modal>
  );
}

import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { TribiError } from "@tribi/client";
import { useEffect, useRef, useState } from "react";
import { tribi } from "../api/store.js";
import { Failure } from "../parts/failure.js";
import { useText } from "../text/text.js";

export async function verifyFactor(code: string): Promise<void> {
  await tribi.request({ method: "POST", path: "/admin/second-factor/verify", body: { code } });
}

/** Asks for a code of the app, or for a recovery code. */
export function ShowFactor({
  lead,
  onShown,
  send = verifyFactor,
}: {
  readonly lead: string;
  readonly onShown: () => Promise<void> | void;
  readonly send?: (code: string) => Promise<void>;
}) {
  const text = useText();
  const [isRecovery, setRecovery] = useState(false);
  return (
    <Stack>
      <Text>{lead}</Text>
      <FactorForm
        key={String(isRecovery)}
        label={text(isRecovery ? "factor.recovery_code" : "factor.code")}
        isRecovery={isRecovery}
        send={send}
        onShown={onShown}
      />
      <Anchor component="button" type="button" onClick={() => setRecovery(!isRecovery)}>
        {text(isRecovery ? "factor.use_code" : "factor.use_recovery")}
      </Anchor>
    </Stack>
  );
}

export function FactorForm(props: {
  readonly label: string;
  readonly isRecovery?: boolean;
  readonly send: (code: string) => Promise<void>;
  readonly onShown: () => Promise<void> | void;
}) {
  const { label, isRecovery = false, send, onShown } = props;
  const text = useText();
  const [code, setCode] = useState("");
  const [trouble, setTrouble] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      await send(code.replace(/\s/g, ""));
      await onShown();
    } catch (error) {
      setTrouble(error);
      setCode("");
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!isBusy) void submit();
      }}
    >
      <Stack>
        <TextInput
          ref={field}
          label={label}
          name="one-time-code"
          autoComplete="one-time-code"
          inputMode={isRecovery ? "text" : "numeric"}
          autoCapitalize="off"
          spellCheck={false}
          required
          withAsterisk={false}
          maxLength={16}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          {text("factor.show")}
        </Button>
        {trouble !== null && <FactorTrouble error={trouble} />}
      </Stack>
    </form>
  );
}

function FactorTrouble({ error }: { readonly error: unknown }) {
  const text = useText();
  if (error instanceof TribiError) {
    if (error.code === "invalid_code") {
      return (
        <Alert color="red" role="alert">
          {text("factor.wrong")}
        </Alert>
      );
    }
    if (error.code === "too_many_attempts") {
      const minutes = Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60));
      return (
        <Alert color="red" role="alert">
          {text("sign.many", { minutes })}
        </Alert>
      );
    }
  }
  return <Failure error={error} />;
}

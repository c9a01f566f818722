import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { TribiError } from "@tribi/client";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { tribi } from "../api/store.js";
import { shop } from "../app/shop.js";
import { Failure } from "../parts/failure.js";
import { useText } from "../text/text.js";
import { useSession } from "./session.js";

/** Signs in by a mailed code, in the place where it is needed: nothing of what is on the page is lost. */
export function SignIn({ lead, onSignedIn }: { readonly lead: string; readonly onSignedIn?: () => void }) {
  const { refresh } = useSession();
  const [email, setEmail] = useState("");
  const [challenge, setChallenge] = useState<string | null>(null);
  const [askedAt, setAskedAt] = useState(0);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      await work();
    } catch (error) {
      setTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  const send = (): Promise<void> =>
    attempt(async () => {
      // By the store's clock: an older code is not the one that was asked for.
      setAskedAt(tribi.now() - 2_000);
      setChallenge((await tribi.auth.requestCode(email.trim())).challenge);
    });
  return (
    <Stack>
      <Text>{lead}</Text>
      {challenge === null ? (
        <EmailForm email={email} isBusy={isBusy} onChange={setEmail} onSend={send} />
      ) : (
        <CodeForm
          email={email.trim()}
          askedAt={askedAt}
          isBusy={isBusy}
          onCode={(code) =>
            attempt(async () => {
              await tribi.auth.verifyCode({ email: email.trim(), code, challenge });
              await refresh();
              onSignedIn?.();
            })
          }
          onAgain={send}
          onOther={() => setChallenge(null)}
        />
      )}
      {trouble !== null && <SignInTrouble error={trouble} />}
    </Stack>
  );
}

const submitted =
  (work: () => void) =>
  (event: FormEvent): void => {
    event.preventDefault();
    work();
  };

interface EmailFormProps {
  readonly email: string;
  readonly isBusy: boolean;
  readonly onChange: (email: string) => void;
  readonly onSend: () => Promise<void>;
}

function EmailForm({ email, isBusy, onChange, onSend }: EmailFormProps) {
  const text = useText();
  return (
    <form onSubmit={submitted(() => void onSend())}>
      <Stack>
        <TextInput
          label={text("sign.email")}
          type="email"
          name="email"
          autoComplete="email"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          {text("sign.send")}
        </Button>
      </Stack>
    </form>
  );
}

interface CodeFormProps {
  readonly email: string;
  readonly askedAt: number;
  readonly isBusy: boolean;
  readonly onCode: (code: string) => Promise<void>;
  readonly onAgain: () => Promise<void>;
  readonly onOther: () => void;
}

function CodeForm({ email, askedAt, isBusy, onCode, onAgain, onOther }: CodeFormProps) {
  const text = useText();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form onSubmit={submitted(() => void onCode(code.replace(/\s/g, "")))}>
      <Stack>
        <Text role="status">{text("sign.sent", { email })}</Text>
        <TextInput
          ref={field}
          label={text("sign.code")}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          withAsterisk={false}
          maxLength={12}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {shop.hasInbox && <InboxCode email={email} askedAt={askedAt} onUse={setCode} />}
        <Button type="submit" loading={isBusy}>
          {text("sign.in")}
        </Button>
        <Group>
          <Anchor component="button" type="button" onClick={() => void onAgain()}>
            {text("sign.again")}
          </Anchor>
          <Anchor component="button" type="button" onClick={onOther}>
            {text("sign.other")}
          </Anchor>
        </Group>
      </Stack>
    </form>
  );
}

function SignInTrouble({ error }: { readonly error: unknown }) {
  const text = useText();
  if (error instanceof TribiError) {
    const { code, retryAfterSeconds } = error;
    if (code === "invalid_code") return <Alert color="red">{text("sign.wrong")}</Alert>;
    if (code === "rate_limited" || code === "too_many_attempts") {
      const minutes = Math.max(1, Math.ceil((retryAfterSeconds ?? 60) / 60));
      return <Alert color="red">{text("sign.many", { minutes })}</Alert>;
    }
  }
  return <Failure error={error} />;
}

const LOOK_MILLIS = 400;

/** In development mail goes to the inbox of the store: a newcomer sees the code beside the field. */
function InboxCode(props: {
  readonly email: string;
  readonly askedAt: number;
  readonly onUse: (code: string) => void;
}) {
  const { email, askedAt, onUse } = props;
  const text = useText();
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const answer = await fetch("/dev/inbox.json").catch(() => null);
      if (answer?.ok !== true) return;
      const mails = (await answer.json()) as readonly { to: string; text: string; created_at: string }[];
      const mail = mails.find(
        (one) => one.to === email.toLowerCase() && Date.parse(one.created_at) >= askedAt,
      );
      setCode(/(?<!\d)\d{6,8}(?!\d)/.exec(mail?.text ?? "")?.[0] ?? null);
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MILLIS);
    return () => clearInterval(timer);
  }, [email, askedAt]);
  if (code === null) return null;
  return (
    <Group gap="xs">
      <Text size="sm">{text("sign.inbox", { code })}</Text>
      <Button size="compact-sm" variant="default" onClick={() => onUse(code)}>
        {text("sign.inbox_use")}
      </Button>
    </Group>
  );
}

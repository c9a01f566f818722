import { TribiError } from "@tribi/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { useText } from "../text/text.js";
import { Failure, Notice } from "./notice.js";
import { useSession } from "./session.js";
import { usePage } from "./shop-context.js";

/** Sign in by a mailed code, in the page where it is needed: nothing of what was chosen is lost. */
export function SignIn({ lead }: { lead: string }) {
  const text = useText();
  const { tribi, refresh, hasEnded } = useSession();
  const [email, setEmail] = useState("");
  const [challenge, setChallenge] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [askedAt, setAskedAt] = useState(0);

  const act = async (work: () => Promise<void>): Promise<void> => {
    if (isBusy) return;
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
    act(async () => {
      // By the store's clock, to the second: an older code is not the one that was asked for.
      setAskedAt(tribi.now() - 2_000);
      setChallenge((await tribi.auth.requestCode(email.trim())).challenge);
    });
  return (
    <section class="card sign">
      <h2>{text("sign.heading")}</h2>
      <p>{hasEnded ? text("sign.ended") : lead}</p>
      {challenge === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <label class="field">
            <span>{text("sign.email")}</span>
            <input
              type="email"
              name="email"
              required
              autocomplete="email"
              inputMode="email"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          </label>
          <button class="button" type="submit" disabled={isBusy}>
            {text("sign.send")}
          </button>
        </form>
      ) : (
        <CodeForm
          email={email.trim()}
          askedAt={askedAt}
          isBusy={isBusy}
          onCode={(code) =>
            act(async () => {
              await tribi.auth.verifyCode({ email: email.trim(), code, challenge });
              await refresh();
            })
          }
          onAgain={send}
          onOther={() => {
            setTrouble(null);
            setChallenge(null);
          }}
        />
      )}
      {trouble !== null && <SignInTrouble error={trouble} typed={challenge === null ? "email" : "code"} />}
    </section>
  );
}

/** What the store finds malformed is what was typed last. */
function SignInTrouble({ error, typed }: { error: unknown; typed: "email" | "code" }) {
  const text = useText();
  if (error instanceof TribiError && error.code === "validation_failed")
    return <Notice kind="bad">{text(typed === "code" ? "sign.wrong" : "sign.email_invalid")}</Notice>;
  return <Failure error={error} />;
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
  const { shop } = usePage();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void onCode(code.replace(/\s/g, ""));
      }}
    >
      <p role="status">{text("sign.sent", { email, count: shop.codeMinutes })}</p>
      <label class="field">
        <span>{text("sign.code")}</span>
        <input
          ref={field}
          name="code"
          required
          autocomplete="one-time-code"
          inputMode="numeric"
          maxLength={12}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      {shop.hasInbox && <InboxCode email={email} askedAt={askedAt} onUse={setCode} />}
      <button class="button" type="submit" disabled={isBusy}>
        {text("sign.in")}
      </button>
      <p class="links">
        <button type="button" class="link" onClick={() => void onAgain()} disabled={isBusy}>
          {text("sign.again")}
        </button>
        <button type="button" class="link" onClick={onOther}>
          {text("sign.other")}
        </button>
      </p>
    </form>
  );
}

interface InboxMail {
  readonly to: string;
  readonly text: string;
  readonly created_at: string;
}

const LOOK_MILLIS = 400;

/** In development mail goes to the inbox of the store: a newcomer sees the code beside the field. */
function InboxCode({
  email,
  askedAt,
  onUse,
}: {
  email: string;
  askedAt: number;
  onUse: (code: string) => void;
}) {
  const text = useText();
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const answer = await fetch("/dev/inbox.json").catch(() => null);
      if (answer?.ok !== true) return;
      const mails = (await answer.json()) as readonly InboxMail[];
      const mail = mails.find(
        ({ to, created_at: at }) => to === email.toLowerCase() && Date.parse(at) >= askedAt,
      );
      setCode(/(?<!\d)\d{6,8}(?!\d)/.exec(mail?.text ?? "")?.[0] ?? null);
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MILLIS);
    return () => clearInterval(timer);
  }, [email, askedAt]);
  if (code === null) return null;
  return (
    <p class="notice info inbox">
      <span>{text("sign.inbox", { code })}</span>
      <button type="button" class="link" onClick={() => onUse(code)}>
        {text("sign.inbox_use")}
      </button>
    </p>
  );
}

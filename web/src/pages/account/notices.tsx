import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useText } from "../../text/text.js";

const KINDS = ["install", "low_data", "used_up", "days_left", "expired"] as const;
type Choices = Record<(typeof KINDS)[number], boolean>;

/** Which notices about eSIMs are mailed. A switch shows what the shop has stored, not what was touched. */
export function Notices() {
  const text = useText();
  const session = useSession();
  const [choices, setChoices] = useState<Choices | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const load = (): void => {
    setTrouble(null);
    session
      .guard(() => session.tribi.auth.notices())
      .then(setChoices)
      .catch(setTrouble);
  };
  useEffect(load, []);
  const choose = (kind: (typeof KINDS)[number], isWanted: boolean): void => {
    session
      .guard(() => session.tribi.auth.chooseNotices({ [kind]: isWanted }))
      .then(setChoices)
      .catch((error: unknown) => {
        setTrouble(error);
        setChoices((before) => before && { ...before });
      });
  };
  return (
    <section>
      <h2>{text("account.notices")}</h2>
      {trouble !== null && <Failure error={trouble} onRetry={load} />}
      {choices !== null && (
        <fieldset class="notices">
          <legend>{text("account.notices_lead")}</legend>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                name={kind}
                checked={choices[kind]}
                onChange={(event) => choose(kind, event.currentTarget.checked)}
              />
              {text(`account.notice_${kind}`)}
            </label>
          ))}
        </fieldset>
      )}
    </section>
  );
}

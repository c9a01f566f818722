import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/notice.js";
import { useSession } from "../../parts/session.js";
import { useLanguage } from "../../text/text.js";
import type english from "../../texts/en/notices.json";

const KINDS = ["install", "low_data", "used_up", "days_left", "expired"] as const;
type Words = typeof english;

/** Loaded with this part alone: checkout and eSIM do without. */
const WORDS: Readonly<Record<"en" | "es", () => Promise<{ default: Words }>>> = {
  en: () => import("../../texts/en/notices.json"),
  es: () => import("../../texts/es/notices.json"),
};

type Choices = Record<(typeof KINDS)[number], boolean>;

/** Which notices about eSIMs are mailed. A switch shows what the shop has stored, not what was touched. */
export function Notices() {
  const { code } = useLanguage();
  const session = useSession();
  const [words, setWords] = useState<Words | null>(null);
  const [choices, setChoices] = useState<Choices | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const load = (): void => {
    setTrouble(null);
    Promise.all([WORDS[code](), session.guard(() => session.tribi.auth.notices())])
      .then(([loaded, found]) => {
        setWords(loaded.default);
        setChoices(found);
      })
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
      {words !== null && <h2>{words.title}</h2>}
      {trouble !== null && <Failure error={trouble} onRetry={load} />}
      {words !== null && choices !== null && (
        <fieldset class="notices">
          <legend>{words.lead}</legend>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                name={kind}
                checked={choices[kind]}
                onChange={(event) => choose(kind, event.currentTarget.checked)}
              />
              {words[kind]}
            </label>
          ))}
          <p class="small">{words.always}</p>
        </fieldset>
      )}
    </section>
  );
}

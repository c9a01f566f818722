import type { Db } from "../../../db/database.js";
import { LANGUAGES, type Language } from "../../../kernel/language.js";
import type { Permission } from "../../../kernel/permissions.js";
import { ALARM_KINDS, type AlarmKind, alarmsFor } from "./alarm-kinds.js";
import { type AlarmChoicesRow, chooseAlarms, readAlarmChoices } from "./alarm-store.js";

export interface AlarmChoices {
  readonly language: Language | null;
  readonly kinds: { readonly kind: AlarmKind; readonly is_muted: boolean }[];
}

export interface AlarmChanges {
  readonly language?: Language;
  /** True mutes a kind. */
  readonly kinds?: Readonly<Partial<Record<AlarmKind, boolean>>>;
}

type Member = { readonly userId: number; readonly permissions: ReadonlySet<Permission> };

export interface ChooseAlarms {
  choicesOf(member: Member): Promise<AlarmChoices>;
  /** What is left out stays as it is. */
  choose(member: Member, changes: AlarmChanges): Promise<AlarmChoices>;
}

/** What a member of the team is mailed about, of what their role decides. */
export function makeChooseAlarms(db: Db): ChooseAlarms {
  return {
    choicesOf: async ({ userId, permissions }) => choicesOf(await readAlarmChoices(db, userId), permissions),
    async choose({ userId, permissions }, { language, kinds = {} }) {
      const row = await chooseAlarms(db, userId, {
        language: language ?? null,
        mute: ALARM_KINDS.filter((kind) => kinds[kind] === true),
        unmute: ALARM_KINDS.filter((kind) => kinds[kind] === false),
      });
      return choicesOf(row, permissions);
    },
  };
}

const choicesOf = (
  { language, muted }: AlarmChoicesRow,
  permissions: ReadonlySet<Permission>,
): AlarmChoices => ({
  language: LANGUAGES.find((one) => one === language) ?? null,
  kinds: alarmsFor(permissions).map((kind) => ({ kind, is_muted: muted.includes(kind) })),
});

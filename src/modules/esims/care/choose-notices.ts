import type { Db } from "../../../db/database.js";
import { NOTICE_KINDS, type NoticeKind } from "./notice-kinds.js";
import { chooseNotices, type FoundNotice, findNotice, listRefused } from "./notice-store.js";
import type { NoticeTokens } from "./notice-token.js";

export type Choices = Record<NoticeKind, boolean>;

export interface ChooseNotices {
  choicesOf(userId: number): Promise<Choices>;
  /** Kinds that are left out stay as they are. */
  choose(userId: number, changes: Partial<Choices>): Promise<Choices>;
  /** The notice of a mail's link; undefined for a link that we have not made. */
  find(token: string): Promise<FoundNotice | undefined>;
  /** Refuses the kind of that notice for its person. */
  refuse(notice: FoundNotice): Promise<void>;
}

/** Who is told what: by the person in the account, or by whoever has the link of a mail. */
export function makeChooseNotices(db: Db, tokens: NoticeTokens): ChooseNotices {
  const choicesOf = async (userId: number): Promise<Choices> => {
    const refused = await listRefused(db, userId);
    return Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, !refused.includes(kind)])) as Choices;
  };
  return {
    choicesOf,
    async choose(userId, changes) {
      const kindsThat = (isWanted: boolean): NoticeKind[] =>
        NOTICE_KINDS.filter((kind) => changes[kind] === isWanted);
      await chooseNotices(db, userId, { wanted: kindsThat(true), refused: kindsThat(false) });
      return choicesOf(userId);
    },
    async find(token) {
      const noticeId = tokens.read(token);
      return noticeId === null ? undefined : findNotice(db, noticeId);
    },
    refuse: (notice) => chooseNotices(db, notice.user_id, { wanted: [], refused: [notice.kind] }),
  };
}

export type { FoundNotice };

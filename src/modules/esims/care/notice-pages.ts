import type { Db } from "../../../db/database.js";
import type { ListTopUps, TopUpOffer } from "../top-ups/list-top-ups.js";
import { endLinksOf, findNoticePage, type NoticePageRow } from "./notice-page-store.js";
import type { NoticeTokens } from "./notice-token.js";

export interface FoundNoticePage {
  readonly row: NoticePageRow;
  /** Undefined when nothing can be added. */
  readonly topUp: TopUpOffer | undefined;
}

export interface NoticePages {
  /** The page of a notice's link; undefined for a link that we have not made. */
  find(token: string): Promise<FoundNoticePage | undefined>;
  /** How many links worked until now; undefined when this user has no such eSIM. */
  endLinksOf(wanted: { esimId: number; userId: number; requestId: string }): Promise<number | undefined>;
}

/** Looking writes nothing, so that programs may preview a page as they like. */
export function makeNoticePages(deps: {
  readonly db: Db;
  readonly tokens: NoticeTokens;
  readonly listTopUps: ListTopUps;
}): NoticePages {
  const { db, tokens, listTopUps } = deps;
  const fittingTopUp = async (row: NoticePageRow): Promise<TopUpOffer | undefined> => {
    if (!row.is_live || row.has_ended || row.kind === "install") return undefined;
    const wanted = { esimId: row.esim_id, userId: row.user_id, currency: row.currency };
    return (await listTopUps(db, wanted))?.offers[0];
  };
  return {
    async find(token) {
      const noticeId = tokens.read(token);
      const row = noticeId === null ? undefined : await findNoticePage(db, noticeId);
      return row === undefined ? undefined : { row, topUp: await fittingTopUp(row) };
    },
    endLinksOf: (wanted) => endLinksOf(db, wanted),
  };
}

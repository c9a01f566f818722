import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

const TOKEN = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

export interface NoticeTokens {
  sign(noticeId: number): string;
  /** The notice; null for what we have not signed. */
  read(token: string): number | null;
}

/**
 * Names one notice, and through it a person and a kind. A token for one purpose opens nothing of another. What it
 * opens, and until when, the notice's row decides.
 */
export function makeNoticeTokens(indexKey: string, purpose: "unsubscribe" | "notice page"): NoticeTokens {
  const key = Buffer.from(hkdfSync("sha256", indexKey, "", `tribi ${purpose}`, 32));
  const macOf = (noticeId: string): Buffer => createHmac("sha256", key).update(noticeId).digest();
  return {
    sign: (noticeId) => `${noticeId}.${macOf(String(noticeId)).toString("base64url")}`,
    read(token) {
      const [, noticeId, mac] = TOKEN.exec(token) ?? [];
      if (noticeId === undefined || mac === undefined) return null;
      return timingSafeEqual(macOf(noticeId), Buffer.from(mac, "base64url")) ? Number(noticeId) : null;
    },
  };
}

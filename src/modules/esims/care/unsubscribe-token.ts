import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

const TOKEN = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

export interface UnsubscribeTokens {
  sign(noticeId: number): string;
  /** The notice; null for what we have not signed. */
  read(token: string): number | null;
}

/** Names one notice, and through it a person and a kind. It opens nothing but the choice, so it does not expire. */
export function makeUnsubscribeTokens(indexKey: string): UnsubscribeTokens {
  const key = Buffer.from(hkdfSync("sha256", indexKey, "", "tribi unsubscribe", 32));
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

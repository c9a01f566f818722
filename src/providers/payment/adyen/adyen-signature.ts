import type { NotificationRequestItem } from "@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js";
import { HmacValidator } from "./adyen-library.js";

const validator = new HmacValidator();

/**
 * The signature over pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode and
 * success, joined by colons (docs.adyen.com/development-resources/webhooks/verify-hmac-signatures). Any of the keys counts.
 */
export const isSignedItem = (item: NotificationRequestItem, keys: readonly string[]): boolean =>
  keys.some((key) => validator.validateHMAC(item, key));

export const signatureOf = (item: NotificationRequestItem, key: string): string =>
  validator.calculateHmac(item, key);

/** A colon inside a member could have moved text from one member to the next: what such an item says is not certain. */
export function isAmbiguous(item: NotificationRequestItem): boolean {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, eventCode } = item;
  const members = [pspReference, originalReference ?? "", merchantAccountCode, merchantReference, eventCode];
  return members.some((member) => member.includes(":"));
}

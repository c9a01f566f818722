import { createHmac } from "node:crypto";
import type { FakeItem } from "./fake-types.js";

/** The version of the Checkout API in the addresses that the fake knows. */
export const FAKE_ADYEN_API_VERSION = "v72";

/** What a key must look like that the fake takes. */
export const FAKE_ADYEN_KEY = "AQE_of_the_local_fake";
export const FAKE_ADYEN_ACCOUNT = "FakeMerchantECOM";

/** HMAC-SHA256 over the eight signed members (docs.adyen.com/development-resources/webhooks/verify-hmac-signatures). */
export function signItem(item: FakeItem, hexKey: string): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, amount } = item;
  const members = [pspReference, originalReference ?? "", merchantAccountCode, merchantReference];
  const signed = [...members, amount.value, amount.currency, item.eventCode, item.success].join(":");
  return createHmac("sha256", Buffer.from(hexKey, "hex")).update(signed).digest("base64");
}

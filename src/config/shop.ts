import { type EmailAddress, readEmailAddress } from "../kernel/email-address.js";
import type { VariableReader } from "./variables.js";

const NAME_LENGTH_MAX = 60;

export interface ShopSettings {
  /** What customers know the shop by: in mails, on pages, as the title of documents. */
  readonly name: string;
  /** Where a customer who needs a person writes to; null: texts send them to the shop's own address instead. */
  readonly supportEmail: EmailAddress | null;
}

/** Who the shop is to its customers. */
export function readShop(reader: VariableReader): ShopSettings {
  return { name: readName(reader), supportEmail: readSupportEmail(reader) };
}

/** The name goes into subjects and titles, which are one short line. */
function readName(reader: VariableReader): string {
  const name = reader.textOr("SHOP_NAME", "Tribi").trim();
  if (name === "" || [...name].length > NAME_LENGTH_MAX || /\p{C}/u.test(name)) {
    reader.problem("SHOP_NAME", `must be one line of 1 to ${NAME_LENGTH_MAX} characters`);
  }
  return name;
}

function readSupportEmail(reader: VariableReader): EmailAddress | null {
  const text = reader.text("SHOP_SUPPORT_EMAIL");
  if (text === null) return null;
  const address = readEmailAddress(text);
  if (address === undefined) {
    reader.problem(
      "SHOP_SUPPORT_EMAIL",
      "must be the plain address of one mailbox, such as help@shop.example",
    );
  }
  return address ?? null;
}

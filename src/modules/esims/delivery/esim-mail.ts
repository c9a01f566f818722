import { qrPng } from "../../../providers/esim/formats/qr.js";
import { mailText } from "../../../providers/mail/formats/mail-text.js";
import type { Mail } from "../../../providers/mail/port.js";
import type { EsimRow } from "../esim-read-model.js";
import { esimOnWire } from "../esim-view.js";
import type { InstallSecrets } from "../install-secrets.js";
import type { MailClaim } from "./mail-store.js";

export interface EsimMailInput {
  readonly row: EsimRow;
  readonly secrets: InstallSecrets;
  readonly claim: MailClaim;
  readonly publicUrl: string;
  /** The page of this eSIM behind its secret link. */
  readonly installPage: string;
}

/** The subject never has a code: subjects are shown on lock screens and kept in logs. */
export function esimMail({ row, secrets, claim, publicUrl, installPage }: EsimMailInput): Mail {
  return {
    template: "esim",
    reference: `esim-${row.id}-${claim.number}`,
    to: { address: claim.email },
    subject: "Your eSIM is ready to install",
    text: mailText([esimOnWire(row, secrets).instructions, installPage], publicUrl),
    attachments: [{ filename: "esim-qr.png", contentType: "image/png", content: qrPng(secrets.qrPayload) }],
  };
}

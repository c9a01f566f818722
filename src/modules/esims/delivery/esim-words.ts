import { languageOr } from "../../../kernel/language.js";
import type { TextKey, TextsIn } from "../../mail/mail.module.js";
import type { EsimRow } from "../esim-read-model.js";
import type { InstallSecrets } from "../install-secrets.js";
import { type InstallSteps, installSteps } from "./install-guide.js";

/**
 * The member `instructions` of an eSIM: how to install it, or what is the matter with it. In the words of mail and
 * page, in the order's language.
 */
export function instructionsOf(row: EsimRow, secrets: InstallSecrets | null, textsIn: TextsIn): string {
  const texts = textsIn(languageOr(row.language));
  if (secrets === null) return texts.text(stateTextOf(row));
  return stepsText(installSteps(row, secrets, texts));
}

/** What there is to say of an eSIM that nobody can install now. */
export function stateTextOf(row: EsimRow): TextKey {
  const isRefunded = row.order_status === "refunded";
  switch (row.status) {
    case "pending":
      if (isRefunded) return "state.refunded";
      if (row.order_status !== "paid") return "state.unpaid";
      return row.is_take_back_requested ? "state.refunding" : "state.preparing";
    case "failed":
      if (row.order_status === "failed")
        return row.was_not_paid_in_time ? "state.unpaid_expired" : "state.payment_failed";
      return isRefunded ? "state.undeliverable_refunded" : "state.undeliverable";
    case "ready":
    case "active":
      return isRefunded ? "state.refunded" : "state.ended";
    case "expired":
      if (isRefunded) return "state.refunded";
      return row.was_revoked ? "state.revoked" : "state.expired";
    case "cancelled":
      return isRefunded ? "state.refunded" : "state.taken_back";
  }
}

function stepsText({ warning, before, platforms, codes, arrival }: InstallSteps): string {
  return [
    ...(warning === null ? [] : [warning]),
    ...before.lines,
    ...platforms.flatMap(({ title, lines }) => [`${title}:`, ...lines.map((line) => `- ${line}`)]),
    ...codes.map(({ label, value }) => `${label}: ${value}`),
    `${arrival.title}:`,
    ...arrival.lines.map((line) => `- ${line}`),
  ].join("\n");
}

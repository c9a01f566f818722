import type { Db } from "../../../db/database.js";
import type { Mail, MailOutcome } from "../../../providers/mail/port.js";
import { readRoot } from "./check-chain.js";

/** Once a day the chain's last hash leaves the database: who changes rows later cannot change what was mailed. */
export function makeMailRoot(deps: {
  readonly db: Db;
  readonly shopName: string;
  readonly operators: readonly string[];
  readonly sendMail: (mail: Mail) => Promise<MailOutcome>;
}) {
  return async function mailRoot(): Promise<void> {
    const root = await readRoot(deps.db);
    if (root === undefined) return;
    for (const [index, address] of deps.operators.entries()) {
      const outcome = await deps.sendMail({
        template: "audit_root",
        reference: `audit-root-${root.number}-${index + 1}`,
        to: { address },
        subject: `${deps.shopName}: audit log up to block ${root.number}`,
        text: [
          `Block ${root.number} of the audit log, made at ${root.made_at}:`,
          root.hash,
          "",
          "Keep this mail. `tribi audit --full` computes the chain anew; if block and hash differ from this mail, rows of the audit log were changed.",
        ].join("\n"),
      });
      if (outcome.kind === "unknown")
        throw new Error("The mail with the audit log's last hash was not taken yet");
    }
  };
}

import type { Db } from "../../db/database.js";
import type { Mail, MailOutcome } from "../../providers/mail/port.js";
import { failpoint } from "../../telemetry/failpoints.js";
import type { JobHandler } from "../jobs/jobs.module.js";
import { eraseSealedCode, findUnsentCode, markSent } from "./login-code-store.js";
import { type LoginMailInput, loginMailWords } from "./login-mail.js";
import type { LoginSecrets } from "./login-secrets.js";

export interface SendLoginCodeDeps {
  readonly db: Db;
  readonly secrets: LoginSecrets;
  readonly mailer: { send(mail: Mail): Promise<MailOutcome> };
  readonly publicUrl: string;
  readonly shop: LoginMailInput["shop"];
}

/**
 * Mails one code. A code that was sent, used or replaced or that has expired is not sent. After an unknown outcome
 * the job runs again with back-off while the code lives; the same reference lets mailboxes drop the repeat.
 */
export function makeSendLoginCodeJob({ db, secrets, mailer, ...frame }: SendLoginCodeDeps): JobHandler {
  return async ({ code_id: codeId }) => {
    if (typeof codeId !== "number") throw new Error("send_login_code needs a code_id");
    const unsent = await findUnsentCode(db, codeId);
    if (unsent === undefined) return;
    const { email, sealedCode, ...words } = unsent;
    const code = secrets.openCode(email, sealedCode);
    const outcome = await mailer.send({
      template: "login_code",
      reference: `login-code-${codeId}`,
      to: { address: email },
      ...loginMailWords({ ...frame, ...words, code }),
      developmentLine: `Sign-in code for ${email}: ${code}`,
    });
    if (outcome.kind === "unknown")
      throw new Error(`The mail server did not take the code: ${outcome.cause}`);
    await failpoint("s2.after_250_before_mark");
    // Refused for good: nobody will read it, so nothing of it stays.
    await (outcome.kind === "done" ? markSent(db, codeId) : eraseSealedCode(db, codeId));
  };
}

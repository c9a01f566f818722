/** Telling other systems of events; part of the composition root. */
import { makeSealer } from "../kernel/sealing.js";
import type { MailModule } from "../modules/mail/mail.module.js";
import { makeWebhooksModule } from "../modules/webhooks/webhooks.module.js";
import { makeGuardedReceiver } from "../providers/receiver/guarded-receiver.js";
import type { Foundation } from "./foundation.js";

export function composeWebhooks(
  foundation: Foundation,
  { mailer }: Pick<MailModule, "mailer">,
): ReturnType<typeof makeWebhooksModule> {
  const { config } = foundation;
  return makeWebhooksModule({
    ...foundation,
    sendMail: mailer.send,
    sealer: makeSealer(config.secrets.encryptionKeys),
    receiver: makeGuardedReceiver({ allowsPrivate: config.webhooks.allowPrivate }),
  });
}

/** Telling other systems of events; part of the composition root. */
import { makeSealer } from "../kernel/sealing.js";
import { makeWebhooksModule } from "../modules/webhooks/webhooks.module.js";
import { makeGuardedReceiver } from "../providers/receiver/guarded-receiver.js";
import type { Foundation } from "./foundation.js";

export function composeWebhooks(foundation: Foundation): ReturnType<typeof makeWebhooksModule> {
  const { config } = foundation;
  return makeWebhooksModule({
    ...foundation,
    sealer: makeSealer(config.secrets.encryptionKeys),
    receiver: makeGuardedReceiver({ allowsPrivate: config.webhooks.allowPrivate }),
  });
}

/** Who works in the administration; part of the composition root. */
import { makeSealer } from "../kernel/sealing.js";
import { makeAccessModule } from "../modules/access/access.module.js";
import type { AuthModule } from "../modules/auth/auth.module.js";
import type { Foundation } from "./foundation.js";

export function composeAccess(foundation: Foundation, auth: AuthModule): ReturnType<typeof makeAccessModule> {
  const { config } = foundation;
  return makeAccessModule({
    ...foundation,
    sealer: makeSealer(config.secrets.encryptionKeys),
    ownerEmails: config.adminEmails,
    isProduction: config.isProduction,
    addressOf: (request) => foundation.clientOf(request).address,
    publicUrl: config.http.publicUrl,
    shop: foundation.shop,
    endSessionsOf: auth.endSessionsOf,
    findSessionAnew: auth.findSessionAnew,
    operators: config.operators,
    pepper: config.secrets.otpPepper,
    forgetPerson: auth.forgetPerson,
  });
}

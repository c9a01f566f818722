import { readConfig } from "../config/config.js";
import { makeSealer } from "../kernel/sealing.js";
import { resealSecondFactors } from "../modules/access/access.module.js";
import { makeInstallVault, makeRotateKeys } from "../modules/esims/esims.module.js";
import { resealEndpoints } from "../modules/webhooks/webhooks.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/**
 * `tribi rotate-keys`: after a new key was put first in DATA_ENCRYPTION_KEYS (the old ones behind it) and every
 * process was restarted with it. When it has ended the old keys can go.
 */
export async function rotateKeys(): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const config = readConfig();
    await onDatabase({ config, say, applicationName: "tribi rotate-keys" }, async (db) => {
      const { encryptionKeys: keys, indexKey } = config.secrets;
      const rotate = makeRotateKeys({ db, vault: makeInstallVault({ keys, indexKey }) });
      const { resealed, seen } = await rotate();
      const endpoints = await resealEndpoints({ db, sealer: makeSealer(keys) });
      say(`${seen} sealed rows, ${resealed} of them sealed anew with key ${keys[0]?.id ?? ""}.`);
      say(`The secrets of ${endpoints} webhook endpoints, sealed with key ${keys[0]?.id ?? ""}.`);
      const factors = await resealSecondFactors(db, makeSealer(keys));
      say(`The second factors of ${factors} operators, sealed with key ${keys[0]?.id ?? ""}.`);
      say("Older keys can be taken out of DATA_ENCRYPTION_KEYS once no process writes with them any more.");
    });
  });
}

import { readConfig } from "../config/config.js";
import { readEmailAddress } from "../kernel/email-address.js";
import { findUserByAddress, makeResetFactor } from "../modules/access/access.module.js";
import { endSessionsOfPerson } from "../modules/auth/auth.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/**
 * `tribi reset-second-factor <address>`: the way back for somebody who lost phone and recovery codes, when no other owner
 * is there to help. Whoever may run it has the database anyway.
 */
export async function resetSecondFactor(
  address: string,
  options: { readonly reason: string },
): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const email = readEmailAddress(address);
    if (email === undefined) throw new Error(`${address} is not an e-mail address.`);
    const use = { config: readConfig(), say, applicationName: "tribi reset-second-factor" };
    await onDatabase(use, async (db) => {
      const userId = await findUserByAddress(db, email);
      if (userId === undefined) throw new Error(`Nobody has signed in as ${email}.`);
      const reset = makeResetFactor({ db, endSessionsOf: endSessionsOfPerson });
      const act = { actor: "system:command-line", requestId: null };
      await reset({ userId, reason: options.reason, by: null, act });
      say(`The second factor of ${email} is gone, and every session has ended within five seconds.`);
      say("They are told by mail. At the next sign-in at /console they set up a new one.");
    });
  });
}

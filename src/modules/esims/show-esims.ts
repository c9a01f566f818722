import type { Db } from "../../db/database.js";
import { type EsimRow, findEsim } from "./esim-read-model.js";
import { secretsOf } from "./esim-view.js";
import type { InstallSecrets, InstallVault } from "./install-secrets.js";
import type { RevealLog } from "./reveal-log.js";
import { markRevealed, type Reveal } from "./reveal-store.js";

export interface ShownEsim {
  readonly row: EsimRow;
  /** Null when there is nothing to install. */
  readonly secrets: InstallSecrets | null;
}

export type Viewer = Omit<Reveal, "profileId">;
export type ShowEsim = (row: EsimRow, viewer: Viewer) => Promise<ShownEsim>;

/** Every way in which a code leaves the house goes through here: page, mail, QR, API, operator. */
export function makeShowEsim(deps: { db: Db; vault: InstallVault; reveals: RevealLog }): ShowEsim {
  return async (asRead, viewer) => {
    let row = asRead;
    if (secretsOf(deps.vault, row) === null) return { row, secrets: null };
    if (row.revealed_at === null && !(await markRevealed(deps.db, row.id))) {
      // It was shown by somebody else first, or taken back since it was read: the row of now decides.
      row = (await findEsim(deps.db, row.id)) ?? row;
    }
    const secrets = secretsOf(deps.vault, row);
    if (secrets !== null) {
      const reveal: Reveal = { ...viewer, profileId: row.id };
      // Owners read their eSIMs often, and that must cost nothing; every other showing is on record before it happens.
      if (viewer.channel === "api" || viewer.channel === "qr") deps.reveals.note(reveal);
      else await deps.reveals.write(reveal);
    }
    return { row, secrets };
  };
}

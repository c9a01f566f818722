import type { Db } from "../../db/database.js";
import { type EsimRow, findEsimOf } from "./esim-read-model.js";
import { markInstalledIfReady } from "./esim-store.js";

export type Installed =
  | { readonly kind: "not_found" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "active"; readonly row: EsimRow };

export type MarkInstalled = (
  profileId: number,
  by: { userId: number; requestId: string },
) => Promise<Installed>;

export function makeMarkInstalled(deps: { readonly db: Db }): MarkInstalled {
  return async (profileId, by) => {
    await markInstalledIfReady(deps.db, profileId, by);
    const row = await findEsimOf(deps.db, by.userId, profileId);
    if (row === undefined) return { kind: "not_found" };
    if (row.status === "active") return { kind: "active", row };
    if (row.supplier !== null && row.supplier !== "local")
      return { kind: "refused", why: "Whether this eSIM is installed is reported by its supplier." };
    return { kind: "refused", why: `An eSIM that is ${row.status} cannot be installed.` };
  };
}

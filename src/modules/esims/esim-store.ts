import { type Queryable, statement } from "../../db/database.js";

const MARK_INSTALLED = statement(
  "esims.mark_installed",
  `with context as (select set_config('tribi.actor', $3, true), set_config('tribi.request_id', $4, true))
   update esim_profiles p set status = 'active', installed_at = now(), profile_state = 'installed'
   from context
   where p.id = $1 and p.user_id = $2 and p.supplier = 'local' and p.status = 'ready' and p.use_by > now()`,
);

/** The local supplier has nobody else to say so. Expiry and installation exclude each other by the status. */
export async function markInstalledIfReady(
  db: Queryable,
  profileId: number,
  by: { userId: number; requestId: string },
): Promise<boolean> {
  const values = [profileId, by.userId, `user:${by.userId}`, by.requestId];
  return (await db.run(MARK_INSTALLED, values)).count === 1;
}

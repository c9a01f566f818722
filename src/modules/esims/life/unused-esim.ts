/**
 * As far as we know nobody has used the eSIM `e`, nor added to it: what a customer may give back. Whether it really can
 * be taken back is the supplier's word.
 */
export const ESIM_IS_UNUSED = `(e.status = 'ready' and e.ended_at is null and e.installed_at is null
  and e.profile_state in ('unknown', 'released')
  and coalesce(e.usage_remaining_bytes >= e.usage_total_bytes, true)
  and not exists (select from top_ups t where t.profile_id = e.id and t.status in ('pending', 'done')))`;

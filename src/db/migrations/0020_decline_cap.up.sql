-- oldest-program: 0.1.0
-- How often one person's payments may be declined in a day: who tries stolen cards tries many.

-- For how many seconds this person may begin no further payment; null when they may now. Callers of one person take
-- turns, and each statement of a function sees what the one before it committed. Once a payment was declined, those
-- under way count with the declined ones, so that payments begun at once do not pass the cap together.
create function decline_cap(p_user_id bigint, p_order_id bigint, p_declines_max integer) returns integer
language plpgsql as $$
declare
  c_window constant interval := interval '24 hours';
  -- An order is payable for seven days at most (ORDER_TTL_MINUTES), so older ones have no decline of the last day.
  c_orders constant interval := interval '9 days';
  v_declined timestamptz[];
  v_under_way integer;
  v_over integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('declined payments of user ' || p_user_id, 0));
  if exists (select from payments where order_id = p_order_id and status = 'requires_action') then
    -- Begun by a simultaneous call: this is no further payment.
    return null;
  end if;
  select array_agg(e.received_at order by e.received_at) into v_declined
  from orders o join payments p on p.order_id = o.id join webhook_events e on e.payment_id = p.id
  where o.user_id = p_user_id and o.created_at > now() - c_orders and e.received_at > now() - c_window
    and e.outcome in ('processed', 'ignored')
    and (e.kind = 'intent_failed_attempt' or e.type = 'mock.intent.failed');
  if v_declined is null then
    return null;
  end if;
  select count(*) into v_under_way from orders o join payments p on p.order_id = o.id
  where o.user_id = p_user_id and o.status = 'created' and p.status = 'requires_action' and p.decline_code is null;
  v_over := cardinality(v_declined) + v_under_way - p_declines_max;
  if v_over < 0 then
    return null;
  end if;
  return greatest(1, ceil(extract(epoch from
    v_declined[least(v_over + 1, cardinality(v_declined))] + c_window - now())));
end;
$$;

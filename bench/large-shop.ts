import { openDatabase } from "../src/db/database.js";

/** The n-th of `total` rows of two years, evenly. */
const at = (n: string, total: number): string =>
  `(now() - (${total} - ${n}) * (interval '730 days' / ${total}))`;

/**
 * Two years of a shop that sells evenly: two orders each person, three in a hundred never paid, one refunded, one in fifty a
 * top-up, and of what waits for a person some of each kind. Triggers are off: the rows come as they are after their moves.
 */
function fillTexts(orders: number): readonly string[] {
  const people = Math.ceil(orders / 2);
  const placed = at("n", orders);
  return [
    "set session_replication_role = replica",
    "insert into carriers (name) select 'Carrier ' || n from generate_series(1, 20) n",
    `insert into countries (iso2, name)
     select chr(65 + n / 26) || chr(65 + n % 26), 'Country ' || n from generate_series(0, 199) n on conflict do nothing`,
    `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
     select 'BENCH-' || n, 'Plan ' || n, 5, 30, (select min(id) from countries) + n % 200, (select min(id) from carriers) + n % 20
     from generate_series(1, 2000) n`,
    "insert into plan_prices select id, c, 500 from plans, unnest(array['USD', 'EUR']) c",
    `insert into plan_suppliers (plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor)
     select id, case when id % 10 = 0 then 'stock' else 'airalo' end, 'package-' || id, 1, '3.50', 'USD', 350 from plans`,
    `insert into supplier_accounts (supplier, balance_text, balance_currency, balance_minor, balance_read_at, problem, problem_since)
     values ('airalo', '950.00', 'USD', 95000, now(), null, null), ('esimgo', '3.00', 'USD', 300, now(), 'credentials_refused', now())`,
    `insert into users (email, name, created_at, last_login_at)
     select 'person-' || n || '@example.com', 'Person ' || n, ${at("n", people)}, ${at("n", people)}
     from generate_series(1, ${people}) n`,
    `insert into sessions (sid, user_id, auth_code_id, kind, created_at, expires_at, last_used_at, refresh_hash)
     select gen_random_uuid(), id, id, 'both', created_at, created_at + interval '30 days', created_at, '\\x00'
     from users where created_at > now() - interval '90 days'`,
    `insert into orders (reference, user_id, plan_id, kind, top_up_of_profile_id, status, currency, amount_minor, plan_snapshot,
       created_at, expires_at, paid_at, failed_at, refunded_at)
     select 'B' || lpad(n::text, 9, '0'), 1 + n % ${people}, 1 + n % 2000, case when n % 50 = 7 then 'top_up' else 'esim' end,
       case when n % 50 = 7 then n - 1 end,
       case when n % 33 = 0 then 'failed' when n % 100 = 1 then 'refunded' when n % 5000 = 2 then 'created' else 'paid' end,
       case when n % 10 = 0 then 'EUR' else 'USD' end, 500 + n % 4000, '{"name":"Plan"}', ${placed}, ${placed} + interval '1 hour',
       case when n % 33 <> 0 and (n % 5000 <> 2 or n % 100 = 1) then ${placed} + interval '1 minute' end,
       case when n % 33 = 0 then ${placed} + interval '1 hour' end, case when n % 33 <> 0 and n % 100 = 1 then ${placed} + interval '1 day' end
     from generate_series(1, ${orders}) n`,
    `insert into payments (order_id, provider, intent_id, status, currency, amount_minor, captured_minor, is_counted, livemode,
       created_at, succeeded_at, failed_at, refund_reserved_minor, refunded_minor)
     select id, case when id % 4 = 0 then 'ADYEN' else 'STRIPE' end, 'pi_' || id,
       case when paid_at is null then 'failed' else 'succeeded' end, currency, amount_minor,
       case when paid_at is null then 0 else amount_minor end, paid_at is not null, false, created_at, paid_at, failed_at,
       case when status = 'refunded' then amount_minor else 0 end, case when status = 'refunded' then amount_minor else 0 end
     from orders`,
    `insert into webhook_events (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts,
       provider_created_at, received_at, applied_at)
     select provider, 'evt_' || id, 'webhook', 'payment_intent.succeeded', 'intent_succeeded', intent_id, id,
       case when id % 100000 = 3 then 'parked' else 'processed' end, case when id % 100000 = 3 then 'amount_differs' end, '{}',
       created_at, created_at, created_at from payments`,
    `insert into refunds (payment_id, order_id, status, amount_minor, currency, origin, reason, provider_refund_id, created_at,
       finished_at, failure_reason)
     select id, order_id, case when id % 50000 = 1 then 'parked' else 'succeeded' end, amount_minor, currency, 'admin', 'asked for it',
       're_' || id, succeeded_at, succeeded_at + interval '1 day', case when id % 50000 = 1 then 'provider_refused' end
     from payments where refunded_minor > 0`,
    `insert into disputes (provider, dispute_id, payment_id, status, amount_minor, currency, reason, created_at, provider_created_at,
       closed_at, respond_by)
     select provider, 'dp_' || id, id, case when created_at > now() - interval '10 days' then 'open' else 'won' end, amount_minor,
       currency, 'fraudulent', created_at, created_at, case when created_at > now() - interval '10 days' then null else created_at end,
       created_at + interval '20 days' from payments where id % 500 = 4`,
    `insert into esim_profiles (order_id, user_id, plan_id, status, supplier, supplier_order_id, supplier_reference, sealed, iccid,
       created_at, provisioned_at, code_fingerprint, ended_at, parked_at, parked_reason)
     select id, user_id, plan_id, case when paid_at is null then 'failed' when refunded_at is not null then 'cancelled'
         when id % 20000 = 5 then 'pending' else 'ready' end,
       case when id % 10 = 0 then 'stock' else 'airalo' end, 'so-' || id, 'ref-' || id, '\\x00', '8900' || lpad(id::text, 15, '0'),
       created_at, paid_at, sha256(id::text::bytea), coalesce(failed_at, refunded_at), case when id % 20000 = 5 then paid_at end,
       case when id % 20000 = 5 then 'answer_unclear' end
     from orders where kind = 'esim'`,
    `insert into top_ups (order_id, user_id, profile_id, plan_id, status, supplier, package_id, supplier_top_up_id, created_at, done_at,
       parked_at, parked_reason)
     select id, user_id, top_up_of_profile_id, plan_id, case when paid_at is null then 'failed' when id % 100000 = 7 then 'pending' else 'done' end, 'airalo', 'package',
       'tu-' || id, created_at, paid_at, case when id % 100000 = 7 then created_at end, case when id % 100000 = 7 then 'answer_unclear' end
     from orders where kind = 'top_up'`,
    `insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, supplier_order_id, cost_text,
       cost_currency, created_at, called_at, call_millis, decided_at)
     select id, 1, 'attempt-' || id, supplier, 'package', case when id % 40 = 9 then 'refused' else 'delivered' end, supplier_order_id,
       '3.50', 'USD', created_at, created_at, 300 + id % 900, created_at from esim_profiles where provisioned_at is not null`,
    `insert into outgoing_mails (kind, subject_id, order_id, status, language, created_at, ended_at, attempts)
     select 'esim_ready', id, order_id, 'sent', 'en', created_at, created_at, 1 from esim_profiles where status = 'ready'`,
    `insert into order_consents (order_id, terms_version, immediate_delivery, accepted_at)
     select id, '2026-01', true, created_at from orders`,
    `insert into stock_items (plan_id, sealed, code_fingerprint, iccid, status, order_id, reference, batch, created_at, taken_at)
     select plan_id, '\\x00', sha256(('stock' || id)::bytea), iccid, 'assigned', order_id, 'so-' || order_id, 'batch-' || id % 50,
       created_at, created_at from esim_profiles where supplier = 'stock'`,
    `insert into stock_items (plan_id, sealed, code_fingerprint, batch)
     select id, '\\x00', sha256(('left' || id || n)::bytea), 'batch-new' from plans, generate_series(1, 20) n where id % 10 = 0`,
    `insert into audit_log (at, actor, action, subject, request_id, before, after)
     select created_at, 'webhook:STRIPE', s.action, s.subject || id, 'r-' || id, '{"status": "created"}', '{"status": "paid"}'
     from orders, (values ('order.paid', 'order:'), ('payment.succeeded', 'payment:'), ('esim.ready', 'esim:')) s (action, subject)
     order by id`,
    `insert into reconciliation_runs (provider, since, applies, started_at, finished_at, intents_seen)
     select p, now() - n * interval '1 day', true, now() - n * interval '1 day', now() - n * interval '1 day', 1000
     from generate_series(1, 700) n, unnest(array['STRIPE', 'ADYEN']) p`,
    `insert into reconciliation_findings (provider, class, subject, action, payment_id, order_id, detail, last_run_id, closed_at)
     select 'STRIPE', 'amount_differs', 'payment:' || id, 'reported', id, order_id, '{}', 1,
       case when id % 100000 <> 3 then now() end from payments where id % 5000 = 3`,
    "reset session_replication_role",
    "vacuum analyze",
  ];
}

/** Fills a migrated, empty database with a shop of so many orders. */
export async function fillLargeShop(
  url: string,
  orders: number,
  say: (line: string) => void = () => undefined,
) {
  const db = openDatabase({
    url,
    poolMax: 1,
    applicationName: "tribi bench",
    statementTimeoutMillis: 3_600_000,
  });
  try {
    for (const text of fillTexts(orders)) {
      const startedAt = performance.now();
      await db.run({ name: "", text });
      say(
        `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${text.slice(0, 60).split("\n")[0]}`,
      );
    }
  } finally {
    await db.close();
  }
}

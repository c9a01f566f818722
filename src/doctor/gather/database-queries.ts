/** What the server says about itself; nothing here needs more rights than the store's own role has. */
export const SERVER = `
  select current_setting('server_version_num')::integer as "versionNumber",
    current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isStandby",
    current_setting('transaction_read_only') = 'on' as "isReadOnly",
    current_setting('fsync') = 'on' as fsync, current_setting('full_page_writes') = 'on' as "fullPageWrites",
    current_setting('synchronous_commit') as "synchronousCommit",
    current_setting('max_connections')::integer as "connectionsMax",
    (select count(*)::integer from pg_stat_activity where backend_type = 'client backend') as "connectionsUsed",
    current_setting('synchronous_standby_names') as "synchronousStandbysWanted",
    (select count(*)::integer from pg_stat_replication where sync_state in ('sync', 'quorum')) as "synchronousStandbys",
    (select count(*)::integer from pg_stat_replication) as standbys,
    (select coalesce(max(extract(epoch from replay_lag)), 0)::float8 from pg_stat_replication)
      as "replicationLagSeconds",
    current_setting('autovacuum') = 'on' as "hasAutovacuum",
    (select max(age(datfrozenxid))::float8 from pg_database where datallowconn) as "transactionAge",
    array(select relname::text from pg_stat_user_tables
      where n_dead_tup > 100000 and n_dead_tup > n_live_tup order by n_dead_tup desc) as "neglectedTables",
    (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid())
      as "oldestTransactionSeconds",
    extract(epoch from clock_timestamp()) * 1000 as "clockMillis",
    (select json_build_object('lastSeconds', extract(epoch from now() - last_archived_time),
        'isFailing', coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false))
     from pg_stat_archiver where current_setting('archive_mode') <> 'off') as archive`;

/** Of the running money path. */
export const WORK = `
  select
    (select extract(epoch from now() - max(last_execution))::float8 from graphile_worker._private_known_crontabs)
      as "secondsSinceSchedule",
    (select coalesce(extract(epoch from now() - min(run_at)), 0)::float8 from graphile_worker._private_jobs
     where is_available and run_at <= now()) as "oldestDueSeconds",
    (select count(*)::integer from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null)
      as "failedJobs",
    (select count(*)::integer from esim_profiles where status = 'pending' and due_at < now() and parked_at is null)
      + (select count(*)::integer from top_ups where status = 'pending' and due_at < now() and parked_at is null)
      as "overdueDeliveries",
    (select count(*)::integer from esim_profiles where parked_at is not null)
      + (select count(*)::integer from top_ups where parked_at is not null) as "parkedGoods",
    (select count(distinct p.id)::integer
     from outgoing_mails mail join esim_profiles p on p.id = mail.subject_id join orders o on o.id = p.order_id
     where mail.kind = 'esim_ready' and mail.status <> 'sent' and not exists (
         select from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = p.id and m.status = 'sent')
       and p.status in ('ready', 'active') and p.ended_at is null
       and p.provisioned_at < now() - interval '15 minutes' and o.status = 'paid'
       and not exists (select from esim_reveals r where r.profile_id = p.id and r.channel <> 'mail'))
      as "unseenEsims",
    (select count(*)::integer from outgoing_mails
     where status in ('queued', 'delayed') and created_at < now() - interval '5 minutes'
       and last_error is distinct from 'person_disabled') as "waitingMails",
    (select count(*)::integer from outgoing_mails
     where status = 'refused' and ended_at > now() - interval '1 day') as "refusedMails",
    (select count(*)::integer from webhook_events where outcome = 'parked')
      + (select count(*)::integer from refunds where status = 'parked') as "parkedMoney",
    (select count(*)::integer from reconciliation_findings where closed_at is null and action = 'reported')
      as "openFindings",
    (select coalesce(json_object_agg(provider, seconds), '{}') from (
        select provider, extract(epoch from now() - max(finished_at) filter (where failure is null))::float8 as seconds
        from reconciliation_runs group by provider) r) as "secondsSinceReconciliation",
    array(select provider from payments where status = 'requires_action'
      union select p.provider from refunds r join payments p on p.id = r.payment_id
        where r.status in ('requested', 'pending', 'parked')
      union select provider from disputes where status in ('warning', 'open') order by 1) as "openPaymentProviders",
    (select count(*)::integer from audit_log a
     where a.at between now() - interval '1 day' and now() - interval '10 minutes'
       and not exists (select from audit_links l where l.audit_id = a.id)) as "unchainedRows",
    (select count(*)::integer from plan_suppliers s join plans p on p.id = s.plan_id
     where s.paused_at is not null and p.is_active) as "pausedPlans",
    array(select p.sku from plans p
      where p.is_active and exists (select from plan_suppliers s where s.plan_id = p.id and s.supplier = 'stock')
        and not exists (select from plan_suppliers s
          where s.plan_id = p.id and s.supplier <> 'stock' and s.paused_at is null)
        and not exists (select from stock_items i where i.plan_id = p.id and i.status = 'available')
      order by p.sku) as "emptyStockPlans",
    (select count(*)::integer from plans where is_active) as "activePlans"`;

export const SUPPLIERS = `
  select a.supplier, a.problem, a.catalogue_problem as "catalogueProblem", a.balance_minor::float8 as "balanceMinor",
    a.balance_text || ' ' || a.balance_currency as "balanceText",
    extract(epoch from now() - a.balance_read_at)::float8 as "secondsSinceBalance",
    (select max(s.cost_minor)::float8 from plan_suppliers s join plans p on p.id = s.plan_id
     where s.supplier = a.supplier and s.cost_currency = a.balance_currency and p.is_active) as "dearestMinor"
  from supplier_accounts a order by a.supplier`;

drop table catalogue_sync_steps;
drop table catalogue_syncs;
drop table synced_plans;
drop table supplier_package_changes;
drop table supplier_packages;
drop table price_rule_sets;
drop table exchange_rates;

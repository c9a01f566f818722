drop table price_rule_sets;
drop table exchange_rates;

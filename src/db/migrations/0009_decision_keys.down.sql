drop table decision_keys;

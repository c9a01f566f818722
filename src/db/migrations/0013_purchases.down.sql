drop function resettling_millis;
drop function settling_millis;
drop table provisioning_attempts;
drop function claim_top_up;
drop function claim_provisioning;

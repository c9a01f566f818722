drop function decline_cap(bigint, bigint, integer);

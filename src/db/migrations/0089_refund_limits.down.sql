drop table refund_limits;

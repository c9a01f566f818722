drop table refund_approvals;

drop table reconciliation_findings;
drop table reconciliation_runs;
drop table disputes;
drop table refund_approvals;
drop table refunds;
drop function payments_sum_refunds;
drop function audit_new_refund;

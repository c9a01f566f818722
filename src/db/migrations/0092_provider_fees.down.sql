drop table provider_fees;

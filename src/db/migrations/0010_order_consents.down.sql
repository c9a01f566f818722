drop table order_consents;

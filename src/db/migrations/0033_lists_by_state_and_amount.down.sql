drop index if exists orders_failed, orders_refunded, orders_by_amount;

-- oldest-program: 0.1.0
-- Orders of a rare state, and orders by amount, are found without reading all of them.

-- lock-safe: part of the first release, when no table has rows yet
create index orders_failed on orders (id) where status = 'failed';
-- lock-safe: part of the first release, when no table has rows yet
create index orders_refunded on orders (id) where status = 'refunded';
-- lock-safe: part of the first release, when no table has rows yet
create index orders_by_amount on orders (amount_minor);

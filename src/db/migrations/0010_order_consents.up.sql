-- oldest-program: 0.1.0
-- What a customer agreed to before paying. The first word about an order stands.

create table order_consents (
  order_id bigint primary key,
  -- Names the words of the terms as they were shown.
  terms_version text not null,
  -- Wanted delivery at once, with which the right of withdrawal ends.
  immediate_delivery boolean not null,
  accepted_at timestamptz not null default now(),
  constraint order_consents_order_exists foreign key (order_id) references orders (id) on delete cascade,
  constraint order_consents_version_is_short check (terms_version ~ '^[A-Za-z0-9._-]{1,64}$')
);

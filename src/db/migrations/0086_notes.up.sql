-- oldest-program: 0.1.0
-- What operators write down about a customer or one of their orders, for each other.
create table notes (
  id bigint generated always as identity primary key,
  -- Whose order it is, for a note about an order.
  user_id bigint not null references users (id),
  order_id bigint references orders (id),
  -- As in the audit log: "admin:3".
  author text not null,
  text text not null,
  created_at timestamptz not null default now(),
  constraint notes_say_something check (text ~ '\S' and char_length(text) <= 2000)
);
create index notes_by_user on notes (user_id, id);
create index notes_by_order on notes (order_id, id) where order_id is not null;

-- Of a person who was deleted nothing personal stays, whichever statement deletes them.
create function forget_notes() returns trigger language plpgsql as $$
begin
  delete from notes where user_id = new.id;
  return null;
end $$;
create trigger users_deleted_lose_notes after update of deleted_at on users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function forget_notes();

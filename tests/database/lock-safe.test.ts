import { describe, expect, it } from "vitest";
import { labelOf, readMigrations } from "../../src/db/migration-files.js";

/**
 * A migration runs while the old program serves. What it may do to a table that is in use: what needs a lock for a
 * moment only, and what the old program does not notice. Anything else needs `-- lock-safe: why` in front of it.
 */
function isSafeChange(change: string): boolean {
  if (change.startsWith("add column ")) {
    const isChecked = /\b(unique|primary key|references|check|generated|random|clock_timestamp)\b/.test(
      change,
    );
    return !isChecked && (!change.includes(" not null") || change.includes(" default "));
  }
  return (
    /^add constraint .* not valid$/.test(change) ||
    /^(validate|drop) constraint /.test(change) ||
    /^alter column \w+ (set default|drop default|drop not null)/.test(change)
  );
}

/** The statements, in lower case and on one line, without comments and bodies of functions. */
function statementsOf(sql: string): string[] {
  return sql
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/--(?! lock-safe: ).*$/gm, "")
    .replace(/-- lock-safe: .*$/gm, "excused ")
    .split(";")
    .map((text) => text.replace(/\s+/g, " ").trim().toLowerCase())
    .filter((text) => text !== "");
}

function dangersIn(sql: string): string[] {
  const fresh = new Set<string>();
  return statementsOf(sql).filter((text) => {
    const [, created] = /^create (?:unlogged )?table (\w+)/.exec(text) ?? [];
    if (created !== undefined) fresh.add(created);
    if (text.startsWith("excused ")) return false;
    const [, indexed] = /^create (?:unique )?index .*? on (?:only )?(\w+)/.exec(text) ?? [];
    if (indexed !== undefined) return !fresh.has(indexed);
    const [, changed, change = ""] = /^alter table (?:only )?(\w+) (.*)$/.exec(text) ?? [];
    if (changed !== undefined) return !fresh.has(changed) && !isSafeChange(change);
    const [, written] = /^(?:insert into|update|delete from|truncate(?: table)?) (\w+)/.exec(text) ?? [];
    if (written !== undefined) return !fresh.has(written);
    return !/^(create|comment on|grant|set local) /.test(text) || / rename /.test(text);
  });
}

describe("migrations leave the running program alone", () => {
  it.each(readMigrations().map((one) => [labelOf(one), one.up]))(
    "%s locks no table that is in use for long",
    (_label, up) => {
      expect(dangersIn(up)).toEqual([]);
    },
  );

  it.each([
    "create index orders_by_plan on orders (plan_id)",
    "alter table orders add column note text not null",
    "alter table orders add column owner bigint references users (id)",
    "alter table orders alter column note type varchar(10)",
    "alter table orders alter column note set not null",
    "alter table orders add constraint orders_note_is_short check (length(note) < 9)",
    "alter table orders rename column note to remark",
    "alter table orders drop column note",
    "drop table orders",
    "update orders set note = ''",
    "lock table orders",
    "create table other (id bigint); create index slow on orders (id)",
  ])("finds: %s", (sql) => {
    expect(dangersIn(sql)).toHaveLength(1);
  });

  it.each([
    "alter table orders add column note text",
    "alter table orders add column note text not null default ''",
    "alter table orders add column note text default '' not null",
    "alter table orders add constraint orders_note_is_short check (length(note) < 9) not valid",
    "create table other (id bigint); create index quick on other (id); insert into other values (1)",
    "create function f() returns trigger language plpgsql as $$ begin update orders set note = ''; return new; end $$",
    "-- lock-safe: the table holds one row per country\ncreate index countries_by_name on countries (name)",
  ])("lets through: %s", (sql) => {
    expect(dangersIn(sql)).toEqual([]);
  });
});

import { type Queryable, statement, type Tx } from "../../db/database.js";

export interface SettingRow {
  readonly name: string;
  readonly value: unknown;
  readonly version: number;
  readonly changed_at: string;
  readonly changed_by: string;
}

export interface SettingChangeRow {
  readonly version: number;
  readonly value: unknown;
  readonly changed_at: string;
  readonly changed_by: string;
  readonly reason: string;
}

const LIST = statement("settings.list", "select name, value, version, changed_at, changed_by from settings");
const HISTORY = statement(
  "settings.history",
  `select version, value, changed_at, changed_by, reason from setting_changes
   where name = $1 order by version desc limit 200`,
);

/** Those that were ever changed; of any version of the program. */
export const listSettings = async (db: Queryable): Promise<readonly SettingRow[]> =>
  (await db.run<SettingRow>(LIST)).rows;

export const listSettingChanges = async (db: Queryable, name: string): Promise<readonly SettingChangeRow[]> =>
  (await db.run<SettingChangeRow>(HISTORY, [name])).rows;

/** Version 0 is a setting that was never changed. The history is written by the statement that changes. */
const CHANGE = statement(
  "settings.change_if_at_version",
  `with changed as (
     insert into settings as s (name, value, version, changed_by)
     select $1, $2::jsonb, $3::integer + 1, $4
     where $3::integer = 0 or exists (select from settings where name = $1)
     on conflict (name) do update
       set value = excluded.value, version = s.version + 1, changed_at = now(), changed_by = excluded.changed_by
       where s.version = $3::integer
     returning name, value, version, changed_at, changed_by
   )
   insert into setting_changes (name, version, value, changed_at, changed_by, reason)
   select name, version, value, changed_at, changed_by, $5 from changed`,
);

export interface NewSetting {
  readonly name: string;
  readonly value: number | string | null;
  /** That the operator saw. */
  readonly version: number;
  readonly actor: string;
  readonly reason: string;
}

/** False: it has another version by now, and nothing was changed. */
export async function changeSettingIfAtVersion(tx: Tx, setting: NewSetting): Promise<boolean> {
  const { name, value, version, actor, reason } = setting;
  const json = value === null ? null : JSON.stringify(value);
  return (await tx.run(CHANGE, [name, json, version, actor, reason])).count === 1;
}

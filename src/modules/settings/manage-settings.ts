import {
  type AnySettingValue,
  isAllowed,
  RUN_TIME_SETTINGS,
  ruleOf,
  SETTING_NAMES,
  type SettingDefaults,
  type SettingName,
} from "../../config/run-time-settings.js";
import type { SettingKind } from "../../config/setting-kinds.js";
import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import { AppError, type FieldProblem } from "../../kernel/errors.js";
import {
  changeSettingIfAtVersion,
  listSettingChanges,
  listSettings,
  type SettingChangeRow,
  type SettingRow,
} from "./setting-store.js";

export interface ManageSettingsDeps {
  readonly db: Db;
  readonly defaults: SettingDefaults;
  readonly forgetSettings: () => void;
}

export interface SettingChange {
  readonly name: SettingName;
  /** Null: the environment's value counts again. */
  readonly value: AnySettingValue | null;
  readonly version: number;
}

export interface SettingLine {
  readonly name: SettingName;
  readonly description: string;
  readonly type: SettingKind;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly value: AnySettingValue;
  readonly default: AnySettingValue;
  readonly variable: string;
  readonly source: "environment" | "changed";
  readonly version: number;
  readonly changed_at: string | null;
  readonly changed_by: string | null;
  readonly problem: string | null;
}

export type ManageSettings = ReturnType<typeof makeManageSettings>;

/** What operators change at run time; each change is whole or not at all, guarded by the version that they saw. */
export function makeManageSettings({ db, defaults, forgetSettings }: ManageSettingsDeps) {
  const list = async (): Promise<SettingLine[]> => {
    const rows = await listSettings(db);
    return SETTING_NAMES.map((name) =>
      lineOf(
        name,
        defaults,
        rows.find((row) => row.name === name),
      ),
    );
  };
  return {
    list,
    history: (name: SettingName): Promise<readonly SettingChangeRow[]> => listSettingChanges(db, name),

    async change(changes: readonly SettingChange[], reason: string, act: Act): Promise<SettingLine[]> {
      refuseOutOfBounds(changes, defaults);
      await db.transactionAs(act, (tx) => changeAll(tx, changes, reason, act));
      forgetSettings();
      return list();
    },
  };
}

/** In the order of names: two operators who change the same two settings never wait for each other both. */
async function changeAll(tx: Tx, changes: readonly SettingChange[], reason: string, act: Act): Promise<void> {
  const before = new Map((await listSettings(tx)).map((row) => [row.name, row]));
  const inOrder = changes
    .map((change, index) => ({ ...change, index }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, value, version, index } of inOrder) {
    const known = before.get(name);
    const isAsSeen =
      (known?.version ?? 0) === version &&
      (await changeSettingIfAtVersion(tx, { name, value, version, actor: act.actor, reason }));
    if (!isAsSeen) throw changedMeanwhile(name, index);
    await writeAudit(tx, act, {
      action: "setting.changed",
      subject: `setting:${name}`,
      before: { value: known?.value ?? null },
      after: { value, reason },
    });
  }
}

function refuseOutOfBounds(changes: readonly SettingChange[], defaults: SettingDefaults): void {
  const errors: FieldProblem[] = [];
  for (const [index, { name, value }] of changes.entries()) {
    if (value !== null && !isAllowed(name, value, defaults[name])) {
      const message = `must be ${ruleOf(name, defaults[name])}; null is the environment's value`;
      errors.push({ pointer: `/changes/${index}/value`, message });
    }
    if (changes.findIndex((other) => other.name === name) !== index)
      errors.push({ pointer: `/changes/${index}/name`, message: "must be named once" });
  }
  if (errors.length > 0)
    throw new AppError("validation_failed", "Nothing was changed. Correct what is named.", { errors });
}

const changedMeanwhile = (name: SettingName, index: number): AppError =>
  new AppError(
    "conflict",
    `Somebody changed ${name} meanwhile, and nothing of yours was changed. Load the settings again and decide anew.`,
    { errors: [{ pointer: `/changes/${index}/version`, message: "must be the present version" }] },
  );

function lineOf(name: SettingName, defaults: SettingDefaults, row: SettingRow | undefined): SettingLine {
  const { variable, type, unit, description } = RUN_TIME_SETTINGS[name];
  const { value: fallback, min, max } = defaults[name];
  const stored = row?.value ?? null;
  const isUsed = isAllowed(name, stored, defaults[name]);
  const isRefused = stored !== null && !isUsed;
  return {
    name,
    description,
    type,
    unit,
    minimum: min,
    maximum: max,
    value: isUsed ? stored : fallback,
    default: fallback,
    variable,
    source: isUsed ? "changed" : "environment",
    version: row?.version ?? 0,
    changed_at: row?.changed_at ?? null,
    changed_by: row?.changed_by ?? null,
    problem: isRefused
      ? `What is stored, ${JSON.stringify(stored)}, is outside the bounds and not used.`
      : null,
  };
}

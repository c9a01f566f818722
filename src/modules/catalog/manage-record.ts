import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import { type Db, type Queryable, type Tx, violatedConstraint } from "../../db/database.js";
import { sqlStateOf } from "../../db/sql-state.js";
import { AppError } from "../../kernel/errors.js";

/** What the back office does with one kind of record: each change and its audit row in one transaction. */
export interface Manage<Input, Row> {
  create(input: Input, act: Act): Promise<Row>;
  /** `changeOf` is called with the record as it stands, held against other changes, and answers what it shall be. */
  change(id: number, changeOf: (before: Row) => Input, act: Act): Promise<Row>;
  remove(id: number, act: Act): Promise<void>;
}

export interface RecordStore<Input, Row> {
  /** "country": the audit log's subject and the word in messages. */
  readonly subject: string;
  find(db: Queryable, id: number): Promise<Row | undefined>;
  lock?(tx: Tx, id: number): Promise<boolean>;
  insert(tx: Tx, input: Input): Promise<number>;
  /** Answers the number of rows changed: 0 when the record is gone. */
  update(tx: Tx, id: number, input: Input): Promise<number>;
  remove(tx: Tx, id: number): Promise<number>;
}

export function makeManage<Input, Row>(
  deps: { readonly db: Db; readonly onChanged: () => void },
  store: RecordStore<Input, Row>,
): Manage<Input, Row> {
  const name = store.subject.charAt(0).toUpperCase() + store.subject.slice(1);
  const missing = (): AppError => new AppError("not_found", `${name} not found`);
  const get = async (tx: Tx, id: number): Promise<Row> => {
    const row = await store.find(tx, id);
    if (row === undefined) throw missing();
    return row;
  };
  const changing = async <Value>(
    work: (tx: Tx) => Promise<Value>,
    refusalOf: (error: unknown) => unknown,
  ): Promise<Value> => {
    try {
      return await deps.db.transaction(work);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      deps.onChanged();
    }
  };
  return {
    create: (input, act) =>
      changing(async (tx) => {
        const id = await store.insert(tx, input);
        const after = await get(tx, id);
        await writeAudit(tx, act, auditOf(store.subject, "created", id, undefined, after));
        return after;
      }, refusalOfWrite),
    change: (id, changeOf, act) =>
      changing(async (tx) => {
        if (store.lock !== undefined && !(await store.lock(tx, id))) throw missing();
        const before = await get(tx, id);
        if ((await store.update(tx, id, changeOf(before))) === 0) throw missing();
        const after = await get(tx, id);
        await writeAudit(tx, act, auditOf(store.subject, "changed", id, before, after));
        return after;
      }, refusalOfWrite),
    remove: (id, act) =>
      changing(
        async (tx) => {
          const before = await get(tx, id);
          if ((await store.remove(tx, id)) === 0) throw missing();
          await writeAudit(tx, act, auditOf(store.subject, "deleted", id, before, undefined));
        },
        (error) => refusalOfDelete(error, store.subject),
      ),
  };
}

const auditOf = (subject: string, verb: string, id: number, before: unknown, after: unknown) => ({
  action: `${subject}.${verb}`,
  subject: `${subject}:${id}`,
  before,
  after,
});

/** What a named law says to the person who ran into it: a conflict with another record, or a member that names none. */
const LAWS: Readonly<Record<string, { readonly pointer?: string; readonly detail: string }>> = {
  countries_one_per_iso2: { detail: "There is a country with this iso2 already. Change that one." },
  countries_one_per_iso3: { detail: "There is a country with this iso3 already. Change that one." },
  carriers_one_per_name: { detail: "There is a carrier of this name already. Change that one." },
  plans_one_per_sku: { detail: "There is a plan with this sku already. Choose another sku." },
  plans_country_exists: { pointer: "/country_id", detail: "names no country" },
  plans_carrier_exists: { pointer: "/carrier_id", detail: "names no carrier" },
  plan_countries_country_exists: { pointer: "/country_ids", detail: "names a country that does not exist" },
};

export function refusalOfWrite(error: unknown): unknown {
  const law = LAWS[violatedConstraint(error) ?? ""];
  if (law === undefined) return error;
  if (law.pointer === undefined) return new AppError("conflict", law.detail, { cause: error });
  return new AppError("validation_failed", `${law.pointer} ${law.detail}. Correct it and send again.`, {
    errors: [{ pointer: law.pointer, message: law.detail }],
    cause: error,
  });
}

/** Foreign keys: 23503, and 23001 for `on delete restrict` from PostgreSQL 18 on. */
const REFERENCED_STATES: ReadonlySet<unknown> = new Set(["23503", "23001"]);

function refusalOfDelete(error: unknown, subject: string): unknown {
  if (!REFERENCED_STATES.has(sqlStateOf(error))) return error;
  const instead = subject === "plan" ? "Pause it instead." : "Remove or move its plans first.";
  return new AppError("referenced", `This ${subject} is in use and cannot be deleted. ${instead}`, {
    cause: error,
  });
}

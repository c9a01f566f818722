import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Db } from "../../src/db/database.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { makeScriptedSupplier, type OrderScript } from "../support/scripted-supplier.js";

const KINDS = ["eSIM", "top-up"] as const;
type Kind = (typeof KINDS)[number];

/** A purchase that a worker has in hand. */
interface Purchase {
  readonly table: "esim_profiles" | "top_ups";
  readonly id: number;
  /** The chain of this purchase, as its job runs it. */
  run(): Promise<void>;
}

const supplier = makeScriptedSupplier("frozen", { hasTopUps: true, idempotency: "native" });
let database: TestDatabase;
let room: EsimRoom;
/** What happens just before a statement of this name is sent, once. */
let before: Record<string, () => Promise<void>> = {};

function hooked(db: Db): Db {
  const run: Db["run"] = async (statement, values) => {
    const act = before[statement.name];
    delete before[statement.name];
    await act?.();
    return db.run(statement, values);
  };
  return { ...db, run };
}

beforeAll(async () => {
  database = await makeTestDatabase({ poolMax: 10 });
  const db = hooked(database.db);
  room = await makeEsimRoom({ suppliers: [supplier], database, overrides: { db, reservedDb: db } });
});
afterEach(() => {
  before = {};
  vi.restoreAllMocks();
});
afterAll(async () => {
  await room.stop();
  await database.drop();
});

async function bought(kind: Kind): Promise<Purchase> {
  Object.assign(supplier, { script: ["sell"], isSearchConclusive: true, isSearchBlind: false });
  const planId = await room.addPlan([{ supplier: supplier.id, packageId: "p" }]);
  const order = await room.addOrder({ planId });
  if (kind === "eSIM")
    return { table: "esim_profiles", id: order.profileId, run: () => room.esims.provisionEsim(order.id) };
  await room.esims.provisionEsim(order.id);
  const topUp = await room.addTopUp(order);
  return { table: "top_ups", id: topUp.topUpId, run: () => room.esims.topUpEsim(topUp.id) };
}

/** The row, its attempts and the jobs that anybody may have enqueued for it, and what the supplier was asked to sell. */
const traceOf = async ({ table, id }: Purchase) => {
  const column = table === "top_ups" ? "top_up_id" : "profile_id";
  const rows = await database.query(
    `select to_jsonb(t) as purchase,
       (select jsonb_agg(to_jsonb(a) order by a.id) from provisioning_attempts a where a.${column} = t.id) as attempts,
       (select jsonb_agg(jsonb_build_array(j.key, j.run_at) order by j.key) from graphile_worker.jobs j) as jobs
     from ${table} t where t.id = $1`,
    [id],
  );
  return { rows, calls: [...supplier.calls], refunds: [...room.refunds], mails: room.mails.length };
};

const changes = ({ table, id }: Purchase, set: string) =>
  database.query(`update ${table} set ${set} where id = $1`, [id]);

/** Somebody else found the lease over and took the purchase up. */
const takenOver = (purchase: Purchase) =>
  changes(purchase, "lease_token = lease_token + 1, lease_until = now() + interval '1 minute'");

interface Branch {
  /** Without the module's prefix. */
  readonly statement: string;
  readonly script: readonly OrderScript[];
  /** What has happened before the run that freezes. */
  readonly past?: (purchase: Purchase) => Promise<unknown>;
  /** What happens while the supplier is asked. */
  readonly meanwhile?: (purchase: Purchase) => Promise<unknown>;
  readonly only?: Kind;
}

const TAKE_BACK = "take_back_requested_at = now()";
const BRANCHES: Readonly<Record<string, Branch>> = {
  "before it begins an attempt": { statement: "begin_attempt", script: ["sell"] },
  "with what was delivered": { statement: "deliver", script: ["sell"] },
  "with a refusal": { statement: "record_attempt", script: [{ refuse: "out_of_stock" }] },
  "with a lost answer": { statement: "record_attempt", script: ["drop"] },
  "when nobody is left who could deliver": { statement: "fail", script: [{ refuse: "out_of_stock" }] },
  "with what an operator has to decide": { statement: "park", script: [{ refuse: "no_funds" }] },
  "when a refund has asked for it": {
    statement: "cancel_pending",
    script: ["sell"],
    past: (purchase) => changes(purchase, TAKE_BACK),
  },
  "with what came after a refund had asked for it": {
    statement: "record_surplus",
    script: ["sell"],
    meanwhile: (purchase) => changes(purchase, TAKE_BACK),
    only: "eSIM",
  },
  "before it sends a request again": {
    statement: "resend_attempt",
    script: ["drop", "sell"],
    past: async (purchase) => {
      supplier.isSearchConclusive = false;
      await purchase.run();
    },
  },
};

describe.each(KINDS)(
  "a worker that was frozen in the purchase of an %s, and whose lease another has",
  (kind) => {
    const prefix = kind === "eSIM" ? "esims" : "top_ups";
    const branches = Object.keys(BRANCHES).filter((name) => (BRANCHES[name]?.only ?? kind) === kind);

    it.each(branches)("writes and sends nothing when it wakes %s", async (name) => {
      const branch = BRANCHES[name]!;
      const purchase = await bought(kind);
      supplier.script = [...branch.script];
      await branch.past?.(purchase);
      let frozen: unknown;
      if (branch.meanwhile !== undefined) {
        before[`${prefix}.deliver`] = async () => void (await branch.meanwhile?.(purchase));
      }
      before[`${prefix}.${branch.statement}`] = async () => {
        await takenOver(purchase);
        frozen = await traceOf(purchase);
      };
      await purchase.run();
      expect(frozen, `${branch.statement} was reached`).toBeDefined();
      expect(await traceOf(purchase)).toEqual(frozen);
    });

    it("sends nothing when it slept between its row and the call", async () => {
      const purchase = await bought(kind);
      const calls = supplier.calls.length;
      // Each look at the clock is later than a worker that holds a lease may call.
      let millis = performance.now();
      vi.spyOn(performance, "now").mockImplementation(() => {
        millis += 2_500;
        return millis;
      });
      await purchase.run();
      vi.restoreAllMocks();
      expect(supplier.calls).toHaveLength(calls);
      const { rows } = await traceOf(purchase);
      expect(rows).toMatchObject([{ attempts: [{ status: "intended", called_at: null }] }]);
      await changes(purchase, "lease_until = now() - interval '1 second'");
      await database.query("update provisioning_attempts set created_at = created_at - interval '1 hour'");
      await purchase.run();
      expect(await traceOf(purchase)).toMatchObject({
        rows: [{ purchase: { status: kind === "eSIM" ? "ready" : "done" } }],
      });
    });
  },
);

import { randomBytes } from "node:crypto";
import { loadConfig } from "../../src/config/config.js";
import type { Db } from "../../src/db/database.js";
import { watchServer } from "../../src/db/server-watch.js";
import { setCaller } from "../../src/http/caller.js";
import { appErrorOf } from "../../src/http/error-of.js";
import { makeServer, type Server } from "../../src/http/server.js";
import { AppError } from "../../src/kernel/errors.js";
import { done } from "../../src/kernel/outcome.js";
import { permissionsOf } from "../../src/kernel/permissions.js";
import {
  type EsimsDeps,
  makeEsimsModule,
  makeInstallVault,
  makeStockShelf,
} from "../../src/modules/esims/esims.module.js";
import { type Jobs, joinJobs, startWorker, type Worker } from "../../src/modules/jobs/jobs.module.js";
import { makeWakeWorkers } from "../../src/modules/jobs/wake-workers.js";
import { makeMailModule } from "../../src/modules/mail/mail.module.js";
import { makeOrdersModule } from "../../src/modules/orders/orders.module.js";
import { makeLocalSupplier } from "../../src/providers/esim/local/local-supplier.js";
import type { EsimSupplier } from "../../src/providers/esim/port.js";
import { makeStockSupplier } from "../../src/providers/esim/stock/stock-supplier.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { WITHOUT_CAPS } from "./app.js";
import { makeTestDatabase, type TestDatabase } from "./database.js";
import { eventually } from "./eventually.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The eSIM room on a database of its own, with suppliers that the test brings; orders are planted as paid. */
export interface EsimRoom {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly esims: ReturnType<typeof makeEsimsModule>;
  readonly vault: ReturnType<typeof makeInstallVault>;
  readonly server: Server;
  /** What was mailed, in order. */
  readonly mails: Mail[];
  /** Order ids whose refund was asked for, in order. */
  readonly refunds: { readonly orderId: number; readonly reason: string }[];
  /** Runs the job of the newest mail of a kind about one row; nothing when none is queued. */
  sendMail(kind: string, subjectId: number): Promise<void>;
  /** Queues a mail that no use case of the test has queued. */
  queueMail(kind: string, subjectId: number, orderId: number): Promise<void>;
  /** The status of the newest mail of a kind about one row. */
  mailStatus(kind: string, subjectId: number): Promise<string | undefined>;
  /** A job of the module or of the outbox. */
  runJob(task: string, payload?: Readonly<Record<string, unknown>>): Promise<void>;
  addUser(): Promise<number>;
  addPlan(suppliers?: readonly PlanSupplier[]): Promise<number>;
  addOrder(planted: { userId?: number; planId: number; status?: string }): Promise<PlantedOrder>;
  /** A paid order that adds to a delivered eSIM, at the supplier that sold it. */
  addTopUp(esim: PlantedOrder, planted?: { packageId?: string; costMinor?: number }): Promise<PlantedTopUp>;
  /** One request as a signed-in user. */
  as(
    userId: number,
    method: "GET" | "POST" | "PUT",
    url: string,
    payload?: object,
    headers?: Readonly<Record<string, string>>,
    // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire brought
  ): Promise<{ status: number; body: any; raw: Buffer; headers: Record<string, unknown> }>;
  /** Puts `count` codes of the plan into stock, as an import does. */
  addStock(planId: number, count: number): Promise<void>;
  placeOrder(userId: number, planId: number, network?: string): Promise<{ id: number } | { code: string }>;
  startWorker(): Promise<Worker>;
  /** The value of a gauge or counter, all labels together. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

export interface PlanSupplier {
  readonly supplier: string;
  readonly packageId: string;
  readonly costMinor?: number;
}

export interface PlantedOrder {
  readonly id: number;
  readonly userId: number;
  readonly reference: string;
  readonly profileId: number;
}

export interface PlantedTopUp {
  /** Of the order. */
  readonly id: number;
  readonly userId: number;
  readonly reference: string;
  readonly topUpId: number;
}

export interface RoomOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly suppliers?: readonly EsimSupplier[];
  readonly overrides?: Partial<EsimsDeps>;
  /** In place of one that takes every mail. */
  readonly mailer?: { send(mail: Mail): Promise<MailOutcome> };
  readonly poolMax?: number;
  /** Another room's, as a second process would have it; then that room drops it. */
  readonly database?: TestDatabase;
}

const folders = new WeakMap<TestDatabase, string>();

/** Rooms on one database have the same secrets, as processes of one store have. */
function folderOf(database: TestDatabase): string {
  const folder = folders.get(database) ?? temporaryFolder("esims");
  folders.set(database, folder);
  return folder;
}

export async function makeEsimRoom(options: RoomOptions = {}): Promise<EsimRoom> {
  const database = options.database ?? (await makeTestDatabase({ poolMax: options.poolMax ?? 10 }));
  const { db } = database;
  const config = loadConfig({
    ENVIRONMENT: "test",
    DATA_DIR: folderOf(database),
    PROVISIONING_PACE_MILLIS: "10",
    ...WITHOUT_CAPS,
    ...options.environment,
  });
  const vault = makeInstallVault({ keys: config.secrets.encryptionKeys, indexKey: config.secrets.indexKey });
  const log = makeLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", format: "json" });
  const metrics = makeMetrics();
  const events = makeEvents(log, metrics.registry);
  const mails: Mail[] = [];
  const refunds: { orderId: number; reason: string }[] = [];
  const esims = makeEsimsModule({
    setting: (name) => config.settings[name].value,
    shop: config.shop,
    config,
    db,
    reservedDb: db,
    events,
    metrics,
    log,
    wakeWorkers: makeWakeWorkers(db, () => undefined),
    vault,
    suppliers: [
      makeLocalSupplier({
        smdpAddress: "smdp.tribi.example",
        iccidFormat: config.esims.localIccidFormat,
        secret: vault.localSupplierSecret,
      }),
      makeStockSupplier(makeStockShelf({ db, vault })),
      ...(options.suppliers ?? []),
    ],
    clientAddressOf: () => "127.0.0.1",
    rereadIntent: async () => undefined,
    refundUndeliverable: async (orderId, reason) => {
      refunds.push({ orderId, reason });
    },
    ...options.overrides,
  });
  const orders = makeOrdersModule({
    config,
    setting: (name) => config.settings[name].value,
    db,
    events,
    log,
    releaseUnpaid: async () => "released",
    clientOf: () => ({ address: "127.0.0.1", network: "127.0.0.1" }),
    offer: esims.offer,
    topUpOffer: esims.topUpOffer,
  });
  const takesAll = async (mail: Mail): Promise<MailOutcome> => {
    mails.push(mail);
    return done({ messageId: mail.reference });
  };
  const mail = makeMailModule({
    db,
    events,
    wakeWorkers: () => undefined,
    isProduction: true,
    refreshSettings: async () => undefined,
    composers: esims.mails,
    openSender: () => ({ send: options.mailer?.send ?? takesAll, close: () => undefined }),
  });
  const jobs = joinJobs(esims.jobs, mail.jobs);
  const server = await serve([esims, mail], log);
  await warmUp(db, options.poolMax ?? 10);
  const workers: Worker[] = [];
  return {
    database,
    db,
    esims,
    vault,
    server,
    mails,
    refunds,
    ...planting(database),
    ...mailing(database, jobs),
    addStock: async (planId, count) => {
      const [plan] = await database.query<{ sku: string }>("select sku from plans where id = $1", [planId]);
      const token = randomBytes(6).toString("hex").toUpperCase();
      const rows = Array.from(
        { length: count },
        (_, index) => `${plan?.sku},LPA:1$smdp.stock.example$${token}-${index}`,
      );
      const report = await esims.importStock({
        bytes: Buffer.from(["sku,activation_code", ...rows].join("\n")),
        isDryRun: false,
        batch: token,
        act: { actor: "test", requestId: null },
      });
      if (report.kind !== "imported" || report.imported !== count) throw new Error(JSON.stringify(report));
    },
    placeOrder: async (userId, planId, network) => {
      const idempotent = { key: randomBytes(8).toString("hex"), fingerprint: randomBytes(32) };
      for (;;) {
        try {
          const command = {
            userId,
            planId,
            currency: "USD",
            idempotent,
            language: null,
            network: network ?? null,
          };
          return { id: (await orders.placeOrder(command)).order.id };
        } catch (error) {
          const { code } = appErrorOf(error);
          if (code === "internal_error") throw error;
          // The wire says 503 with Retry-After, and the buyer comes again with the same key.
          if (code !== "overloaded") return { code };
        }
      }
    },
    as: async (userId, method, url, payload, headers = {}) => {
      const answer = await server.inject({
        method,
        url,
        headers: { "x-user": String(userId), ...headers },
        ...(payload === undefined ? {} : { payload }),
      });
      const isJson = String(answer.headers["content-type"]).includes("json");
      return {
        status: answer.statusCode,
        body: isJson ? answer.json() : undefined,
        raw: answer.rawPayload,
        headers: answer.headers,
      };
    },
    metric: async (name) => {
      const gauge = await metrics.registry.getSingleMetric(`tribi_${name}`)?.get();
      return gauge?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN;
    },
    startWorker: async () => {
      const worker = await startWorker({
        databaseUrl: database.url,
        jobs: [jobs],
        server: watchServer(),
        concurrency: 8,
        events,
        log,
      });
      workers.push(worker);
      return worker;
    },
    stop: async () => {
      for (const worker of workers) await worker.stop();
      await server.close();
      if (options.database === undefined) await database.drop();
    },
  };
}

/** Opens the pool's connections beforehand: on a busy machine opening many at once takes longer than a caller waits. */
async function warmUp(db: Db, connections: number): Promise<void> {
  const query = { name: "", text: "select pg_sleep(0.02)" };
  await eventually(async () => {
    await Promise.all(Array.from({ length: connections }, () => db.run(query)));
    return db.load().total >= connections;
  });
}

const rightsOf = (isAdmin: boolean) => {
  const role = isAdmin ? ("owner" as const) : null;
  return { isAdmin, role, permissions: permissionsOf(role) };
};

async function serve(
  modules: readonly { registerRoutes(app: Server): void | Promise<void> }[],
  log: ReturnType<typeof makeLog>,
): Promise<Server> {
  const server = makeServer({
    log,
    isProduction: false,
    guards: {
      user: (request) => {
        const userId = Number(request.headers["x-user"]);
        if (!userId) throw new AppError("missing_credentials", "Missing credentials");
        const isAdmin = request.headers["x-admin"] === "yes";
        setCaller(request, {
          userId,
          sessionId: `session-${userId}`,
          email: `user${userId}@example.com`,
          name: null,
          ...rightsOf(isAdmin),
          credential: "bearer",
        });
      },
      admin: (request) => {
        const userId = Number(request.headers["x-user"]);
        setCaller(request, {
          userId,
          sessionId: `session-${userId}`,
          email: `user${userId}@example.com`,
          name: null,
          ...rightsOf(true),
          credential: "bearer",
        });
      },
      dev: () => undefined,
      metrics: () => undefined,
    },
  });
  for (const one of modules) await one.registerRoutes(server);
  await server.ready();
  return server;
}

function mailing(
  { query }: TestDatabase,
  { handlers }: Jobs,
): Pick<EsimRoom, "sendMail" | "queueMail" | "mailStatus" | "runJob"> {
  const newest = async (kind: string, subjectId: number) =>
    (
      await query<{ id: number; status: string }>(
        "select id, status from outgoing_mails where kind = $1 and subject_id = $2 order by number desc limit 1",
        [kind, subjectId],
      )
    )[0];
  const runJob = async (task: string, payload: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    handlers[task]!(payload, { jobId: "1", attempt: 1, attemptsMax: 25 });
  return {
    runJob,
    sendMail: async (kind, subjectId) => {
      const mail = await newest(kind, subjectId);
      if (mail !== undefined) await runJob("send_mail", { mail_id: mail.id, kind });
    },
    queueMail: async (kind, subjectId, orderId) => {
      await query("select queue_mail($1, $2, $3, 'send_mail', 0)", [kind, subjectId, orderId]);
    },
    mailStatus: async (kind, subjectId) => (await newest(kind, subjectId))?.status,
  };
}

function planting({ query }: TestDatabase): Pick<EsimRoom, "addUser" | "addPlan" | "addOrder" | "addTopUp"> {
  const token = (): string => randomBytes(8).toString("hex");
  const one = async (text: string, values: readonly unknown[]): Promise<number> =>
    (await query<{ id: number }>(text, values))[0]!.id;
  const addUser = () => one("insert into users (email) values ($1) returning id", [`${token()}@example.com`]);
  return {
    addUser,
    async addPlan(suppliers = []) {
      const country = await one(
        `insert into countries (iso2, name) values ('ES', 'Spain')
         on conflict (iso2) do update set name = excluded.name returning id`,
        [],
      );
      const carrier = await one("insert into carriers (name) values ($1) returning id", [
        `Carrier ${token()}`,
      ]);
      const plan = await one(
        `insert into plans (sku, name, data_gb, duration_days, country_id, carrier_id)
         values ($1, 'Spain 5 GB', 5, 30, $2, $3) returning id`,
        [`plan-${token()}`, country, carrier],
      );
      await query("insert into plan_prices (plan_id, currency, amount_minor) values ($1, 'USD', 1200)", [
        plan,
      ]);
      for (const { supplier, packageId, costMinor } of suppliers) {
        await query(
          `insert into plan_suppliers (plan_id, supplier, package_id, cost_minor, cost_text, cost_currency)
           values ($1, $2, $3, $4, $5, 'USD')`,
          [plan, supplier, packageId, costMinor ?? 450, ((costMinor ?? 450) / 100).toFixed(2)],
        );
      }
      return plan;
    },
    async addOrder({ userId, planId, status = "paid" }) {
      const owner = userId ?? (await addUser());
      const reference = token().toUpperCase();
      const id = await one(
        `insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, expires_at)
         select $1, $2, f.plan_id, 'USD', f.amount_minor, jsonb_build_object(
           'id', f.plan_id, 'name', f.name, 'country_id', f.country_id, 'carrier_id', f.carrier_id,
           'country_name', f.country_name, 'country_iso2', f.country_iso2, 'carrier_name', f.carrier_name,
           'data_gb', f.data_gb, 'duration_days', f.duration_days), now() + interval '1 hour'
         from plan_offers f where f.plan_id = $3 and f.currency = 'USD' returning id`,
        [reference, owner, planId],
      );
      const profileId = await one(
        `insert into esim_profiles (order_id, user_id, plan_id, due_at)
         values ($1, $2, $3, case when $4 in ('paid', 'refunded') then now() + interval '15 minutes' end)
         returning id`,
        [id, owner, planId, status],
      );
      if (status === "paid" || status === "refunded")
        await query("update orders set status = 'paid', paid_at = now() where id = $1", [id]);
      if (status === "refunded") await query("update orders set status = 'refunded' where id = $1", [id]);
      if (status === "failed") await query("update orders set status = 'failed' where id = $1", [id]);
      return { id, userId: owner, reference, profileId };
    },
    async addTopUp({ userId, profileId }, { packageId = "t", costMinor = 180 } = {}) {
      const reference = token().toUpperCase();
      const id = await one(
        `insert into orders (reference, user_id, plan_id, kind, top_up_of_profile_id, currency, amount_minor,
           plan_snapshot, expires_at)
         select $1, $2, o.plan_id, 'top_up', $3, 'USD', o.amount_minor, o.plan_snapshot, now() + interval '1 hour'
         from esim_profiles p join orders o on o.id = p.order_id where p.id = $3 returning id`,
        [reference, userId, profileId],
      );
      const topUpId = await one(
        `insert into top_ups (order_id, user_id, profile_id, plan_id, supplier, package_id, cost_text, cost_currency,
           cost_minor, due_at)
         select $1, $2, id, plan_id, supplier, $4, $5, 'USD', $6, now() + interval '15 minutes'
         from esim_profiles where id = $3 returning id`,
        [id, userId, profileId, packageId, (costMinor / 100).toFixed(2), costMinor],
      );
      await query("update orders set status = 'paid', paid_at = now() where id = $1", [id]);
      return { id, userId, reference, topUpId };
    },
  };
}

/**
 * What happens elsewhere right after a sender has claimed a mail of an eSIM: `sql` runs with its row as `new`, so that
 * the next statement of the sender comes after it.
 */
export const withClaimFollowedBy = (
  room: EsimRoom,
  sql: string,
  work: () => Promise<unknown>,
): Promise<void> => followedBy(room, { table: "outgoing_mails", column: "claimed_until", sql }, work);

/** The same for the claim of a worker that delivers: `table` is that of eSIMs or of top-ups. */
export const withLeaseFollowedBy = (
  room: EsimRoom,
  table: "esim_profiles" | "top_ups",
  sql: string,
  work: () => Promise<unknown>,
): Promise<void> => followedBy(room, { table, column: "lease_token", sql }, work);

async function followedBy(
  { database: { query } }: EsimRoom,
  { table, column, sql }: { table: string; column: string; sql: string },
  work: () => Promise<unknown>,
): Promise<void> {
  await query(
    `create function meanwhile() returns trigger language plpgsql as $$ begin ${sql}; return null; end; $$`,
  );
  await query(
    `create trigger meanwhile after update of ${column} on ${table} for each row
     when (new.${column} is distinct from old.${column} and new.${column} is not null) execute function meanwhile()`,
  );
  try {
    await work();
  } finally {
    await query("drop function meanwhile() cascade");
  }
}

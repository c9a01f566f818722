import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, send } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";
import { startProcess } from "../support/processes.js";
import { hasRedis, startRedis, type TestRedis } from "../support/redis.js";

/** RACE_ROUNDS=50 is the full proof; a plain run takes fewer. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 2);
const CALLERS = 200;

interface Cluster {
  readonly database: TestDatabase;
  readonly sink: MailSink;
  readonly redis: TestRedis | undefined;
  /** Sends to the next of three processes. */
  post(path: string, body: unknown, address: string): Promise<Answer>;
  stop(): Promise<void>;
}

async function startCluster(withRedis: boolean): Promise<Cluster> {
  const database = await makeTestDatabase({ poolMax: 4 });
  const sink = await startMailSink();
  const redis = withRedis ? await startRedis() : undefined;
  await redis?.client.flushall();
  const secret = (): string => randomBytes(36).toString("base64url");
  const environment = {
    DATABASE_URL: database.url,
    TRUST_PROXY: "127.0.0.1",
    JWT_SECRET: secret(),
    COOKIE_SECRET: secret(),
    OTP_PEPPER: secret(),
    DATA_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    DATA_INDEX_KEY: secret(),
    DATABASE_POOL_MAX: "20",
    LOG_LEVEL: "error",
    ...sink.environment,
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  const processes = await Promise.all(
    [["serve"], ["serve", "--no-worker"], ["serve", "--no-worker"]].map((args) =>
      startProcess(args, environment),
    ),
  );
  let turn = 0;
  return {
    database,
    sink,
    redis,
    async post(path, body, address) {
      turn += 1;
      const { url } = processes[turn % processes.length]!;
      for (;;) {
        const answer = await send(`${url}${path}`, "POST", { body, headers: { "x-forwarded-for": address } });
        // A busy process sheds before the work begins; the caller comes again, as it is told to.
        if (answer.status !== 503) return answer;
      }
    },
    stop: async () => {
      for (const one of processes) one.kill("SIGKILL");
      await Promise.all(processes.map(({ ended }) => ended));
      await redis?.stop();
      await sink.stop();
      await database.drop();
    },
  };
}

let serial = 0;
const newEmail = (): string => {
  serial += 1;
  return `race-${serial}@example.com`;
};
/** A different address for each number. */
const address = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
const newAddress = (): string => {
  serial += 1;
  return address(serial);
};
const together = <Value>(call: (index: number) => Promise<Value>, count = CALLERS): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));
const statusCounts = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const rounds = async (round: (index: number) => Promise<void>): Promise<void> => {
  for (let index = 0; index < ROUNDS; index += 1) await round(index);
};
const codeOtherThan = (code: string, n: number): string =>
  String((Number(code) + 1 + n) % 1_000_000).padStart(6, "0");

describe.each([
  { name: "PostgreSQL alone", withRedis: false },
  { name: "Redis in front", withRedis: true },
])("three processes, $name", ({ withRedis }) => {
  describe.skipIf(withRedis && !hasRedis)(`${CALLERS} requests released together`, () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster(withRedis);
    });
    afterAll(() => cluster?.stop());

    test("one e-mail and address: one mail", async () => {
      await rounds(async () => {
        const [email, from] = [newEmail(), newAddress()];
        const answers = await together(() => cluster.post("/auth/request-code", { email }, from));
        expect(statusCounts(answers)).toEqual({ 200: 1, 429: CALLERS - 1 });
        await cluster.sink.code(email);
        expect(cluster.sink.mailsTo(email)).toHaveLength(1);
      });
    }, 600_000);

    test("one e-mail from 200 addresses: 15 mails, since the last 5 of 20 are kept for known ones", async () => {
      await rounds(async () => {
        const email = newEmail();
        const first = serial + 1;
        serial += CALLERS;
        const answers = await together((index) =>
          cluster.post("/auth/request-code", { email }, address(first + index)),
        );
        expect(statusCounts(answers)).toEqual({ 200: 15, 429: CALLERS - 15 });
        await cluster.sink.code(email, 15);
        expect(cluster.sink.mailsTo(email)).toHaveLength(15);
      });
    }, 600_000);

    test("one address for 200 e-mails: 25 mails", async () => {
      await rounds(async () => {
        const from = newAddress();
        const emails = Array.from({ length: CALLERS }, newEmail);
        const answers = await together((index) =>
          cluster.post("/auth/request-code", { email: emails[index] }, from),
        );
        expect(statusCounts(answers)).toEqual({ 200: 25, 429: CALLERS - 25 });
        const sent = (): number => emails.flatMap((email) => cluster.sink.mailsTo(email)).length;
        await eventually(() => sent() >= 25);
        expect(sent()).toBe(25);
      });
    }, 600_000);

    test("wrong codes: five comparisons for a challenge, five for an address, five from elsewhere", async () => {
      await rounds(async () => {
        for (const kind of ["challenge", "address", "elsewhere"] as const) {
          const [email, owner] = [newEmail(), newAddress()];
          const { challenge } = (await cluster.post("/auth/request-code", { email }, owner)).body;
          const code = await cluster.sink.code(email);
          const first = serial + 1;
          serial += CALLERS;
          const answers = await together((index) =>
            cluster.post(
              "/auth/verify-code",
              { email, code: codeOtherThan(code, index), ...(kind === "challenge" ? { challenge } : {}) },
              kind === "elsewhere" ? address(first + index) : owner,
            ),
          );
          expect(statusCounts(answers)).toEqual({ 400: 5, 429: CALLERS - 5 });
          const tries = await cluster.database.query("select kind from auth_tries where email = $1", [email]);
          expect(tries).toEqual(Array(5).fill({ kind }));
          const extra = kind === "challenge" ? { challenge } : {};
          const right = await cluster.post(
            "/auth/verify-code",
            { email, code, ...extra },
            kind === "elsewhere" ? newAddress() : owner,
          );
          expect(right.status, "the right code fails too").toBe(429);
        }
      });
    }, 600_000);

    test("one code: one session", async () => {
      await rounds(async () => {
        const [email, from] = [newEmail(), newAddress()];
        const { challenge } = (await cluster.post("/auth/request-code", { email }, from)).body;
        const code = await cluster.sink.code(email);
        const answers = await together(() =>
          cluster.post("/auth/verify-code", { email, code, challenge }, from),
        );
        expect(statusCounts(answers)).toEqual({ 200: 1, 400: CALLERS - 1 });
        const sessions = await cluster.database.query(
          "select from sessions join users on users.id = user_id where email = $1",
          [email],
        );
        expect(sessions).toHaveLength(1);
      });
    }, 600_000);

    test("one refresh token: one child, which then works", async () => {
      const [email, from] = [newEmail(), newAddress()];
      await cluster.post("/auth/request-code", { email }, from);
      const code = await cluster.sink.code(email);
      const login = await cluster.post("/auth/verify-code", { email, code, session: "bearer" }, from);
      let token: string = login.body.refresh_token;
      await rounds(async (index) => {
        const shown = token;
        const answers = await together(() => cluster.post("/auth/refresh", { refresh_token: shown }, from));
        expect(statusCounts(answers)).toEqual({ 200: CALLERS });
        const children = new Set(answers.map(({ body }) => body.refresh_token));
        expect(children.size).toBe(1);
        [token = ""] = children;
        const [row] = await cluster.database.query<{ refresh_generation: number }>(
          "select refresh_generation from sessions where user_id = $1",
          [login.body.user.id],
        );
        expect(row?.refresh_generation).toBe(index + 1);
      });
    }, 600_000);

    if (withRedis) {
      test("losing all that Redis knew changes no count", async () => {
        await rounds(async () => {
          const [email, from] = [newEmail(), newAddress()];
          const flushing = setInterval(() => void cluster.redis?.client.flushall(), 5);
          const answers = await together(() => cluster.post("/auth/request-code", { email }, from));
          clearInterval(flushing);
          expect(statusCounts(answers)).toEqual({ 200: 1, 429: CALLERS - 1 });
        });
      }, 600_000);

      test("a Redis that answers nothing for a while changes no count", async () => {
        await cluster.redis?.client.call("CLIENT", "PAUSE", "3000", "ALL");
        const [email, from] = [newEmail(), newAddress()];
        const answers = await together(() => cluster.post("/auth/request-code", { email }, from));
        expect(statusCounts(answers)).toEqual({ 200: 1, 429: CALLERS - 1 });
      }, 600_000);
    }
    if (!withRedis) describeNaiveVersion(() => cluster);
  });
});

/** Each of the races above once more on the same three processes, without the locks and laws that decide them. */
function describeNaiveVersion(clusterOf: () => Cluster): void {
  describe("the same races against a read-then-write version", () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = clusterOf();
      // The naive version: read the counts, compare, write. No lock, and no law that would catch it.
      await cluster.database.query(`
        create or replace function try_lock_login(p_keys bigint[]) returns boolean language sql as $$ select true $$;
        alter table sessions drop constraint sessions_one_per_code;
        drop index auth_codes_one_live_per_email_and_address;`);
    });

    /** One round may get lucky; of twenty, one at least must show the fault. */
    const everFails = async (round: () => Promise<boolean>): Promise<boolean> => {
      for (let index = 0; index < 20; index += 1) if (await round()) return true;
      return false;
    };

    test("more than one mail", async () => {
      const hasFailed = await everFails(async () => {
        const [email, from] = [newEmail(), newAddress()];
        const answers = await together(() => cluster.post("/auth/request-code", { email }, from));
        return (statusCounts(answers)[200] ?? 0) > 1;
      });
      expect(hasFailed).toBe(true);
    }, 300_000);

    test("more than 15 mails from everywhere", async () => {
      const hasFailed = await everFails(async () => {
        const email = newEmail();
        const answers = await together(() => cluster.post("/auth/request-code", { email }, newAddress()));
        return (statusCounts(answers)[200] ?? 0) > 15;
      });
      expect(hasFailed).toBe(true);
    }, 300_000);

    test("more than 25 mails from one address", async () => {
      const hasFailed = await everFails(async () => {
        const from = newAddress();
        const answers = await together(() => cluster.post("/auth/request-code", { email: newEmail() }, from));
        return (statusCounts(answers)[200] ?? 0) > 25;
      });
      expect(hasFailed).toBe(true);
    }, 300_000);

    test("more than five comparisons", async () => {
      const hasFailed = await everFails(async () => {
        const [email, owner] = [newEmail(), newAddress()];
        const { challenge } = (await cluster.post("/auth/request-code", { email }, owner)).body;
        const code = await cluster.sink.code(email);
        await together((index) =>
          cluster.post("/auth/verify-code", { email, code: codeOtherThan(code, index), challenge }, owner),
        );
        const tries = await cluster.database.query("select from auth_tries where email = $1", [email]);
        return tries.length > 5;
      });
      expect(hasFailed).toBe(true);
    }, 300_000);

    test("more than one session from one code", async () => {
      // Who has read the code goes on when another one has read it too, however busy the machine is; the last of them
      // waits for nobody.
      await cluster.database.query(`
        create function wait_for_another_reader() returns trigger language plpgsql as $$
        begin
          for round in 1..200 loop
            perform pg_stat_clear_snapshot();
            exit when exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like '%check_login_code%');
            perform pg_sleep(0.005);
          end loop;
          return new;
        end $$;
        create trigger wait_for_another_reader before update of last_login_at on users
          for each row execute function wait_for_another_reader();`);
      const hasFailed = await everFails(async () => {
        const [email, from] = [newEmail(), newAddress()];
        // Somebody who has been here before: making the person would be a guard of its own.
        await cluster.database.query("insert into users (email) values ($1)", [email]);
        const { challenge } = (await cluster.post("/auth/request-code", { email }, from)).body;
        const code = await cluster.sink.code(email);
        const answers = await together(() =>
          cluster.post("/auth/verify-code", { email, code, challenge }, from),
        );
        return (statusCounts(answers)[200] ?? 0) > 1;
      });
      await cluster.database.query("drop trigger wait_for_another_reader on users");
      expect(hasFailed).toBe(true);
    }, 300_000);

    test("more than one child, when each process makes its own", async () => {
      const { database } = cluster;
      await database.query("create table naive_refresh (id integer primary key, hash text not null)");
      await database.query("insert into naive_refresh values (1, 'parent')");
      const children = new Set<string>();
      await together(async () => {
        const [row] = await database.query<{ hash: string }>("select hash from naive_refresh");
        if (row?.hash !== "parent") return;
        const child = randomBytes(8).toString("hex");
        await database.query("update naive_refresh set hash = $1 where id = 1", [child]);
        children.add(child);
      });
      expect(children.size).toBeGreaterThan(1);
    });
  });
}

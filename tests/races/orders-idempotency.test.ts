import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type RequestOptions, send, type TestApp } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { logIn } from "../support/login.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const PROCESSES = 3;
const CALLERS = 200;
const ROUNDS = 5;

describe("one key, sent 200 times at once to three processes", () => {
  let database: TestDatabase;
  let servers: ServerProcess[];
  let planId: number;
  let bearer: string;

  beforeAll(async () => {
    database = await makeTestDatabase();
    ({ planId } = await seedCatalog(database));
    const environment = {
      DATABASE_URL: database.url,
      DATA_DIR: temporaryFolder("race"),
      LOG_LEVEL: "warn",
    };
    servers = await Promise.all(
      Array.from({ length: PROCESSES }, (_, index) =>
        startProcess(index === 0 ? ["serve"] : ["serve", "--no-worker"], environment),
      ),
    );
    const request = (method: string, target: string, options?: RequestOptions): Promise<Answer> =>
      send(`${servers[0]?.url}${target}`, method, options);
    bearer = (await logIn({ request } as TestApp, "race@example.com")).token;
    await warmUp();
  });
  afterAll(async () => {
    for (const server of servers) server.kill("SIGTERM");
    await Promise.all(servers.map((server) => server.ended));
    await database.drop();
  });

  /** A store that has been serving has its connections open; a cold one may shed the first wave with 503. */
  async function warmUp(): Promise<void> {
    for (let wave = 0; wave < 3; wave += 1) {
      await Promise.all(
        Array.from({ length: 60 }, (_, caller) =>
          send(`${servers[caller % PROCESSES]?.url}/orders/mine`, "GET", { bearer }),
        ),
      );
    }
  }

  it(`makes one order in each of ${ROUNDS} rounds, and every answer is 200 with its id`, async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, (_, caller) =>
          send(`${servers[caller % PROCESSES]?.url}/orders`, "POST", {
            body: { plan_id: planId },
            headers: { "idempotency-key": `round-${round}` },
            bearer,
          }),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1);
    }
    const [count] = await database.query<{ orders: number; profiles: number }>(
      "select (select count(*) from orders) as orders, (select count(*) from esim_profiles) as profiles",
    );
    expect(count).toEqual({ orders: ROUNDS, profiles: ROUNDS });
  });

  it("would make several orders if it were read first and written then: the race is real", async () => {
    await database.query("create table naive_orders (id bigint generated always as identity, key text)");
    const naive = async (): Promise<void> => {
      const found = await database.query("select id from naive_orders where key = 'k'");
      if (found.length === 0) await database.query("insert into naive_orders (key) values ('k')");
    };
    await Promise.all(Array.from({ length: CALLERS }, naive));
    const [made] = await database.query<{ count: number }>("select count(*) as count from naive_orders");
    expect(made?.count).toBeGreaterThan(1);
  });
});

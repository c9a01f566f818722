import { rmSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { WITHOUT_CAPS } from "../support/app.js";
import { seedCatalog } from "../support/catalog.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { logInAt, requestTo } from "../support/process-client.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

let database: TestDatabase;
let dataDir: string;
let planId: number;
beforeAll(async () => {
  database = await makeTestDatabase();
  ({ planId } = await seedCatalog(database));
  dataDir = temporaryFolder("restart");
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function serve(environment: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess(["serve"], {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    MOCK_AUTO_CONFIRM: "true",
    ...WITHOUT_CAPS,
    ...environment,
  });
  onTestFinished(() => server.kill("SIGKILL"));
  return server;
}

it("SIGTERM: not ready at once, what is in flight is finished, silent connections are ended, exit 0", {
  timeout: 120_000,
}, async () => {
  const server = await serve({
    DRAIN_SECONDS: "2",
    TRIBI_FAILPOINTS: "s5.after_commit_before_reply=sleep:4000",
  });
  const { token } = await logInAt(server, "drain@example.com");
  const request = requestTo(server);
  const inFlight = request("POST", "/orders", { bearer: token, body: { plan_id: planId } });
  await eventually(async () => {
    const [row] = await database.query<{ orders: number }>("select count(*)::int as orders from orders");
    return (row?.orders ?? 0) > 0;
  });
  // As browsers open them in advance: nothing is ever sent on one, and half a request on the other.
  const { port } = new URL(server.url);
  const silent = ["", "GET /plans HTTP/1.1\r\nHost: "].map((bytes) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes)).on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    return new Promise<void>((resolve) => socket.once("close", () => resolve()));
  });
  const started = Date.now();
  server.kill("SIGTERM");
  await eventually(async () => (await request("GET", "/health/ready")).status === 503, {
    timeoutMillis: 1_500,
  });
  expect((await request("GET", "/health/live")).status).toBe(200);
  expect((await request("GET", "/plans")).status).toBe(200);
  const order = await inFlight;
  expect(order.status).toBe(200);
  expect(await server.ended).toBe(0);
  expect(Date.now() - started).toBeLessThan(20_000);
  expect(server.output()).not.toContain("Not everything finished in time");
  await Promise.all(silent);
  const rows = await database.query("select id from orders where id = $1", [order.body.id]);
  expect(rows).toHaveLength(1);
  expect(server.output()).not.toMatch(/"level":"?(50|60|error|fatal)/);
});

it("a rolling restart under load: no 5xx, no broken connection, no acknowledged write lost", {
  timeout: 240_000,
}, async () => {
  // As in production: the balancer needs a moment to see that a server is stopping.
  const settings = { DRAIN_SECONDS: "5" };
  const serving = new Set([await serve(settings), await serve(settings)]);
  const { token } = await logInAt([...serving][0] as ServerProcess, "rolling@example.com");
  const acknowledged: number[] = [];
  const troubles: string[] = [];
  let isOver = false;
  let turn = 0;

  const ready = new Set(serving);
  const balance = async (): Promise<void> => {
    while (!isOver) {
      for (const server of serving) {
        const isReady = await requestTo(server)("GET", "/health/ready").then(
          ({ status }) => status === 200,
          () => false,
        );
        if (isReady) ready.add(server);
        else ready.delete(server);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const ask = (method: string, path: string, body?: object) => {
    const all = [...ready];
    const server = all[turn++ % all.length] as ServerProcess;
    return requestTo(server)(method, path, { bearer: token, ...(body === undefined ? {} : { body }) });
  };
  const customer = async (): Promise<void> => {
    while (!isOver) {
      try {
        const answer = await ask("POST", "/orders", { plan_id: planId });
        if (answer.status === 200) acknowledged.push(answer.body.id);
        else troubles.push(`${answer.status} ${answer.text}`);
        const read = await ask("GET", "/orders/mine?limit=1");
        if (read.status !== 200) troubles.push(`${read.status} ${read.text}`);
      } catch (error) {
        troubles.push(String((error as Error).cause ?? error));
      }
    }
  };
  const load = [balance(), ...Array.from({ length: 4 }, customer)];
  for (const old of [...serving]) {
    serving.add(await serve(settings));
    await eventually(() => ready.size === serving.size);
    old.kill("SIGTERM");
    expect(await old.ended).toBe(0);
    serving.delete(old);
    ready.delete(old);
  }
  isOver = true;
  await Promise.all(load);
  expect(troubles.join("\n")).toBe("");
  expect(acknowledged.length).toBeGreaterThan(20);
  const kept = await database.query("select id from orders where id = any($1)", [acknowledged]);
  expect(kept).toHaveLength(acknowledged.length);
});

it("SIGKILL of server and database, and the next start still shows the order", {
  timeout: 240_000,
}, async () => {
  const folder = temporaryFolder("killed");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const start = () => startProcess(["serve"], { DATA_DIR: folder, MOCK_AUTO_CONFIRM: "true" });
  const first = await start();
  onTestFinished(() => first.kill("SIGKILL"));
  const { token } = await logInAt(first, "killed@example.com");
  const { body: plans } = await requestTo(first)("GET", "/plans?country=ES");
  const order = await requestTo(first)("POST", "/orders", { bearer: token, body: { plan_id: plans[0].id } });
  expect(order.status).toBe(200);
  first.kill("SIGKILL");
  expect(await first.ended).toBe("SIGKILL");
  const second = await start();
  onTestFinished(() => second.kill("SIGKILL"));
  const again = await requestTo(second)("GET", `/orders/${order.body.id}`, { bearer: token });
  expect([again.status, again.body.reference]).toEqual([200, order.body.reference]);
  second.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});

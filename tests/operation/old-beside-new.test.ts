import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WITHOUT_CAPS } from "../support/app.js";
import {
  type BuiltProgram,
  buildCommit,
  buildLater,
  hasHistory,
  previousRelease,
} from "../support/built-programs.js";
import { type EmptyDatabase, makeEmptyDatabase } from "../support/empty-database.js";
import { eventually } from "../support/eventually.js";
import { ESIM_INVARIANTS, MOCK_LEDGER_AGREES, MONEY_INVARIANTS, violations } from "../support/invariants.js";
import { logInAt, requestTo } from "../support/process-client.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** What a migration may do while the old program serves: a column that it does not know, a table, a trigger. */
const LATER = (oldestProgram: string) => ({
  up: `-- oldest-program: ${oldestProgram}
alter table orders add column noted_at timestamptz default now();
create table order_notes (order_id bigint primary key references orders (id));
create function note_order() returns trigger language plpgsql as $$
begin
  insert into order_notes (order_id) values (new.id);
  return null;
end;
$$;
create trigger orders_note after insert on orders for each row execute function note_order();
`,
  down: `drop trigger orders_note on orders;
drop function note_order;
drop table order_notes;
alter table orders drop column noted_at;
`,
});

describe.skipIf(!hasHistory)("the last release beside this program on one database", () => {
  let database: EmptyDatabase;
  let old: BuiltProgram;
  let settings: Record<string, string>;
  beforeAll(async () => {
    database = await makeEmptyDatabase();
    old = buildCommit(previousRelease());
    settings = {
      DATABASE_URL: database.url,
      DATA_DIR: temporaryFolder("old-beside-new"),
      MOCK_AUTO_CONFIRM: "true",
      // As in production: a server that stops still takes what was on its way to it.
      DRAIN_SECONDS: "3",
      LOCAL_SMDP_ADDRESS: "rsp.example.com",
      ...WITHOUT_CAPS,
    };
  });
  afterAll(() => database.drop());

  const serve = async ({ main }: BuiltProgram): Promise<ServerProcess> => {
    const server = await startProcess(["serve"], settings, { main });
    onTestFinished(() => server.kill("SIGKILL"));
    return server;
  };
  const stop = async (server: ServerProcess): Promise<void> => {
    server.kill("SIGTERM");
    expect(await server.ended).toBe(0);
  };
  const run = async ({ main }: BuiltProgram, ...args: string[]): Promise<[unknown, string]> => {
    const child = await startProcess(args, settings, { main, waitsUntilReady: false });
    return [await child.ended, child.output()];
  };

  /** Customers who order, pay and read at all servers in turn, until told to stop. */
  function shopAt(servers: Set<ServerProcess>, token: string, planId: number) {
    const troubles: string[] = [];
    let paid = 0;
    let turn = 0;
    let isOver = false;
    const ask = async (method: string, path: string, body?: object) => {
      const all = [...servers];
      const server = all[turn++ % all.length] as ServerProcess;
      const answer = await requestTo(server)(method, path, {
        bearer: token,
        ...(body === undefined ? {} : { body }),
      });
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.body;
    };
    const customer = async (): Promise<void> => {
      while (!isOver) {
        try {
          const order = await ask("POST", "/orders", { plan_id: planId });
          await ask("POST", "/payments/create", { order_id: order.id, provider: "MOCK" });
          await ask("GET", `/orders/${order.id}`);
          paid += 1;
        } catch (error) {
          troubles.push(String(error));
        }
      }
    };
    const load = Array.from({ length: 3 }, customer);
    return {
      troubles,
      /** Waits until this many more orders were paid. */
      more: async (orders: number) => {
        const wanted = paid + orders;
        await eventually(() => paid >= wanted || troubles.length > 0, { what: `${orders} more orders` });
      },
      end: async () => {
        isOver = true;
        await Promise.all(load);
        return paid;
      },
    };
  }

  it("under load the later one migrates up and back down: every request succeeds, every payment is one eSIM", async () => {
    const later = buildLater("99.0.0", LATER(old.version));
    const first = await serve(old);
    const servers = new Set([first]);
    const { token } = await logInAt(first, "buyer@example.com");
    const { body: plans } = await requestTo(first)("GET", "/plans?country=ES");
    const shop = shopAt(servers, token, plans[0].id);
    await shop.more(10);
    const second = await serve(later);
    servers.add(second);
    await shop.more(20);
    expect((await run(later, "migrate", "status"))[1]).toMatch(/applied {2}9000_later/);
    expect((await run(old, "migrate", "status"))[1]).toMatch(/newer {4}9000_later/);
    // Another of the old ones starts beside it, as a restart would.
    const third = await serve(old);
    servers.add(third);
    await shop.more(20);
    servers.delete(second);
    await stop(second);
    const [code, output] = await run(later, "migrate", "down");
    expect([code, output]).toEqual([0, expect.stringMatching(/undone {3}9000_later/)]);
    await shop.more(20);
    const paid = await shop.end();
    expect(shop.troubles).toEqual([]);
    expect(paid).toBeGreaterThanOrEqual(70);
    await eventually(async () => {
      const [row] = await database.query<{ ready: number }>(
        "select count(*)::int as ready from orders o join esim_profiles e on e.order_id = o.id and e.status = 'ready'",
      );
      return row?.ready === paid;
    });
    expect(
      await violations(database, { ...MONEY_INVARIANTS, ...ESIM_INVARIANTS, ...MOCK_LEDGER_AGREES }),
    ).toEqual({});
    await stop(first);
    await stop(third);
  });

  it("a later one that the old program cannot work with refuses it by name, with the way back", async () => {
    const later = buildLater("99.0.0", LATER("99.0.0"));
    expect((await run(later, "migrate", "up"))[0]).toBe(0);
    const refused = await run(old, "serve");
    expect(refused[0]).toBe(1);
    expect(refused[1]).toMatch(/9000_later, which needs Tribi 99\.0\.0 or later.*migrate down/);
    expect((await run(later, "migrate", "down"))[0]).toBe(0);
    await stop(await serve(old));
  });
});

import { startTestApp, type TestApp } from "./app.js";
import { makeTestDatabase, type TestDatabase } from "./database.js";
import { logIn } from "./login.js";
import { temporaryFolder } from "./temporary-folder.js";

interface Pair {
  /** Runs the jobs. */
  readonly here: TestApp;
  readonly there: TestApp;
}

/** Two processes of one store: one database and the same secrets. */
export interface TwoProcesses extends Pair {
  readonly database: TestDatabase;
  readonly adminToken: string;
  /** Both anew; the first two are stopped. */
  startAgain(): Promise<Pair>;
  stop(): Promise<void>;
}

export async function startTwoProcesses(): Promise<TwoProcesses> {
  const environment = { DATA_DIR: temporaryFolder("two-processes"), ADMIN_EMAILS: "admin@example.com" };
  const database = await makeTestDatabase();
  const start = async (): Promise<Pair> => ({
    here: await startTestApp(environment, { database }),
    there: await startTestApp(environment, { database, worker: false }),
  });
  let pair = await start();
  const stopBoth = (): Promise<unknown> => Promise.all([pair.here.stop(), pair.there.stop()]);
  const { token: adminToken } = await logIn(pair.here, "admin@example.com");
  return {
    ...pair,
    database,
    adminToken,
    startAgain: async () => {
      await stopBoth();
      pair = await start();
      return pair;
    },
    stop: async () => {
      await stopBoth();
      await database.drop();
    },
  };
}

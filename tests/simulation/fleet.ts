import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "../support/eventually.js";
import { freePort, type ServerProcess, startProcess } from "../support/processes.js";

/** The shop's processes. One that dies comes back by itself, as under any supervisor. */
export interface Fleet {
  /** Addresses of all processes, dead or alive. */
  readonly urls: readonly string[];
  /** SIGKILL, now. */
  kill(index: number): void;
  /** SIGSTOP now and SIGCONT later: a process that sleeps longer than its leases last. */
  freeze(index: number, millis: number): void;
  /**
   * The next time this process passes the point, the action happens, once: `s9.after_attempt_row=kill`. One that is
   * frozen there goes on after `frozenMillis`.
   */
  arm(index: number, failpoint: string, frozenMillis: number): void;
  /** Whether a process was frozen from before the first moment until shortly before the second. */
  wasFrozenAt(fromMillis: number, untilMillis: number): boolean;
  everyProcessIsUp(): Promise<void>;
  /** How many processes have died so far. */
  deaths(): number;
  stop(): Promise<void>;
}

const WATCH_MILLIS = 50;
/** In so many milliseconds a process that was woken has sent what it had in its hands. */
const WOKEN_MILLIS = 3_000;
const START_MILLIS_MAX = 240_000;

export async function startFleet(
  processes: number,
  folder: string,
  environmentOf: (index: number, urls: readonly string[]) => Readonly<Record<string, string>>,
): Promise<Fleet> {
  mkdirSync(folder, { recursive: true });
  const ports = await Promise.all(Array.from({ length: processes }, freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const running: (ServerProcess | undefined)[] = [];
  let isStopping = false;
  let deaths = 0;
  const frozen: { readonly from: number; readonly until: number }[] = [];
  const failpointFile = (index: number): string => path.join(folder, `failpoints-${index}`);

  const start = async (index: number): Promise<void> => {
    const child = await startProcess(
      ["serve"],
      {
        ...environmentOf(index, urls),
        PORT: String(ports[index]),
        TRIBI_FAILPOINTS: `@${failpointFile(index)}`,
      },
      { waitsUntilReady: false },
    );
    running[index] = child;
    void child.ended.then((how) => {
      running[index] = undefined;
      if (isStopping) return;
      deaths += 1;
      if (how !== "SIGKILL" || process.env.CAMPAIGN_LOG_LEVEL !== undefined)
        console.log(`process ${index} ended: ${how}\n${child.output()}`);
      void start(index);
    });
  };
  const isUp = async (url: string): Promise<boolean> =>
    fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })
      .then((answer) => answer.ok)
      .catch(() => false);
  const waitFor = (url: string): Promise<boolean> =>
    eventually(() => isUp(url), { timeoutMillis: START_MILLIS_MAX, what: `Readiness of ${url}` });

  const killAll = (): void => {
    for (const child of running) child?.kill("SIGKILL");
  };
  // A campaign that is cut off leaves no processes behind.
  process.once("exit", killAll);
  // The first one migrates the database while the others wait for it.
  await Promise.all(ports.map((_, index) => start(index)));
  await Promise.all(urls.map(waitFor));
  return {
    urls,
    deaths: () => deaths,
    kill: (index) => running[index]?.kill("SIGKILL"),
    freeze(index, millis) {
      const child = running[index];
      child?.kill("SIGSTOP");
      frozen.push({ from: Date.now(), until: Date.now() + millis });
      setTimeout(() => child?.kill("SIGCONT"), millis);
    },
    arm(index, failpoint, frozenMillis) {
      const file = failpointFile(index);
      writeFileSync(file, failpoint);
      if (!failpoint.endsWith("=stop")) return;
      // The point that fires takes the file away and stops its own process.
      const watch = setInterval(() => {
        if (isStopping) clearInterval(watch);
        if (isStopping || existsSync(file)) return;
        clearInterval(watch);
        const child = running[index];
        setTimeout(() => child?.kill("SIGCONT"), frozenMillis);
      }, WATCH_MILLIS);
    },
    wasFrozenAt: (fromMillis, untilMillis) =>
      frozen.some(
        ({ from, until }) =>
          from < fromMillis + WOKEN_MILLIS && untilMillis < until + WOKEN_MILLIS && untilMillis > from,
      ),
    everyProcessIsUp: async () => {
      await Promise.all(urls.map(waitFor));
    },
    async stop() {
      isStopping = true;
      process.off("exit", killAll);
      const alive = running.filter((one) => one !== undefined);
      killAll();
      await Promise.all(alive.map((child) => child.ended));
    },
  };
}

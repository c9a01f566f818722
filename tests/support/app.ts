import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, startApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/config.js";
import { type Logger, makeLog } from "../../src/telemetry/log.js";
import { jobsSettled } from "./checksums.js";
import { currentContract, useContract } from "./contract.js";
import { makeTestDatabase, type TestDatabase } from "./database.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire brought
  readonly body: any;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  readonly cookie?: string;
}

export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly database: TestDatabase;
  readonly dataDir: string;
  /** One request over HTTP. A body that is not a string is sent as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  stop(): Promise<void>;
}

/** The persons of the tests order as often as their tests need; the caps have tests of their own. */
export const WITHOUT_CAPS = {
  ORDERS_OPEN_MAX: "999999",
  ORDERS_PER_HOUR_MAX: "999999",
  DECLINES_PER_DAY_MAX: "999999",
} as const;

export const OPERATORS_TOKEN = "token-of-the-operators-in-the-tests";

/** Behind a proxy nobody is a local caller: what a test reads at an operator's pages it asks for with their token. */
function withToken(target: string, request: RequestOptions): RequestOptions {
  const isOperators = /^(\/api)?\/(dev|metrics|payments\/webhook\/mock)\b/.test(target);
  if (!isOperators || request.bearer !== undefined) return request;
  return { ...request, headers: { authorization: `Bearer ${OPERATORS_TOKEN}`, ...request.headers } };
}

/** The whole app in this process, on a free port of 127.0.0.1 and a database of its own. */
export async function startTestApp(
  environment: Readonly<Record<string, string>> = {},
  options: { worker?: boolean; database?: TestDatabase; log?: Logger } = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-test-"));
  const database =
    options.database ?? (await makeTestDatabase({ isProduction: environment.ENVIRONMENT === "production" }));
  const isProxied = environment.TRUST_PROXY !== undefined;
  const app = await startApp({
    config: loadConfig({
      ENVIRONMENT: "test",
      PORT: "0",
      HOST: "127.0.0.1",
      DATA_DIR: dataDir,
      DEV_TOKEN: OPERATORS_TOKEN,
      ...WITHOUT_CAPS,
      ...(isProxied ? { METRICS_TOKEN: OPERATORS_TOKEN } : {}),
      ...environment,
    }),
    databaseUrl: database.url,
    log: options.log ?? makeLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", format: "json" }),
    roles: { api: true, worker: options.worker ?? true },
  });
  const forgetContract = useContract(app.server.swagger());
  return {
    app,
    url: app.url,
    database,
    dataDir: environment.DATA_DIR ?? dataDir,
    request: (method, target, request = {}) =>
      send(`${app.url}${target}`, method, isProxied ? withToken(target, request) : request),
    stop: async () => {
      await app.stop();
      forgetContract();
      if (options.database === undefined) await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * An app whose past is arranged while a worker runs, and that has none from then on: nothing moves by the clock, so
 * that every change in the database is a request's own.
 */
export async function startQuietApp(
  environment: Readonly<Record<string, string>>,
  arrange: (app: TestApp) => Promise<void>,
): Promise<TestApp> {
  const database = await makeTestDatabase();
  // One folder, so that both have the same secrets.
  const shared = { ...environment, DATA_DIR: mkdtempSync(path.join(tmpdir(), "tribi-test-")) };
  const busy = await startTestApp(shared, { database });
  await arrange(busy);
  await jobsSettled(database);
  await busy.stop();
  const quiet = await startTestApp(shared, { database, worker: false });
  return {
    ...quiet,
    stop: async () => {
      await quiet.stop();
      await database.drop();
      rmSync(shared.DATA_DIR, { recursive: true, force: true });
    },
  };
}

/** Every answer is held against the rules of all answers and against openapi.json. */
export async function send(url: string, method: string, options: RequestOptions = {}): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.bearer !== undefined) headers.set("authorization", `Bearer ${options.bearer}`);
  if (options.cookie !== undefined) headers.set("cookie", options.cookie);
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (options.body !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    init.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  }
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const body = isJson && text !== "" ? JSON.parse(text) : undefined;
  const answer = { status: response.status, headers: response.headers, text, body };
  const { pathname, search } = new URL(url);
  currentContract()?.(method, `${pathname}${search}`, answer, headers.get("accept") ?? "");
  return answer;
}

import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, send, startTestApp, type TestApp } from "../support/app.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";
import { passTime } from "../support/login.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/**
 * Each kill point of S1 to S4: the process dies there, and another one on the same database carries on. What one
 * statement does (the limits and the code's row; a code's use and its session) has no point in between.
 */
let database: TestDatabase;
let sink: MailSink;
let environment: Record<string, string>;
/** Serves from the beginning, and works from the second test on. */
let live: TestApp;

beforeAll(async () => {
  database = await makeTestDatabase();
  sink = await startMailSink();
  const dataDir = temporaryFolder("kill");
  environment = { ...sink.environment, DATA_DIR: dataDir, LOG_LEVEL: "warn" };
  live = await startTestApp(environment, { database, worker: false });
});
afterAll(async () => {
  await live.stop();
  await sink.stop();
  await database.drop();
});

const doomed = (point: string, args = ["serve", "--no-worker"]): Promise<ServerProcess> =>
  startProcess(args, { ...environment, DATABASE_URL: database.url, TRIBI_FAILPOINTS: `${point}=kill` });
/** Sends to a process that dies of it. */
async function sendToDoomed(point: string, target: string, body: unknown): Promise<void> {
  const server = await doomed(point);
  const sent = send(`${server.url}${target}`, "POST", { body });
  await expect(sent, "no answer, and above all no false one").rejects.toThrow();
  expect(await server.ended).toBe("SIGKILL");
}
const ask = (email: string): Promise<Answer> =>
  live.request("POST", "/auth/request-code", { body: { email } });
const verify = (email: string, code: string): Promise<Answer> =>
  live.request("POST", "/auth/verify-code", { body: { email, code, session: "bearer" } });
const sessionsOf = (email: string) =>
  database.query<{ auth_code_id: number; refresh_generation: number }>(
    `select auth_code_id, refresh_generation from sessions join users on users.id = user_id where email = $1`,
    [email],
  );
const codesOf = (email: string) =>
  database.query<{ used: boolean; sealed: boolean }>(
    "select used_at is not null as used, sealed_code is not null as sealed from auth_codes where email = $1 order by id",
    [email],
  );

it("s10.after_mail_before_mark: the mail comes twice at most, with the same code, which then works", async () => {
  const email = "s2@example.com";
  expect((await ask(email)).status).toBe(200);
  const worker = await doomed("s10.after_mail_before_mark", ["worker"]);
  expect(await worker.ended).toBe("SIGKILL");
  expect(sink.mailsTo(email)).toHaveLength(1);
  // As if the dead process's lease were over.
  await database.query(
    "update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null",
  );
  await database.query("update outgoing_mails set claimed_until = now() where claimed_until is not null");
  await live.stop();
  live = await startTestApp(environment, { database });
  const code = await sink.code(email, 2);
  expect(sink.mailsTo(email)).toHaveLength(2);
  for (const mail of sink.mailsTo(email)) expect(mail).toContain(code);
  await eventually(async () => (await codesOf(email))[0]?.sealed === false);
  expect((await verify(email, code)).status).toBe(200);
}, 120_000);

it("s1.after_limiter: nothing happened, and asking again makes one code", async () => {
  const email = "s1-limiter@example.com";
  await sendToDoomed("s1.after_limiter", "/auth/request-code", { email });
  expect(await codesOf(email)).toEqual([]);
  expect((await ask(email)).status).toBe(200);
  expect((await verify(email, await sink.code(email))).status).toBe(200);
  expect(sink.mailsTo(email)).toHaveLength(1);
}, 120_000);

it("s1.after_insert: the mail comes although the answer did not; asking again is told to wait", async () => {
  const email = "s1-insert@example.com";
  await sendToDoomed("s1.after_insert", "/auth/request-code", { email });
  const code = await sink.code(email);
  const again = await ask(email);
  expect(again.status).toBe(429);
  expect(Number(again.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await verify(email, code)).status).toBe(200);
  expect(sink.mailsTo(email)).toHaveLength(1);
}, 120_000);

it("s3.after_consume: the code is used up, nobody has its session, and a new code opens one", async () => {
  const email = "s3@example.com";
  await ask(email);
  const code = await sink.code(email);
  await sendToDoomed("s3.after_consume", "/auth/verify-code", { email, code });
  const again = await verify(email, code);
  expect([again.status, again.body.code]).toEqual([400, "invalid_code"]);
  expect(await sessionsOf(email)).toHaveLength(1);
  await passTime(live, 61);
  expect((await ask(email)).status).toBe(200);
  expect((await verify(email, await sink.code(email, 2))).status).toBe(200);
  const sessions = await sessionsOf(email);
  expect(new Set(sessions.map((session) => session.auth_code_id)).size).toBe(2);
  expect((await codesOf(email)).map(({ used }) => used)).toEqual([true, true]);
}, 120_000);

it("s4.after_rotate: the parent gets the same child from another process, within the grace", async () => {
  const email = "s4@example.com";
  await ask(email);
  const login = await verify(email, await sink.code(email));
  const parent = login.body.refresh_token as string;
  await sendToDoomed("s4.after_rotate", "/auth/refresh", { refresh_token: parent });
  const first = await live.request("POST", "/auth/refresh", { body: { refresh_token: parent } });
  const second = await live.request("POST", "/auth/refresh", { body: { refresh_token: parent } });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.body.refresh_token).toBe(first.body.refresh_token);
  expect((await live.request("GET", "/auth/me", { bearer: first.body.token })).body.email).toBe(email);
  expect((await sessionsOf(email)).map((session) => session.refresh_generation)).toEqual([1]);
}, 120_000);

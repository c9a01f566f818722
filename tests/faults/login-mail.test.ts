import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../support/app.js";
import { eventually } from "../support/eventually.js";
import { type MailSink, startMailSink } from "../support/mail-sink.js";
import { freePort } from "../support/processes.js";

let sink: MailSink;
let app: TestApp;
let serial = 0;

beforeAll(async () => {
  sink = await startMailSink();
  app = await startTestApp({ ...sink.environment, RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999" });
});
afterAll(async () => {
  await app.stop();
  await sink.stop();
});

const newEmail = (): string => {
  serial += 1;
  return `mail-${serial}@example.com`;
};
/** The mails that wait. */
const waitingOf = (email: string) =>
  app.database.query<{ is_delayed: boolean }>(
    `select m.status = 'delayed' as is_delayed from outgoing_mails m join auth_codes a on a.id = m.subject_id
     where m.kind = 'login_code' and m.status in ('queued', 'delayed') and a.email = $1`,
    [email],
  );
/** Back-off is measured in seconds; a test does not wait for it. */
const retryNow = () =>
  app.database.query("update graphile_worker._private_jobs set run_at = now() where locked_at is null");

test("the code is the only run of so many digits in the mail, and the first part is plain text", async () => {
  const email = newEmail();
  await app.request("POST", "/auth/request-code", { body: { email } });
  const code = await sink.code(email);
  const [raw = ""] = sink.mailsTo(email);
  const body = raw.slice(raw.indexOf("\r\n\r\n"));
  expect(raw).toMatch(/^content-type: text\/plain/im);
  expect(body.match(/(?<!\d)\d{6}(?!\d)/g)).toEqual([code]);
  expect(raw).toMatch(new RegExp(`^to: ${email}`, "im"));
});

test("a mail server that refuses for now delays the mail, not the answer, and the code's life is not stretched", async () => {
  const email = newEmail();
  sink.refuseForNow(true);
  const started = performance.now();
  const { status } = await app.request("POST", "/auth/request-code", { body: { email } });
  expect(status).toBe(200);
  expect(performance.now() - started).toBeLessThan(2_000);
  await eventually(async () => (await waitingOf(email))[0]?.is_delayed);
  expect(sink.mailsTo(email)).toHaveLength(0);
  const [before] = await app.database.query("select expires_at from auth_codes where email = $1", [email]);
  sink.refuseForNow(false);
  await eventually(async () => {
    await retryNow();
    return sink.mailsTo(email).length === 1;
  });
  const code = await sink.code(email);
  const [after] = await app.database.query("select expires_at from auth_codes where email = $1", [email]);
  expect(after).toEqual(before);
  const answer = await app.request("POST", "/auth/verify-code", { body: { email, code } });
  expect(answer.status).toBe(200);
});

test.each([
  ["expired", "expires_at = now() - interval '1 s', created_at = now() - interval '10 min'"],
  ["used", "used_at = now(), sealed_code = null"],
  ["replaced", "replaced_at = now(), sealed_code = null"],
])("a code that was %s meanwhile is not sent", async (_name, change) => {
  const email = newEmail();
  sink.refuseForNow(true);
  await app.request("POST", "/auth/request-code", { body: { email } });
  await eventually(async () => (await waitingOf(email))[0]?.is_delayed);
  await app.database.query(`update auth_codes set ${change} where email = $1`, [email]);
  sink.refuseForNow(false);
  await eventually(async () => {
    await retryNow();
    return (await waitingOf(email)).length === 0;
  });
  expect(sink.mailsTo(email)).toHaveLength(0);
});

test("without Redis and mail server the store is ready, and says that it is degraded and by what", async () => {
  const nobody = String(await freePort());
  const alone = await startTestApp({
    REDIS_URL: `redis://127.0.0.1:${nobody}`,
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: nobody,
    SMTP_USE_TLS: "false",
  });
  try {
    const asked = await alone.request("POST", "/auth/request-code", { body: { email: newEmail() } });
    expect(asked.status).toBe(200);
    const ready = await eventually(async () => {
      const answer = await alone.request("GET", "/health/ready");
      return answer.body.parts?.mail === undefined ? undefined : answer;
    });
    expect([ready.status, ready.body]).toEqual([
      200,
      {
        status: "degraded",
        version: expect.any(String),
        parts: { redis: "does not answer", mail: expect.any(String) },
      },
    ]);
    expect((await alone.request("GET", "/health/live")).body).toMatchObject({ status: "ok", parts: {} });
  } finally {
    await alone.stop();
  }
});

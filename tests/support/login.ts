import type { Answer, RequestOptions, TestApp } from "./app.js";
import { eventually } from "./eventually.js";

interface InboxMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export async function mailsTo(app: Pick<TestApp, "request">, email: string): Promise<InboxMail[]> {
  const { body } = await app.request("GET", "/dev/inbox.json");
  return (body as InboxMail[]).filter(({ to }) => to === email);
}

/** Without the mails about orders, which their jobs send at any moment. */
export async function codeMailsTo(app: Pick<TestApp, "request">, email: string): Promise<InboxMail[]> {
  return (await mailsTo(app, email)).filter(({ subject }) => subject.startsWith("Your sign-in code"));
}

/** The code in the newest mail with one to this address, once there are `count` of them. */
export async function mailedCode(app: Pick<TestApp, "request">, email: string, count = 1): Promise<string> {
  return eventually(async () => {
    const mails = await codeMailsTo(app, email);
    return mails.length >= count && /(?<!\d)\d{6,8}(?!\d)/.exec(mails[0]?.text ?? "")?.[0];
  });
}

export interface Login {
  readonly token: string;
  readonly refreshToken: string;
  readonly userId: number;
  readonly cookies: string;
  readonly answer: Answer;
}

/** The cookies of an answer as a Cookie header, without those that were cleared. */
export function cookiesOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}

/** Signs in over HTTP with a mailed code. */
export async function logIn(
  app: TestApp,
  email: string,
  options: { verify?: Record<string, unknown>; headers?: RequestOptions["headers"] } = {},
): Promise<Login> {
  const headers = options.headers ?? {};
  const before = (await codeMailsTo(app, email)).length;
  const asked = await app.request("POST", "/auth/request-code", { body: { email }, headers });
  if (asked.status !== 200) throw new Error(`request-code: ${asked.status} ${asked.text}`);
  const code = await mailedCode(app, email, before + 1);
  const answer = await app.request("POST", "/auth/verify-code", {
    body: { email, code, ...options.verify },
    headers,
    cookie: cookiesOf(asked),
  });
  if (answer.status !== 200) throw new Error(`verify-code: ${answer.status} ${answer.text}`);
  return {
    token: answer.body.token,
    refreshToken: answer.body.refresh_token,
    userId: answer.body.user.id,
    cookies: cookiesOf(answer),
    answer,
  };
}

/** Moves the past of an e-mail (all of it without one) back by so many seconds: the clock of limits and codes. */
export async function passTime(app: Pick<TestApp, "database">, seconds: number): Promise<void> {
  const shift = `make_interval(secs => ${seconds})`;
  await app.database.query(`update auth_codes set created_at = created_at - ${shift}, expires_at = expires_at - ${shift},
    blocked_until = blocked_until - ${shift}, used_at = used_at - ${shift}`);
  await app.database.query(`update auth_tries set created_at = created_at - ${shift}`);
  await app.database.query(`update auth_tried_emails set tried_at = tried_at - ${shift},
    blind_tries = array(select at - ${shift} from unnest(blind_tries) with ordinality as t (at, n) order by n)`);
  await app.database.query(`update sessions set created_at = created_at - ${shift}, expires_at = expires_at - ${shift},
    refresh_rotated_at = refresh_rotated_at - ${shift}, last_used_at = last_used_at - ${shift}`);
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../support/app.js";
import { codeMailsTo, cookiesOf, logIn, mailedCode, passTime } from "../support/login.js";

let app: TestApp;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: "127.0.0.1" });
});
afterAll(() => app.stop());

const next = (): number => {
  serial += 1;
  return serial;
};
const newEmail = (): string => `limit-${next()}@example.com`;
const newAddress = (): string => {
  const n = next();
  return `198.51.${n >> 8}.${n & 255}`;
};

const from = (address: string) => ({ "x-forwarded-for": address });
const ask = (email: string, address: string, cookie?: string): Promise<Answer> =>
  app.request("POST", "/auth/request-code", {
    body: { email },
    headers: from(address),
    ...(cookie === undefined ? {} : { cookie }),
  });
const verify = (
  email: string,
  code: string,
  address: string,
  extra: Record<string, unknown> = {},
  cookie?: string,
): Promise<Answer> =>
  app.request("POST", "/auth/verify-code", {
    body: { email, code, ...extra },
    headers: from(address),
    ...(cookie === undefined ? {} : { cookie }),
  });
const otherThan = (code: string): string => (code === "000000" ? "000001" : "000000");
const retryAfter = (answer: Answer): number => Number(answer.headers.get("retry-after"));

function expectRefused(answer: Answer, limit: string): void {
  expect(answer.status).toBe(429);
  expect(answer.body.code).toMatch(/^(rate_limited|too_many_attempts)$/);
  const seconds = retryAfter(answer);
  expect(seconds).toBeGreaterThan(0);
  expect(answer.headers.get("ratelimit")).toBe(`"${limit}";r=0;t=${seconds}`);
  expect(answer.headers.get("ratelimit-policy")).toMatch(new RegExp(`^"${limit}";q=\\d+;w=\\d+$`));
}

describe("200: the way in", () => {
  test("a mailed code opens a session, in either spelling of the address", async () => {
    const email = newEmail();
    const address = newAddress();
    const asked = await ask(` ${email.toUpperCase()} `, address);
    expect(asked.status).toBe(200);
    expect(asked.body).toEqual({ message: "code_sent", challenge: expect.stringMatching(/^[\w-]{22}$/) });
    const code = await mailedCode(app, email);
    const answer = await verify(email.toUpperCase(), code, address);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      token: expect.any(String),
      refresh_token: expect.any(String),
      user: { id: expect.any(Number), email, name: null },
      expires_at: expect.stringMatching(/Z$/),
    });
    const me = await app.request("GET", "/api/auth/me", { bearer: answer.body.token });
    expect(me.body).toEqual({
      id: answer.body.user.id,
      email,
      name: null,
      is_admin: false,
      roles: [],
      permissions: [],
    });
  });

  test("the user is made at the first successful login, not for a typed address", async () => {
    const email = newEmail();
    const address = newAddress();
    await ask(email, address);
    await verify(email, "000000", address);
    const { length } = await app.database.query("select from users where email = $1", [email]);
    expect(length).toBe(0);
  });
});

describe("429: sending", () => {
  test("one code in 60 s per e-mail and address; another address gets one, and both codes live", async () => {
    const email = newEmail();
    const [first, second] = [newAddress(), newAddress()];
    expect((await ask(email, first)).status).toBe(200);
    const codeOfFirst = await mailedCode(app, email);
    expectRefused(await ask(email, first), "codes_per_minute");
    expect((await ask(email, second)).status).toBe(200);
    const codeOfSecond = await mailedCode(app, email, 2);
    expect((await verify(email, codeOfFirst, first)).status).toBe(200);
    expect((await verify(email, codeOfSecond, second)).status).toBe(200);
  });

  test("five codes in 24 h per e-mail and address, the window slides", async () => {
    const email = newEmail();
    const address = newAddress();
    for (let index = 0; index < 5; index += 1) {
      expect((await ask(email, address)).status).toBe(200);
      await passTime(app, 61);
    }
    const refused = await ask(email, address);
    expectRefused(refused, "codes_per_day");
    expect(retryAfter(refused)).toBeGreaterThan(86_400 - 6 * 61);
    await passTime(app, retryAfter(refused));
    expect((await ask(email, address)).status).toBe(200);
    await passTime(app, 61);
    expect((await ask(email, address)).status).toBe(200);
  });

  test("25 codes in 24 h per client address, an IPv6 one by its /64", async () => {
    for (let index = 0; index < 25; index += 1) {
      expect((await ask(newEmail(), `2001:db8:77:1::${index}`)).status).toBe(200);
    }
    expectRefused(await ask(newEmail(), "2001:db8:77:1:ffff::1"), "codes_per_address");
    expect((await ask(newEmail(), "2001:db8:77:2::1")).status).toBe(200);
  });

  test("20 codes in 24 h per e-mail from anywhere, the last 5 for known addresses and devices", async () => {
    const email = newEmail();
    const home = newAddress();
    const login = await logIn(app, email, { headers: from(home) });
    const device = login.cookies.split("; ").find((pair) => pair.startsWith("tribi_device="));
    for (let index = 1; index < 15; index += 1) expect((await ask(email, newAddress())).status).toBe(200);
    expectRefused(await ask(email, newAddress()), "codes_per_email");
    await passTime(app, 61);
    expect((await ask(email, home)).status).toBe(200);
    for (let index = 0; index < 4; index += 1) {
      expect((await ask(email, newAddress(), device)).status).toBe(200);
    }
    expectRefused(await ask(email, newAddress(), device), "codes_per_email");
    expectRefused(await ask(email, newAddress(), "tribi_device=forged"), "codes_per_email");
  });

  test("asking again while refused doubles the wait up to 15 minutes, and waiting as told succeeds", async () => {
    const email = newEmail();
    const address = newAddress();
    await ask(email, address);
    const waits: number[] = [];
    for (let index = 0; index < 7; index += 1) waits.push(retryAfter(await ask(email, address)));
    expect(waits[0]).toBeGreaterThan(50);
    expect(waits[0]).toBeLessThanOrEqual(60);
    expect(waits[1]).toBe(2 * waits[0]!);
    expect(waits[2]).toBe(4 * waits[0]!);
    expect(waits.at(-1)).toBeLessThanOrEqual(900);
    expect(waits.at(-1)).toBeGreaterThan(890);
    expect((await ask(newEmail(), address)).status, "nobody else behind the address waits").toBe(200);
    await passTime(app, waits.at(-1)! - 2);
    expect((await ask(email, address)).status).toBe(429);
    await passTime(app, 900);
    expect((await ask(email, address)).status).toBe(200);
  });

  test("back-off ends with the window", async () => {
    const email = newEmail();
    const address = newAddress();
    await ask(email, address);
    for (let index = 0; index < 8; index += 1) await ask(email, address);
    await app.database.query(
      "update auth_codes set created_at = now() - interval '23 h 59 min', blocked_until = now() + interval '5 s' where email = $1",
      [email],
    );
    const refused = await ask(email, address);
    expect(retryAfter(refused)).toBeLessThanOrEqual(60);
  });

  test("a limit of 999999 is off, each by itself", async () => {
    const open = await startTestApp({
      RATE_LIMIT_CODES_PER_MINUTE: "999999",
      RATE_LIMIT_CODES_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_IP_PER_DAY: "999999",
      RATE_LIMIT_CODES_PER_EMAIL_PER_DAY: "30",
    });
    try {
      const email = newEmail();
      for (let index = 0; index < 25; index += 1) {
        expect((await open.request("POST", "/auth/request-code", { body: { email } })).status).toBe(200);
      }
      expectRefused(await open.request("POST", "/auth/request-code", { body: { email } }), "codes_per_email");
    } finally {
      await open.stop();
    }
  });
});

describe("429: checking", () => {
  test("five wrong codes for a challenge, then the right one fails too; a new code is a new challenge", async () => {
    const email = newEmail();
    const address = newAddress();
    const asked = await ask(email, address);
    const { challenge } = asked.body;
    const code = await mailedCode(app, email);
    for (let index = 0; index < 5; index += 1) {
      expect((await verify(email, otherThan(code), address, { challenge })).status).toBe(400);
    }
    expectRefused(await verify(email, code, address, { challenge }), "tries_per_challenge");
    expectRefused(await verify(email, code, address, {}, cookiesOf(asked)), "tries_per_challenge");
    expectRefused(await verify(email, code, address), "tries_per_pair");
    await passTime(app, 61);
    const again = await ask(email, address);
    const newCode = await mailedCode(app, email, 2);
    expect((await verify(email, newCode, address, { challenge: again.body.challenge })).status).toBe(200);
  });

  test("ten in 24 h per e-mail and address over challenges: a new code refills nothing", async () => {
    const email = newEmail();
    const address = newAddress();
    for (let round = 0; round < 2; round += 1) {
      const { challenge } = (await ask(email, address)).body;
      const code = await mailedCode(app, email, round + 1);
      for (let index = 0; index < 5; index += 1) {
        expect((await verify(email, otherThan(code), address, { challenge })).status).toBe(400);
      }
      await passTime(app, 61);
    }
    const { challenge } = (await ask(email, address)).body;
    const code = await mailedCode(app, email, 3);
    expectRefused(await verify(email, code, address, { challenge }), "tries_per_pair");
  });

  test("without a challenge, from the address that asked: five in 15 minutes and ten in 24 h", async () => {
    const email = newEmail();
    const address = newAddress();
    for (let round = 0; round < 2; round += 1) {
      await ask(email, address);
      const code = await mailedCode(app, email, round + 1);
      for (let index = 0; index < 5; index += 1) {
        expect((await verify(email, otherThan(code), address)).status).toBe(400);
      }
      const refused = await verify(email, code, address);
      expectRefused(refused, "tries_per_pair");
      if (round === 0) expect(retryAfter(refused)).toBeLessThanOrEqual(900);
      else expect(retryAfter(refused)).toBeGreaterThan(80_000);
      await passTime(app, 901);
    }
  });

  test("from elsewhere: the three newest codes, five in 15 minutes, twenty in 24 h, and the owner gets in", async () => {
    const email = newEmail();
    const owner = newAddress();
    const { challenge } = (await ask(email, owner)).body;
    const code = await mailedCode(app, email);
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 5; index += 1) {
        expect((await verify(email, otherThan(code), newAddress())).status).toBe(400);
      }
      const refused = await verify(email, otherThan(code), newAddress());
      expectRefused(refused, "tries_from_elsewhere");
      await app.database.query(
        "update auth_tries set created_at = created_at - interval '16 minutes' where email = $1",
        [email],
      );
    }
    expectRefused(await verify(email, code, newAddress()), "tries_from_elsewhere");
    expect((await verify(email, code, newAddress(), { challenge })).status).toBe(200);
  });

  test("fifty in 24 h per e-mail, then five for each code; a known address is outside of it", async () => {
    const email = newEmail();
    const home = newAddress();
    await logIn(app, email, { headers: from(home) });
    await app.database.query(
      `insert into auth_tries (email, ip_address, kind, auth_code_id)
       select $1, ('203.0.113.' || n)::inet, 'challenge', -n from generate_series(1, 50) n`,
      [email],
    );
    const stranger = newAddress();
    const strange = await ask(email, stranger);
    const strangeCode = await mailedCode(app, email, 2);
    const useUp = () => app.database.query("update auth_codes set attempts = 5 where email = $1", [email]);
    await useUp();
    expectRefused(
      await verify(email, strangeCode, stranger, { challenge: strange.body.challenge }),
      "tries_per_email",
    );
    await passTime(app, 61);
    const known = await ask(email, home);
    const code = await mailedCode(app, email, 3);
    await useUp();
    expect((await verify(email, code, home, { challenge: known.body.challenge })).status).toBe(200);
  });

  test("a known device has a budget of its own that strangers cannot use up", async () => {
    const email = newEmail();
    const login = await logIn(app, email, { headers: from(newAddress()) });
    const device = login.cookies.split("; ").find((pair) => pair.startsWith("tribi_device="));
    await ask(email, newAddress());
    const code = await mailedCode(app, email, 2);
    for (let index = 0; index < 5; index += 1) await verify(email, otherThan(code), newAddress());
    expect((await verify(email, code, newAddress())).status).toBe(429);
    expect((await verify(email, code, newAddress(), {}, device)).status).toBe(200);
  });

  test("an unknown address uses up the same budgets as a known one", async () => {
    const email = newEmail();
    for (let index = 0; index < 5; index += 1) {
      expect((await verify(email, "123456", newAddress())).status).toBe(400);
    }
    expectRefused(await verify(email, "123456", newAddress()), "tries_from_elsewhere");
  });
});

describe("400: one answer for every wrong code", () => {
  test("wrong, used, expired, unknown, disabled, malformed and foreign ones are identical", async () => {
    const address = newAddress();
    const used = await logIn(app, newEmail(), { headers: from(address) });
    const usedEmail = used.answer.body.user.email as string;
    const disabledEmail = newEmail();
    const disabled = await logIn(app, disabledEmail, { headers: from(address) });
    await app.database.query("update users set disabled_at = now() where id = $1", [disabled.userId]);
    await passTime(app, 61);
    const disabledAsked = await ask(disabledEmail, address);
    expect(disabledAsked.status).toBe(200);
    const disabledCode = await mailedCode(app, disabledEmail, 2);
    const expiredEmail = newEmail();
    await ask(expiredEmail, address);
    const expiredCode = await mailedCode(app, expiredEmail);
    await app.database.query(
      "update auth_codes set created_at = now() - interval '11 min', expires_at = now() - interval '1 s' where email = $1",
      [expiredEmail],
    );
    const foreign = await ask(newEmail(), newAddress());
    const wrongEmail = newEmail();
    await ask(wrongEmail, address);

    const answers = [
      await verify(wrongEmail, otherThan(await mailedCode(app, wrongEmail)), address),
      await verify(usedEmail, await mailedCode(app, usedEmail), address),
      await verify(expiredEmail, expiredCode, address),
      await verify(newEmail(), "123456", address),
      await verify(disabledEmail, disabledCode, address, { challenge: disabledAsked.body.challenge }),
      await verify(wrongEmail, "12345", address),
      await verify(wrongEmail, "123456", address, { challenge: foreign.body.challenge }),
      await verify(wrongEmail, "123456", address, { challenge: "unknown" }),
    ];
    const [first, ...rest] = answers.map(({ status, headers, body }) => ({
      status,
      body: { ...body, request_id: "" },
      headers: Object.fromEntries(
        [...headers].filter(([name]) => !["date", "x-request-id", "keep-alive"].includes(name)),
      ),
    }));
    expect(first).toMatchObject({ status: 400, body: { code: "invalid_code" } });
    for (const answer of rest) expect(answer).toEqual(first);
  });

  test("a code lives to its last second by the database's clock and not a second longer", async () => {
    const email = newEmail();
    const address = newAddress();
    for (const [left, status] of [
      [-1, 400],
      [1, 200],
    ] as const) {
      await passTime(app, 61);
      const count = (await codeMailsTo(app, email)).length;
      await ask(email, address);
      const code = await mailedCode(app, email, count + 1);
      await app.database.query(
        `update auth_codes set created_at = now() - interval '10 min' + make_interval(secs => $2),
         expires_at = now() + make_interval(secs => $2) where email = $1 and used_at is null and replaced_at is null`,
        [email, left],
      );
      expect((await verify(email, code, address)).status).toBe(status);
    }
  });

  test("a cookie challenge of another e-mail counts as absent", async () => {
    const email = newEmail();
    const address = newAddress();
    const foreign = await ask(newEmail(), address);
    await ask(email, address);
    const code = await mailedCode(app, email);
    expect((await verify(email, code, address, {}, cookiesOf(foreign))).status).toBe(200);
  });

  test("a new code replaces the older one of the same e-mail and address", async () => {
    const email = newEmail();
    const address = newAddress();
    await ask(email, address);
    const old = await mailedCode(app, email);
    await passTime(app, 61);
    await ask(email, address);
    const fresh = await mailedCode(app, email, 2);
    if (old !== fresh) expect((await verify(email, old, address)).status).toBe(400);
    expect((await verify(email, fresh, address)).status).toBe(200);
  });
});

describe("422: input", () => {
  test.each([
    ["an array", ["a@example.com"]],
    ["a number", 7],
    ["an object", { $ne: "" }],
    ["null", null],
    ["a list", "a@example.com, b@evil.test"],
    ["a Kelvin sign", "mi\u212Ae@example.com"],
    ["a header", "a@example.com\r\nBcc: b@evil.test"],
    ["empty", ""],
  ])("e-mail as %s, on request and on verify", async (_name, email) => {
    const before = await app.database.query("select count(*)::int as n from auth_codes");
    for (const [path, body] of [
      ["/auth/request-code", { email }],
      ["/auth/verify-code", { email, code: "123456" }],
      ["/auth/verify", { email, code: "123456" }],
    ] as const) {
      const answer = await app.request("POST", path, { body, headers: from(newAddress()) });
      expect(answer.status).toBe(422);
      expect(answer.body.errors[0].pointer).toBe("/email");
    }
    expect(await app.database.query("select count(*)::int as n from auth_codes")).toEqual(before);
  });

  test.each([
    ["a number", 123456, 422],
    ["an array", ["123456"], 422],
    ["null", null, 422],
    ["true", true, 422],
    ["an operator", { $ne: "" }, 422],
    ["empty", "", 422],
    ["a blank inside", "12345 6", 400],
    ["a blank before", " 123456", 400],
    ["a line feed after", "123456\n", 400],
    ["an exponent", "1e5", 400],
    ["hexadecimal", "0x1E240", 400],
    ["full-width digits", "\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16", 400],
    ["Arabic-Indic digits", "\u0661\u0662\u0663\u0664\u0665\u0666", 400],
  ])("code as %s", async (_name, code, status) => {
    const answer = await verify(newEmail(), code as string, newAddress());
    expect(answer.status).toBe(status);
  });

  test("an unknown member is refused on each of them", async () => {
    for (const path of ["/auth/request-code", "/auth/verify-code", "/auth/refresh"]) {
      const body = { email: newEmail(), code: "123456", refresh_token: "x", is_admin: true };
      expect((await app.request("POST", path, { body })).status).toBe(422);
    }
  });
});

describe("nothing of a code is left", () => {
  test("neither code nor seal stays in the database once the mail is sent", async () => {
    const email = newEmail();
    await ask(email, newAddress());
    const code = await mailedCode(app, email);
    const dump = await app.database.query<{ line: string }>(
      `select to_jsonb(auth_codes)::text as line from auth_codes where email = $1
       union all select payload::text from graphile_worker._private_jobs`,
      [email],
    );
    expect(dump.map(({ line }) => line).join("\n")).not.toContain(code);
    const [row] = await app.database.query("select sealed_code, sent_at from auth_codes where email = $1", [
      email,
    ]);
    expect(row).toMatchObject({ sealed_code: null, sent_at: expect.any(String) });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../support/app.js";
import { type Login, logIn, mailedCode, passTime } from "../support/login.js";
import { metricOf } from "../support/metrics.js";

/** Budgets beyond one account: what one network, one mailbox, and all of them together may ask and try. */
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
const newEmail = (): string => `budget-${next()}@example.com`;
const newAddress = (): string => `198.51.${next() >> 8}.${serial & 255}`;
const newWideNetwork = (): string => `2001:db8:${next().toString(16)}`;

interface From {
  readonly address: string;
  readonly cookie?: string;
  readonly at?: TestApp;
}
const send = (path: string, body: object, { address, cookie, at = app }: From): Promise<Answer> =>
  at.request("POST", path, {
    body,
    headers: { "x-forwarded-for": address },
    ...(cookie === undefined ? {} : { cookie }),
  });
const ask = (email: string, from: From): Promise<Answer> => send("/auth/request-code", { email }, from);
const verify = (email: string, code: string, from: From, challenge?: string): Promise<Answer> =>
  send("/auth/verify-code", { email, code, ...(challenge === undefined ? {} : { challenge }) }, from);

/** Asks for a code from this address and reads it in the mail. */
async function askAndRead(email: string, from: From, count = 1) {
  const asked = await ask(email, from);
  expect(asked.status).toBe(200);
  const code = await mailedCode(from.at ?? app, email, count);
  return { code, challenge: asked.body.challenge as string, wrong: code === "111111" ? "222222" : "111111" };
}

/** The limit that refuses, or the status. */
const outcomeOf = (answer: Answer): string =>
  answer.status === 429
    ? String(answer.headers.get("ratelimit-policy")).split('"')[1]!
    : String(answer.body?.code ?? answer.status);
const retryAfter = (answer: Answer): number => Number(answer.headers.get("retry-after"));
const deviceOf = (login: Login): string =>
  login.cookies.split("; ").find((pair) => pair.startsWith("tribi_device="))!;
const rowsIn = async (table: string, where = "true", at: TestApp = app): Promise<number> =>
  Number((await at.database.query<{ n: number }>(`select count(*) as n from ${table} where ${where}`))[0]?.n);

/** Ten strangers ask for codes of this e-mail and use their challenges up: 50 wrong tries. */
async function useUpTheEmail(email: string): Promise<void> {
  for (let stranger = 0; stranger < 10; stranger += 1) {
    const from = { address: newAddress() };
    const { challenge, wrong } = await askAndRead(email, from, stranger + 1);
    for (let time = 0; time < 5; time += 1) {
      expect(outcomeOf(await verify(email, wrong, from, challenge))).toBe("invalid_code");
    }
  }
}

describe("a right code with its own challenge", () => {
  test.each(["where it was asked, by cookie", "from elsewhere"])(
    "is never refused for what others tried: %s",
    async (where) => {
      const email = newEmail();
      await useUpTheEmail(email);
      const asked = { address: newAddress() };
      const from = where === "from elsewhere" ? { address: newAddress() } : asked;
      const { code, challenge, wrong } = await askAndRead(email, asked, 11);
      // A slip of one's own changes nothing.
      expect(outcomeOf(await verify(email, wrong, from, challenge))).toBe("invalid_code");
      const answer =
        where === "from elsewhere"
          ? await verify(email, code, from, challenge)
          : await verify(email, code, { ...from, cookie: `tribi_challenge=${challenge}` });
      expect(answer.status).toBe(200);
    },
  );

  test("a code that has had its five tries of any kind is refused once the e-mail's budget is used up", async () => {
    const email = newEmail();
    await useUpTheEmail(email);
    const owner = { address: newAddress() };
    const { code, challenge, wrong } = await askAndRead(email, owner, 11);
    const far = { address: newAddress() };
    for (let time = 0; time < 3; time += 1) await verify(email, wrong, owner);
    for (let time = 0; time < 2; time += 1) {
      expect(outcomeOf(await verify(email, wrong, far, challenge))).toBe("invalid_code");
    }
    expect(outcomeOf(await verify(email, code, far, challenge))).toBe("tries_per_email");
    expect(outcomeOf(await verify(email, code, owner))).toBe("tries_per_email");
  });

  test("tries with and without it add up: five of any kind from one address, ten a day", async () => {
    const email = newEmail();
    const owner = { address: newAddress() };
    const first = await askAndRead(email, owner);
    for (let time = 0; time < 5; time += 1) {
      expect(
        outcomeOf(await verify(email, first.wrong, owner, time % 2 === 0 ? first.challenge : undefined)),
      ).toBe("invalid_code");
    }
    expect(outcomeOf(await verify(email, first.code, owner)), "five with and without").toBe("tries_per_pair");
    await passTime(app, 901);
    const second = await askAndRead(email, owner, 2);
    for (let time = 0; time < 4; time += 1) await verify(email, second.wrong, owner);
    expect(outcomeOf(await verify(email, second.wrong, owner, second.challenge))).toBe("invalid_code");
    expect(outcomeOf(await verify(email, second.code, owner, second.challenge)), "ten of the day").toBe(
      "tries_per_pair",
    );
    await passTime(app, 901);
    const third = await askAndRead(email, owner, 3);
    expect(outcomeOf(await verify(email, third.code, owner))).toBe("tries_per_pair");
  });
});

describe("wrong tries for many e-mails from one network", () => {
  test("100 different e-mails from one address, then 429 for every try without a challenge; no row where no code lives", async () => {
    const address = newAddress();
    const before = await rowsIn("auth_tries");
    const outcomes: Record<string, number> = {};
    for (let index = 0; index < 1_500; index += 1) {
      const outcome = outcomeOf(await verify(`horizontal-${index}@example.com`, "123456", { address }));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    expect(outcomes).toEqual({ invalid_code: 100, tried_emails_per_address: 1_400 });
    expect(await rowsIn("auth_tries")).toBe(before);
    expect(await rowsIn("auth_tried_emails", "email like 'horizontal-%'")).toBe(100);

    // Whoever shares the address still gets in with a challenge, by a known device, and from anywhere else.
    const email = newEmail();
    const { code, challenge } = await askAndRead(email, { address });
    const refused = await verify(email, code, { address });
    expect(outcomeOf(refused)).toBe("tried_emails_per_address");
    expect(retryAfter(refused)).toBeGreaterThan(86_000);
    const login = await verify(email, code, { address }, challenge);
    expect(login.status).toBe(200);
    const device = login.headers
      .getSetCookie()
      .map((line) => line.split(";")[0]!)
      .find((pair) => pair.startsWith("tribi_device="))!;
    await passTime(app, 61);
    const again = await askAndRead(email, { address }, 2);
    expect((await verify(email, again.code, { address, cookie: device })).status).toBe(200);
    const other = newEmail();
    await passTime(app, 61);
    const there = await askAndRead(other, { address: newAddress() });
    expect(
      outcomeOf(await verify(other, there.code, { address, cookie: device })),
      "known for its own e-mail only",
    ).toBe("tried_emails_per_address");
    expect((await verify(other, there.code, { address: newAddress() })).status).toBe(200);
    await passTime(app, 86_400);
    expect(outcomeOf(await verify(newEmail(), "123456", { address }))).toBe("invalid_code");
  }, 120_000);

  test("the same e-mail again is one e-mail", async () => {
    const address = newAddress();
    const emails = Array.from({ length: 30 }, newEmail);
    for (let round = 0; round < 4; round += 1) {
      for (const email of emails)
        expect(outcomeOf(await verify(email, "123456", { address }))).toBe("invalid_code");
    }
    expect(await rowsIn("auth_tried_emails", `network = '${address}'`)).toBe(30);
  });

  test("an IPv6 /64 counts as one, and a /48 has four times its number", async () => {
    const small = await startTestApp({ TRUST_PROXY: "127.0.0.1", OTP_WRONG_EMAILS_PER_ADDRESS: "3" });
    try {
      const wide = newWideNetwork();
      const tryFrom = async (address: string): Promise<string> =>
        outcomeOf(await verify(newEmail(), "123456", { address, at: small }));
      for (let index = 0; index < 3; index += 1) {
        expect(await tryFrom(`${wide}:1::${index + 1}`)).toBe("invalid_code");
      }
      expect(await tryFrom(`${wide}:1:ffff::9`)).toBe("tried_emails_per_address");
      for (let index = 0; index < 9; index += 1) {
        expect(await tryFrom(`${wide}:${2 + Math.floor(index / 3)}::1`)).toBe("invalid_code");
      }
      expect(await tryFrom(`${wide}:9::1`), "the 13th of the /48").toBe("tried_emails_per_address");
      expect(await tryFrom(`${newWideNetwork()}:9::1`)).toBe("invalid_code");
    } finally {
      await small.stop();
    }
  });

  test("999999 is off", async () => {
    const open = await startTestApp({
      TRUST_PROXY: "127.0.0.1",
      OTP_WRONG_EMAILS_PER_ADDRESS: "999999",
      OTP_WRONG_TRIES_PER_HOUR: "999999",
    });
    try {
      const address = newAddress();
      for (let index = 0; index < 120; index += 1) {
        expect(outcomeOf(await verify(newEmail(), "123456", { address, at: open }))).toBe("invalid_code");
      }
    } finally {
      await open.stop();
    }
  });

  test("a refusal does not tell whether a code lives: blind tries use up the budget from elsewhere too", async () => {
    const email = newEmail();
    for (let time = 0; time < 3; time += 1) await verify(email, "123456", { address: newAddress() });
    const owner = { address: newAddress() };
    const { code, challenge, wrong } = await askAndRead(email, owner);
    for (let time = 0; time < 2; time += 1) await verify(email, wrong, { address: newAddress() });
    expect(outcomeOf(await verify(email, code, { address: newAddress() }))).toBe("tries_from_elsewhere");
    expect((await verify(email, code, owner, challenge)).status).toBe(200);
  });
});

describe("codes for many addresses", () => {
  test("sub-addresses of one mailbox are mailed as one", async () => {
    const mailbox = `sub-${next()}`;
    for (let index = 0; index < 15; index += 1) {
      const email = `${mailbox}+${index}@example.com`;
      expect(outcomeOf(await ask(email, { address: newAddress() }))).toBe("200");
    }
    expect(outcomeOf(await ask(`${mailbox}+new@example.com`, { address: newAddress() }))).toBe(
      "codes_per_email",
    );
    expect(outcomeOf(await ask(`${mailbox}@example.com`, { address: newAddress() }))).toBe("codes_per_email");
    expect(outcomeOf(await ask(`${mailbox}x@example.com`, { address: newAddress() }))).toBe("200");
  });

  test("an IPv6 /48 has a limit of its own, but not for who is known there", async () => {
    const small = await startTestApp({
      TRUST_PROXY: "127.0.0.1",
      RATE_LIMIT_CODES_PER_NETWORK_PER_DAY: "4",
    });
    try {
      const wide = newWideNetwork();
      const email = newEmail();
      const headers = { "x-forwarded-for": `${wide}:1::1` };
      const login = await logIn(small, email, { headers });
      for (let index = 2; index < 5; index += 1) {
        expect(outcomeOf(await ask(newEmail(), { address: `${wide}:${index}::1`, at: small }))).toBe("200");
      }
      expect(outcomeOf(await ask(newEmail(), { address: `${wide}:7::1`, at: small }))).toBe(
        "codes_per_network",
      );
      await passTime(small, 61);
      const cookie = deviceOf(login);
      expect(outcomeOf(await ask(email, { address: `${wide}:8::1`, cookie, at: small }))).toBe("200");
      expect(outcomeOf(await ask(email, { address: `${wide}:1::1`, at: small })), "a known address").toBe(
        "200",
      );
      expect(outcomeOf(await ask(newEmail(), { address: `${newWideNetwork()}::1`, at: small }))).toBe("200");
      expect(outcomeOf(await ask(newEmail(), { address: newAddress(), at: small }))).toBe("200");
    } finally {
      await small.stop();
    }
  });

  test("an hour has a ceiling over everybody, but not for who is known, and the metrics show how near it is", async () => {
    const small = await startTestApp({ TRUST_PROXY: "127.0.0.1", RATE_LIMIT_CODES_PER_HOUR: "6" });
    try {
      const email = newEmail();
      const login = await logIn(small, email, { headers: { "x-forwarded-for": newAddress() } });
      for (let index = 1; index < 6; index += 1) {
        expect(outcomeOf(await ask(newEmail(), { address: newAddress(), at: small }))).toBe("200");
      }
      const refused = await ask(newEmail(), { address: newAddress(), at: small });
      expect(outcomeOf(refused)).toBe("codes_overall");
      expect(retryAfter(refused)).toBeGreaterThan(3_500);
      expect(await metricOf(small, "login_codes_of_ceiling")).toBe(1);
      await passTime(small, 61);
      expect(outcomeOf(await ask(email, { address: newAddress(), cookie: deviceOf(login), at: small }))).toBe(
        "200",
      );
      await passTime(small, retryAfter(refused));
      expect(outcomeOf(await ask(newEmail(), { address: newAddress(), at: small }))).toBe("200");
    } finally {
      await small.stop();
    }
  });

  test("wrong tries have a ceiling over everybody: challenges and known devices go on", async () => {
    const small = await startTestApp({ TRUST_PROXY: "127.0.0.1", OTP_WRONG_TRIES_PER_HOUR: "4" });
    try {
      for (let index = 0; index < 4; index += 1) {
        const from = { address: newAddress(), at: small };
        const email = newEmail();
        const { wrong } = await askAndRead(email, from);
        expect(outcomeOf(await verify(email, wrong, from))).toBe("invalid_code");
      }
      const email = newEmail();
      const from = { address: newAddress(), at: small };
      const { code, challenge } = await askAndRead(email, from);
      expect(outcomeOf(await verify(email, code, from))).toBe("tries_overall");
      expect(await metricOf(small, "login_tries_of_ceiling")).toBe(1);
      expect((await verify(email, code, from, challenge)).status).toBe(200);
      await passTime(small, 3_601);
      expect(outcomeOf(await verify(newEmail(), "123456", from))).toBe("invalid_code");
    } finally {
      await small.stop();
    }
  });
});

describe("an account that is deleted and made again", () => {
  test("has the limits and budgets of its day as before", async () => {
    const email = newEmail();
    const from = { address: newAddress() };
    const signIn = async (count: number): Promise<string> => {
      const { code, challenge } = await askAndRead(email, from, count);
      return (await verify(email, code, from, challenge)).body.token;
    };
    for (let round = 1; round <= 5; round += 1) {
      const bearer = await signIn(round);
      expect((await app.request("DELETE", "/auth/me", { bearer })).status).toBe(200);
      expect(outcomeOf(await ask(email, from)), `deleted ${round} times`).toBe(
        round < 5 ? "codes_per_minute" : "codes_per_day",
      );
      // The wait that doubles is kept on the newest code.
      await passTime(app, 901);
    }
    expect(outcomeOf(await ask(email, from))).toBe("codes_per_day");
  });

  test("has used up the tries that it had used up", async () => {
    const email = newEmail();
    const owner = { address: newAddress() };
    const login = await logIn(app, email, { headers: { "x-forwarded-for": owner.address } });
    await passTime(app, 61);
    const second = await askAndRead(email, owner, 2);
    for (let time = 0; time < 5; time += 1) await verify(email, second.wrong, owner);
    for (let time = 0; time < 5; time += 1) await verify(email, "000000", { address: newAddress() });
    await app.request("DELETE", "/auth/me", { bearer: login.token });
    await passTime(app, 61);
    const third = await askAndRead(email, owner, 3);
    expect(outcomeOf(await verify(email, third.code, owner)), "by the pair").toBe("tries_per_pair");
    expect(outcomeOf(await verify(email, third.code, { address: newAddress() }))).toBe(
      "tries_from_elsewhere",
    );
    expect((await verify(email, third.code, owner, third.challenge)).status).toBe(200);
  });
});

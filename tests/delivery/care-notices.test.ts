import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CurrentSetting } from "../../src/config/run-time-settings.js";
import { done, unknown } from "../../src/kernel/outcome.js";
import { applyStatus } from "../../src/modules/esims/life/refresh-store.js";
import type { EsimStatus } from "../../src/providers/esim/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";

const GIB = 1024 ** 3;
const NIGHT = { "": false };
const DAY = { "": true };

/** As operators have set them at the moment. */
const levels = { care_low_data_percents: "75,90", care_days_left: "3,1", care_install_after_hours: 24 };

let room: EsimRoom;
let planId: number;
let isRefusing = false;
let isDay: Readonly<Record<string, boolean>> = DAY;
beforeAll(async () => {
  room = await makeEsimRoom({
    environment: { PUBLIC_URL: "https://shop.example" },
    overrides: {
      dayPlaces: () => isDay,
      setting: ((name: keyof typeof levels) => levels[name]) as CurrentSetting,
    },
    mailer: {
      send: async (mail) => {
        if (isRefusing) return unknown("451");
        room.mails.push(mail);
        return done({ messageId: mail.reference });
      },
    },
  });
  planId = await room.addPlan();
});
afterAll(() => room.stop());

const query = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  room.database.query<Row>(text, [...values]);
const change = (text: string, { profileId }: PlantedOrder) => query(text, [profileId]);
const tell = (): Promise<void> => room.runJob("tell_notices");

interface Told {
  readonly id: number;
  readonly kind: string;
  readonly threshold: number;
  readonly period: number;
  readonly mails: number;
}
const noticesOf = ({ profileId }: PlantedOrder): Promise<Told[]> =>
  query<Told>(
    `select n.id, n.kind, n.threshold, n.period,
       (select count(*)::int from outgoing_mails m where m.kind = 'care_notice' and m.subject_id = n.id) as mails
     from care_notices n where n.profile_id = $1 order by n.id`,
    [profileId],
  );
const told = async (esim: PlantedOrder): Promise<string[]> =>
  (await noticesOf(esim))
    .filter(({ mails }) => mails > 0)
    .map(({ kind, threshold }) => `${kind} ${threshold}`);

async function active(): Promise<PlantedOrder> {
  const order = await room.addOrder({ planId });
  await room.esims.provisionEsim(order.id);
  await change(
    "update esim_profiles set status = 'active', installed_at = now(), profile_state = 'enabled', plan_state = 'active' where id = $1",
    order,
  );
  return order;
}

interface Reading {
  readonly usedPercent: number;
  /** The supplier's clock, in minutes. */
  readonly minute: number;
  readonly daysLeft: number;
}
const BEGIN = Date.now() - 24 * 3_600_000;
const atMinute = (minute: number): string => new Date(BEGIN + minute * 60_000).toISOString();

async function read({ profileId }: PlantedOrder, { usedPercent, minute, daysLeft }: Reading): Promise<void> {
  const total = { bytes: BigInt(5 * GIB), base: 1024 as const };
  const remaining = { ...total, bytes: (total.bytes * BigInt(100 - usedPercent)) / 100n };
  const row = {
    id: profileId,
    status: "active",
    supplier: "local",
    supplier_order_id: "",
    supplier_reference: "",
    iccid: null,
  } as const;
  const status = {
    profileState: "enabled",
    planState: "active",
    usage: { isUnlimited: false, total, remaining, asOf: atMinute(minute) },
    expiresAt: new Date(Date.now() + daysLeft * 86_400_000).toISOString(),
    useBy: null,
  } as unknown as EsimStatus;
  expect(await applyStatus(room.db, row, status, 3_600)).toBe(true);
}

describe("a traveller is told", () => {
  it("at the levels that count when the job runs", async () => {
    const usual = { ...levels };
    const [one, other] = [await active(), await active()];
    await read(one, { usedPercent: 60, minute: 1, daysLeft: 6 });
    try {
      levels.care_low_data_percents = "none";
      await tell();
      expect(await told(one)).toEqual([]);
      Object.assign(levels, { care_low_data_percents: "50", care_days_left: "7" });
      await read(other, { usedPercent: 40, minute: 1, daysLeft: 6 });
      await tell();
      expect((await told(one)).sort()).toEqual(["days_left 7", "low_data 50"]);
      expect(await told(other)).toEqual(["days_left 7"]);
    } finally {
      Object.assign(levels, usual);
    }
  });

  it.each([
    ["at 75 percent", 75, 20, ["low_data 75"]],
    ["not before", 74, 20, []],
    ["once of 75 and 90 together, of 90", 93, 20, ["low_data 90"]],
    ["once when everything is used up at once", 100, 20, ["used_up 0"]],
    ["three days before the end", 0, 2.9, ["days_left 3"]],
    ["of the nearest day alone", 0, 0.9, ["days_left 1"]],
    ["that it has ended, and no more of its data", 95, -0.1, ["expired 0"]],
    ["nothing of what ended days ago", 95, -3, []],
    ["of data and of days", 80, 2, ["days_left 3", "low_data 75"]],
  ])("%s", async (_, usedPercent, daysLeft, expected) => {
    const esim = await active();
    await read(esim, { usedPercent, minute: 1, daysLeft });
    await Promise.all([tell(), tell()]);
    await tell();
    expect((await told(esim)).sort()).toEqual(expected);
  });

  it("of an eSIM that is not installed a day after its delivery, with a link to the account and none to a code", async () => {
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    await tell();
    expect(await told(esim)).toEqual([]);
    await change(
      `update esim_profiles set created_at = now() - interval '2 days', provisioned_at = now() - interval '25 hours', language = 'es' where id = $1`,
      esim,
    );
    await tell();
    await tell();
    const [notice] = await noticesOf(esim);
    await room.sendMail("care_notice", notice!.id);
    const mail = room.mails.at(-1)!;
    expect(mail.subject).toBe("Tu eSIM está esperando a que la instales");
    expect(mail.text).toContain(`https://shop.example/es/account/esims/${esim.profileId}`);
    expect(mail.text).not.toContain("/install/");
    expect(mail.unsubscribeUrl).toMatch(/^https:\/\/shop\.example\/notices\/unsubscribe\/\d+\.[\w-]{43}$/);
    expect(await told(esim)).toEqual(["install 0"]);
  });

  it("again of each level after a top-up, by what was read after it, and of the top-up that fits", async () => {
    const esim = await active();
    await read(esim, { usedPercent: 92, minute: 1, daysLeft: 20 });
    await tell();
    const topUp = await room.addTopUp(esim, { packageId: String(planId) });
    await tell();
    await room.esims.topUpEsim(topUp.id);
    await tell();
    expect(await told(esim)).toEqual(["low_data 90"]);
    await read(esim, { usedPercent: 76, minute: 24 * 60 + 5, daysLeft: 20 });
    await tell();
    expect(await told(esim)).toEqual(["low_data 90", "low_data 75"]);
    await room.sendMail("care_notice", (await noticesOf(esim)).at(-1)!.id);
    expect(room.mails.at(-1)?.text).toContain("You can add Spain 5 GB to it for $12.00");
  });

  it("by day of the destination only; what waits is told in the morning, as it is then", async () => {
    const esim = await active();
    await read(esim, { usedPercent: 80, minute: 1, daysLeft: 20 });
    isDay = { ...DAY, ES: false };
    await tell();
    expect(await told(esim)).toEqual([]);
    await read(esim, { usedPercent: 95, minute: 2, daysLeft: 20 });
    isDay = { ...NIGHT, ES: true };
    await tell();
    isDay = DAY;
    expect(await told(esim)).toEqual(["low_data 90"]);
  });

  it("never at night, although the mail server refused in the evening and the retry comes at night", async () => {
    const esim = await active();
    await read(esim, { usedPercent: 80, minute: 1, daysLeft: 20 });
    isDay = { ...NIGHT, ES: true };
    await tell();
    const [notice] = await noticesOf(esim);
    room.mails.length = 0;
    isRefusing = true;
    await room.sendMail("care_notice", notice!.id);
    isRefusing = false;
    expect(await room.mailStatus("care_notice", notice!.id)).toBe("delayed");
    isDay = { ...DAY, ES: false };
    for (let night = 0; night < 3; night += 1) await room.sendMail("care_notice", notice!.id);
    expect([await room.mailStatus("care_notice", notice!.id), room.mails]).toEqual(["delayed", []]);
    const [waiting] = await query<{ last_error: string }>(
      "select last_error from outgoing_mails where kind = 'care_notice' and subject_id = $1",
      [notice!.id],
    );
    expect(waiting!.last_error).toBe("night");
    await query("update care_notices set noticed_at = noticed_at - interval '26 hours' where id = $1", [
      notice!.id,
    ]);
    isDay = DAY;
    await room.sendMail("care_notice", notice!.id);
    expect([await room.mailStatus("care_notice", notice!.id), room.mails.length]).toEqual(["sent", 1]);
  });

  it("each of two accounts of one person for itself", async () => {
    const [first, second] = [await active(), await active()];
    await query("update users set email = 'ana@example.com' where id = $1", [first.userId]);
    await query("update users set email = 'ana+trips@example.com' where id = $1", [second.userId]);
    for (const esim of [first, second]) await read(esim, { usedPercent: 80, minute: 1, daysLeft: 20 });
    await query("insert into refused_notices (user_id, kind) values ($1, 'low_data')", [first.userId]);
    await tell();
    expect([await told(first), await told(second)]).toEqual([[], ["low_data 75"]]);
    await room.sendMail("care_notice", (await noticesOf(second))[0]!.id);
    expect(room.mails.at(-1)!.to).toMatchObject({ address: "ana+trips@example.com" });
  });
});

/** A generator of its own (mulberry32), so that a seed tells the whole history. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A month of readings: use grows, is corrected downwards, and what comes is late, doubled and out of order. */
function month(seed: number): Reading[] {
  const below = chance(seed);
  let used = 0;
  const readings = Array.from({ length: 24 }, (_, step): Reading => {
    used = Math.max(0, Math.min(100, used + below(16) - (below(8) === 0 ? 20 : 0)));
    return { usedPercent: used, minute: step * 10, daysLeft: 29.5 - step * 1.2 };
  });
  return readings
    .flatMap((one) => (below(4) === 0 ? [one, one] : [one]))
    .map((one) => ({ one, place: one.minute + below(60) }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

it("in months of readings in every order each level is told once at most, and once when it was the highest that was crossed", async () => {
  // CARE_SEED and CARE_MONTHS name others: `CARE_SEED=7 CARE_MONTHS=50 npx vitest run tests/delivery/care-notices.test.ts`.
  const [seed, months] = [Number(process.env.CARE_SEED ?? 2_000), Number(process.env.CARE_MONTHS ?? 10)];
  const seeds = Array.from({ length: months }, (_, index) => seed + index);
  const esims = await Promise.all(
    seeds.map(async (seed) => ({ esim: await active(), month: month(seed), seed })),
  );
  const due = new Map<number, Set<string>>(seeds.map((seed) => [seed, new Set()]));
  for (let step = 0; step < 34; step += 1) {
    for (const { esim, month: readings } of esims) {
      const reading = readings[step];
      if (reading !== undefined) await read(esim, reading);
    }
    // The clock jumps forward by a day and more, and back with the next reading or by itself.
    if (step % 7 === 3 || step % 7 === 4)
      await query("update esim_profiles set plan_expires_at = plan_expires_at + $1 * interval '26 hours'", [
        step % 7 === 3 ? -1 : 1,
      ]);
    isDay = step % 3 === 2 ? NIGHT : DAY;
    await (step % 5 === 0 ? Promise.all([tell(), tell()]) : tell());
    if (isDay === NIGHT) continue;
    for (const { esim, seed } of esims) {
      const [now] = await query<{ used: number; days: number }>(
        `select (100 - usage_remaining_bytes * 100.0 / usage_total_bytes)::float8 as used,
           (extract(epoch from plan_expires_at - now()) / 86400)::float8 as days from esim_profiles where id = $1`,
        [esim.profileId],
      );
      for (const level of levelsOf(now!)) due.get(seed)!.add(level);
    }
  }
  isDay = DAY;
  for (const { esim, seed } of esims) {
    const heard = await told(esim);
    expect([seed, heard.length]).toEqual([seed, new Set(heard).size]);
    expect([seed, (await noticesOf(esim)).filter(({ mails }) => mails > 1)]).toEqual([seed, []]);
    // A lower level whose higher one came first is noted with it, and not told afterwards.
    const noted = new Set((await noticesOf(esim)).map(({ kind, threshold }) => `${kind} ${threshold}`));
    for (const level of due.get(seed)!) expect([seed, level, noted.has(level)]).toEqual([seed, level, true]);
    for (const level of heard) expect([seed, level, due.get(seed)!.has(level)]).toEqual([seed, level, true]);
    if (due.get(seed)!.has("low_data 90"))
      expect([seed, heard.some((one) => /low_data 90|used_up/.test(one))]).toEqual([seed, true]);
  }
  expect([...due.values()].filter((levels) => levels.has("low_data 90")).length).toBeGreaterThan(3);
});

/** The highest of what is so now, by the rules as people read them. */
function levelsOf({ used, days }: { used: number; days: number }): string[] {
  if (days <= 0) return days > -2 ? ["expired 0"] : [];
  const data = used >= 100 ? ["used_up 0"] : used >= 90 ? ["low_data 90"] : used >= 75 ? ["low_data 75"] : [];
  const time = days <= 1 ? ["days_left 1"] : days <= 3 ? ["days_left 3"] : [];
  return [...data, ...time];
}

const ORDER_OF = "(select order_id from esim_profiles where id = $1)";
const USER_OF = "(select user_id from esim_profiles where id = $1)";
const IN_THE_WAY = [
  ["the money went back", `update orders set status = 'refunded' where id = ${ORDER_OF}`],
  [
    "it was cancelled",
    "update esim_profiles set status = 'cancelled', ended_at = now(), poll_at = null where id = $1",
  ],
  ["its refund has begun", "update esim_profiles set take_back_requested_at = now() where id = $1"],
  ["the person is locked out", `update users set disabled_at = now() where id = ${USER_OF}`],
  [
    "the person was deleted",
    `update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = ${USER_OF}`,
  ],
  ["it has ended", "update esim_profiles set ended_at = now(), poll_at = null where id = $1"],
  [
    "the person does not want it",
    `insert into refused_notices (user_id, kind) values (${USER_OF}, 'low_data')`,
  ],
] as const;

describe("nobody is told of low data when", () => {
  it.each(IN_THE_WAY)("%s", async (_, sql) => {
    const before = await active();
    await read(before, { usedPercent: 80, minute: 1, daysLeft: 20 });
    await change(sql, before);
    const between = await active();
    await read(between, { usedPercent: 80, minute: 1, daysLeft: 20 });
    await tell();
    expect(await told(before)).toEqual([]);
    const [notice] = await noticesOf(between);
    await change(sql, between);
    const mails = room.mails.length;
    await room.sendMail("care_notice", notice!.id);
    expect(await room.mailStatus("care_notice", notice!.id)).toBe("cancelled");
    expect(room.mails).toHaveLength(mails);
  });

  it("the plan is unlimited", async () => {
    const esim = await active();
    await query(
      `update orders set plan_snapshot = (plan_snapshot::jsonb || '{"is_unlimited": true}')::json where id = $1`,
      [esim.id],
    );
    await read(esim, { usedPercent: 100, minute: 1, daysLeft: 20 });
    await tell();
    expect(await told(esim)).toEqual([]);
  });

  it("it is told already and the person topped up before the mail went out", async () => {
    const esim = await active();
    await read(esim, { usedPercent: 80, minute: 1, daysLeft: 20 });
    await tell();
    const [notice] = await noticesOf(esim);
    await room.addTopUp(esim, { packageId: String(planId) });
    await room.sendMail("care_notice", notice!.id);
    expect(await room.mailStatus("care_notice", notice!.id)).toBe("cancelled");
  });
});

/** Delivered, not installed, and long enough ago to be reminded. */
async function delivered(): Promise<PlantedOrder> {
  const order = await room.addOrder({ planId });
  await room.esims.provisionEsim(order.id);
  await change(
    "update esim_profiles set created_at = now() - interval '9 days', provisioned_at = now() - interval '25 hours' where id = $1",
    order,
  );
  return order;
}
const set = (what: string) => `update esim_profiles set ${what} where id = $1`;

describe("nobody is reminded to install", () => {
  const IN_USE = "usage_total_bytes = 100, usage_remaining_bytes = 99, usage_as_of = now()";
  it.each([
    ["what its owner has marked as installed", set("installed_at = now()")],
    ["what its supplier knows to be on a phone", set("profile_state = 'installed'")],
    ["a plan that runs", set("plan_state = 'active'")],
    ["what is in use", set(IN_USE)],
    ["what cannot be installed any more", set("use_by = now() - interval '1 minute'")],
    ["what has ended", set("ended_at = now(), poll_at = null")],
    ["what was delivered days before", set("provisioned_at = now() - interval '73 hours'")],
  ])("of %s", async (_, sql) => {
    const [esim, other] = [await delivered(), await delivered()];
    await change(sql, esim);
    await tell();
    expect([await told(esim), await told(other)]).toEqual([[], ["install 0"]]);
  });
});

describe("a notice that waits for its mail is cancelled", () => {
  const INSTALLED = set("status = 'active', installed_at = now()");
  const DAY_AND_A_HALF =
    "update care_notices set noticed_at = noticed_at - interval '37 hours' where profile_id = $1";
  it.each([
    ["to install, once it is installed", delivered, INSTALLED, "esim_installed"],
    ["of yesterday's morning", delivered, DAY_AND_A_HALF, "too_late"],
    [
      "of the end, once it was taken back",
      ended,
      set("status = 'cancelled', poll_at = null"),
      "esim_cancelled",
    ],
  ])("%s", async (_, make, sql, why) => {
    const esim = await make();
    await tell();
    const [notice] = await noticesOf(esim);
    await change(sql, esim);
    const mails = room.mails.length;
    await room.sendMail("care_notice", notice!.id);
    const [mail] = await query(
      "select status, last_error from outgoing_mails where kind = 'care_notice' and subject_id = $1",
      [notice!.id],
    );
    expect([mail, room.mails.length]).toEqual([{ status: "cancelled", last_error: why }, mails]);
  });
});

/** Its supplier says that the plan is over, and no day. */
async function ended(): Promise<PlantedOrder> {
  const esim = await active();
  await change(set("plan_state = 'expired', ended_at = now(), plan_expires_at = null, poll_at = null"), esim);
  return esim;
}

describe("what is told depends on", () => {
  it("its supplier's word that the plan is over, where no day of the end is known", async () => {
    const esim = await ended();
    await tell();
    expect(await told(esim)).toEqual(["expired 0"]);
  });

  it("how long the plan is: of three days, three days before its end is its beginning", async () => {
    const esim = await active();
    await query(
      `update orders set plan_snapshot = (plan_snapshot::jsonb || '{"duration_days": 3}')::json where id = $1`,
      [esim.id],
    );
    await read(esim, { usedPercent: 0, minute: 1, daysLeft: 2.9 });
    await tell();
    expect(await told(esim)).toEqual([]);
    await change(set("plan_expires_at = now() + interval '20 hours'"), esim);
    await tell();
    expect(await told(esim)).toEqual(["days_left 1"]);
  });

  it("whether it has ended: of days that are left of it nothing is said", async () => {
    const esim = await active();
    await read(esim, { usedPercent: 0, minute: 1, daysLeft: 2.9 });
    await change(set("ended_at = now(), plan_state = 'revoked', poll_at = null"), esim);
    await tell();
    expect(await told(esim)).toEqual([]);
  });

  it("whether a paid top-up is on its way", async () => {
    const esim = await active();
    const topUp = await room.addTopUp(esim, { packageId: String(planId) });
    await read(esim, { usedPercent: 95, minute: 1, daysLeft: 0.5 });
    await tell();
    expect(await told(esim)).toEqual([]);
    await room.esims.topUpEsim(topUp.id);
    await read(esim, { usedPercent: 95, minute: 24 * 60 + 5, daysLeft: 20 });
    await tell();
    expect(await told(esim)).toEqual(["low_data 90"]);
  });

  it("what was read since the newest top-up, and on nothing from before it", async () => {
    const esim = await active();
    await room.esims.topUpEsim((await room.addTopUp(esim, { packageId: String(planId) })).id);
    const before = "(select max(done_at) from top_ups where profile_id = $1) - interval '1 minute'";
    const old = `usage_total_bytes = 100, usage_remaining_bytes = 3, usage_as_of = ${before}, supplier = 'airalo',
      plan_expires_at = now() + interval '12 hours', state_checked_at = ${before}`;
    await change(set(old), esim);
    await tell();
    expect(await told(esim)).toEqual([]);
    await change(set("usage_as_of = now(), state_checked_at = now()"), esim);
    await tell();
    expect((await told(esim)).sort()).toEqual(["days_left 1", "low_data 90"]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done, unknown } from "../../src/kernel/outcome.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder, withClaimFollowedBy } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

const STORE = "https://shop.example";

describe("notices about an eSIM", () => {
  let room: EsimRoom;
  let planId: number;
  let mails: Mail[];
  let answer: () => MailOutcome;
  beforeAll(async () => {
    room = await makeEsimRoom({
      environment: { PUBLIC_URL: STORE },
      mailer: {
        send: async (mail) => {
          mails.push(mail);
          return answer();
        },
      },
    });
    planId = await room.addPlan();
  });
  beforeEach(() => {
    mails = [];
    answer = () => done({ messageId: "1" });
  });
  afterAll(() => room.stop());

  const notify = async (notice: "failed" | "reminder", { id, profileId }: PlantedOrder) => {
    if (notice === "failed") await room.queueMail("esim_failed", profileId, id);
    else await room.runJob("queue_esim_reminders");
    await room.sendMail(`esim_${notice}`, profileId);
  };
  const change = (text: string, { profileId }: PlantedOrder) => room.database.query(text, [profileId]);
  const fail = (order: PlantedOrder, reason = "no_supplier") =>
    change(
      `update esim_profiles set status = 'failed', failure_reason = '${reason}', ended_at = now() where id = $1`,
      order,
    );
  const readyFor = async (days: number, ofDays = 180): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    await change(
      `update esim_profiles set use_by = now() + interval '${days} days',
         provisioned_at = now() - interval '${ofDays - days} days', created_at = now() - interval '200 days'
       where id = $1`,
      order,
    );
    return order;
  };

  it("an order that nobody could deliver is told, once, in the buyer's language", async () => {
    const order = await room.addOrder({ planId });
    await change("update esim_profiles set language = 'es' where id = $1", order);
    await fail(order);
    await Promise.all(Array.from({ length: 10 }, () => notify("failed", order)));
    await notify("failed", order);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.subject).toBe("No hemos podido entregar tu eSIM: te devolvemos el dinero");
    expect(mails[0]?.text).toContain(order.reference);
    expect(mails[0]?.text).toContain(STORE);
  });

  it("an order that was never paid is not", async () => {
    const order = await room.addOrder({ planId });
    await fail(order, "order_not_paid");
    await notify("failed", order);
    expect(mails).toEqual([]);
  });

  it("an unused eSIM is reminded of before it expires, with a link and without a code", async () => {
    const order = await readyFor(13);
    await Promise.all(Array.from({ length: 10 }, () => notify("reminder", order)));
    await notify("reminder", order);
    expect(mails).toHaveLength(1);
    const { text, subject } = mails[0]!;
    expect(subject).toMatch(/^Your eSIM is not installed yet: it expires on \d+ \w+ \d{4} at \d\d:\d\d UTC$/);
    const path = /https:\/\/shop\.example(\/install\/[\w-]{22})/.exec(text)?.[1];
    const page = await room.server.inject({ method: "GET", url: path! });
    expect(page.statusCode).toBe(200);
    const esim = (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body;
    for (const code of [esim.matching_id, esim.activation_code]) expect(text).not.toContain(code);
  });

  it.each([
    ["fifteen days before the end", 15, 180],
    ["a week before the end of a fortnight", 7, 14],
    ["after the end", -1, 180],
  ])("but not %s", async (_, days, ofDays) => {
    await notify("reminder", await readyFor(days, ofDays));
    expect(mails).toEqual([]);
  });

  it("nor when it is installed, taken back, or its money went back", async () => {
    const installed = await readyFor(10);
    await change("update esim_profiles set status = 'active' where id = $1", installed);
    const cancelled = await readyFor(10);
    await change("update esim_profiles set status = 'cancelled' where id = $1", cancelled);
    const refunded = await readyFor(10);
    await room.database.query("update orders set status = 'refunded' where id = $1", [refunded.id]);
    for (const order of [installed, cancelled, refunded]) await notify("reminder", order);
    expect(mails).toEqual([]);
  });

  it("nor when the person is locked out between the claim and the mail, since it has a link to the code", async () => {
    const order = await readyFor(10);
    const lockOut =
      "update users set disabled_at = now() where id = (select user_id from orders where id = new.order_id)";
    await withClaimFollowedBy(room, lockOut, () => notify("reminder", order));
    expect(mails).toEqual([]);
  });

  it("after an unknown outcome again, as the same mail", async () => {
    const order = await readyFor(10);
    answer = () => unknown("421");
    await notify("reminder", order);
    answer = () => done({ messageId: "1" });
    await notify("reminder", order);
    expect(mails.map(({ reference }) => reference)).toEqual(
      Array(2).fill(`esim-reminder-${order.profileId}-1`),
    );
  });

  it("the minute's job finds whom to tell", async () => {
    const unused = await readyFor(5);
    await room.runJob("queue_esim_reminders");
    await room.startWorker();
    await eventually(() => mails.some((mail) => mail.reference === `esim-reminder-${unused.profileId}-1`));
  });
});

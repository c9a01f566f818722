import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done, refused, unknown } from "../../src/kernel/outcome.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { type EsimRoom, makeEsimRoom, withClaimFollowedBy } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

describe("the eSIM's mail is sent once", () => {
  let room: EsimRoom;
  let planId: number;
  let mails: Mail[];
  let answer: (mail: Mail) => MailOutcome | Promise<MailOutcome>;
  beforeAll(async () => {
    room = await makeEsimRoom({
      mailer: {
        send: async (mail) => {
          mails.push(mail);
          return answer(mail);
        },
      },
    });
    planId = await room.addPlan();
  });
  beforeEach(() => {
    mails = [];
    answer = ({ reference }) => done({ messageId: reference });
  });
  afterAll(() => room.stop());

  const ready = async () => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const send = async (profileId: number) => room.sendMail("esim_ready", profileId);
  const sweep = () => room.runJob("sweep_outbox");
  const statusOf = (profileId: number) => room.mailStatus("esim_ready", profileId);
  const OF_MAIL = `j.task_id = (select id from graphile_worker._private_tasks where identifier = 'send_mail')
    and (j.payload->>'mail_id')::bigint in (
      select id from outgoing_mails where kind = 'esim_ready' and subject_id = $1)`;
  const jobsOf = (profileId: number) =>
    room.database.query(`select id from graphile_worker._private_jobs j where ${OF_MAIL}`, [profileId]);
  const dropJobs = (profileId: number) =>
    room.database.query(`delete from graphile_worker._private_jobs j where ${OF_MAIL}`, [profileId]);
  /** Time for the sweep to miss it; a claim of a process that died has ended. */
  const anHourPasses = (profileId: number) =>
    room.database.query(
      `update outgoing_mails set created_at = created_at - interval '1 hour', next_try_at = next_try_at - interval '1 hour',
         claimed_until = claimed_until - interval '1 hour' where kind = 'esim_ready' and subject_id = $1`,
      [profileId],
    );

  it("however many runs of the job there are at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const order = await ready();
      mails = [];
      await Promise.all(Array.from({ length: 20 }, () => send(order.profileId)));
      await send(order.profileId);
      expect(mails).toHaveLength(1);
    }
  });

  it("by one while another is still at it", async () => {
    const order = await ready();
    let taken = (): void => undefined;
    const isTaken = new Promise<MailOutcome>((resolve) => {
      taken = () => resolve(done({ messageId: "1" }));
    });
    answer = () => (mails.length === 1 ? isTaken : done({ messageId: "2" }));
    const first = send(order.profileId);
    await eventually(async () => mails.length === 1);
    await send(order.profileId);
    taken();
    await first;
    expect(mails).toHaveLength(1);
    expect(await statusOf(order.profileId)).toBe("sent");
  });

  it("after an unknown outcome again, as the same mail", async () => {
    const order = await ready();
    answer = () => unknown("421");
    await send(order.profileId);
    expect(await statusOf(order.profileId)).toBe("delayed");
    answer = () => done({ messageId: "1" });
    await send(order.profileId);
    expect(mails.map(({ reference }) => reference)).toEqual(Array(2).fill(`esim-ready-${order.profileId}-1`));
    expect(await statusOf(order.profileId)).toBe("sent");
  });

  it("and waits, for however long, while the mail server refuses the store itself", async () => {
    const order = await ready();
    answer = () => refused("sender_refused", "EAUTH 535");
    await send(order.profileId);
    await room.database.query(
      "update outgoing_mails set created_at = created_at - interval '30 days' where kind = 'esim_ready' and subject_id = $1",
      [order.profileId],
    );
    await send(order.profileId);
    expect(await statusOf(order.profileId)).toBe("delayed");
    answer = () => done({ messageId: "1" });
    await send(order.profileId);
    expect(await statusOf(order.profileId)).toBe("sent");
  });

  it("not for ever to a mail server that takes nothing for five days", async () => {
    const order = await ready();
    answer = () => unknown("421");
    await room.database.query(
      "update outgoing_mails set created_at = created_at - interval '6 days' where kind = 'esim_ready' and subject_id = $1",
      [order.profileId],
    );
    await send(order.profileId);
    expect(await statusOf(order.profileId)).toBe("refused");
  });

  it("never again when the mail server refuses it for good", async () => {
    const order = await ready();
    answer = () => refused("rejected", "550");
    await send(order.profileId);
    await send(order.profileId);
    await dropJobs(order.profileId);
    await anHourPasses(order.profileId);
    await sweep();
    expect(mails).toHaveLength(1);
    expect(await statusOf(order.profileId)).toBe("refused");
    expect(await jobsOf(order.profileId)).toEqual([]);
  });

  it("at most twice when the process dies between mail and mark, under one Message-ID, without an operator", async () => {
    const order = await ready();
    answer = () => {
      throw new Error("the process dies here");
    };
    await expect(send(order.profileId)).rejects.toThrow();
    answer = () => done({ messageId: "1" });
    // The dead process's claim holds for a minute; nobody sends meanwhile.
    await send(order.profileId);
    expect(mails).toHaveLength(1);
    await anHourPasses(order.profileId);
    await dropJobs(order.profileId);
    await sweep();
    expect(await jobsOf(order.profileId)).toHaveLength(1);
    await send(order.profileId);
    await send(order.profileId);
    expect(mails.map(({ reference }) => reference)).toEqual(Array(2).fill(`esim-ready-${order.profileId}-1`));
  });

  it.each([
    [
      "locked out",
      "update users set disabled_at = now() where id = (select user_id from orders where id = new.order_id)",
    ],
    [
      "deleted",
      "update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = (select user_id from orders where id = new.order_id)",
    ],
    ["refunded", "update orders set status = 'refunded' where id = new.order_id"],
  ])("to nobody who is %s between the claim and the mail", async (_, sql) => {
    const order = await ready();
    await withClaimFollowedBy(room, sql, () => send(order.profileId));
    expect(mails).toEqual([]);
    expect(await statusOf(order.profileId)).not.toBe("sent");
  });

  it("by nobody whose claim has ended and is another sender's now", async () => {
    const order = await ready();
    const later = "update outgoing_mails set claimed_until = now() + interval '90 seconds' where id = new.id";
    await withClaimFollowedBy(room, `if pg_trigger_depth() = 1 then ${later}; end if`, () =>
      send(order.profileId),
    );
    expect(mails).toEqual([]);
  });

  it("and once more when an operator has it sent again while the first is still being sent", async () => {
    const order = await ready();
    let taken = (): void => undefined;
    const isTaken = new Promise<MailOutcome>((resolve) => {
      taken = () => resolve(done({ messageId: "1" }));
    });
    const once = answer;
    answer = () => isTaken as never;
    const first = send(order.profileId);
    await expect.poll(() => mails.length).toBe(1);
    answer = once;
    expect((await room.as(1, "POST", `/admin/esims/${order.profileId}/resend-mail`)).status).toBe(200);
    taken();
    await first;
    // The end of the first says nothing about the second.
    expect(await statusOf(order.profileId)).toBe("queued");
    await Promise.all([send(order.profileId), send(order.profileId)]);
    await send(order.profileId);
    expect(mails.map(({ reference }) => reference)).toEqual(
      [1, 2].map((number) => `esim-ready-${order.profileId}-${number}`),
    );
    expect(await statusOf(order.profileId)).toBe("sent");
  });

  it("not at all when the eSIM was taken back or the money went back", async () => {
    const cancelled = await ready();
    await room.database.query("update esim_profiles set status = 'cancelled' where id = $1", [
      cancelled.profileId,
    ]);
    await send(cancelled.profileId);
    const refunded = await ready();
    await room.database.query("update orders set status = 'refunded' where id = $1", [refunded.id]);
    await send(refunded.profileId);
    expect(mails).toEqual([]);
  });

  it("by the job that stands in the statement of the delivery, to the owner", async () => {
    const order = await ready();
    expect(await jobsOf(order.profileId)).toHaveLength(1);
    await room.startWorker();
    const mail = await eventually(() =>
      mails.find(({ reference }) => reference === `esim-ready-${order.profileId}-1`),
    );
    const [user] = await room.database.query<{ email: string }>("select email from users where id = $1", [
      order.userId,
    ]);
    expect(mail.to).toEqual({ address: user?.email });
    await eventually(async () => (await statusOf(order.profileId)) === "sent");
  });
});

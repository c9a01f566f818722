import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done, refused, unknown } from "../../src/kernel/outcome.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedTopUp } from "../support/esims.js";

describe("the mail about a top-up is sent once", () => {
  let room: EsimRoom;
  let planId: number;
  let mails: Mail[] = [];
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

  const toppedUp = async (): Promise<PlantedTopUp> => {
    const esim = await room.addOrder({ planId });
    await room.esims.provisionEsim(esim.id);
    const topUp = await room.addTopUp(esim, { packageId: String(planId) });
    await room.esims.topUpEsim(topUp.id);
    return topUp;
  };
  const send = (topUp: PlantedTopUp) => room.sendMail("top_up_done", topUp.topUpId);
  const isMailed = async (topUp: PlantedTopUp) => {
    return (await room.mailStatus("top_up_done", topUp.topUpId)) === "sent";
  };
  const references = () => mails.map(({ reference }) => reference);

  it("however many senders there are at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const topUp = await toppedUp();
      mails = [];
      await Promise.all(Array.from({ length: 20 }, () => send(topUp)));
      await send(topUp);
      expect(references()).toEqual([`top-up-done-${topUp.topUpId}-1`]);
    }
  });

  it("however many senders begin in one turn, which share the statement that claims", async () => {
    const topUp = await toppedUp();
    const [mail] = await room.database.query<{ id: number }>(
      "select id from outgoing_mails where kind = 'top_up_done' and subject_id = $1",
      [topUp.topUpId],
    );
    const run = () => room.runJob("send_mail", { mail_id: mail?.id, kind: "top_up_done" });
    await Promise.all(Array.from({ length: 6 }, run));
    expect(mails).toHaveLength(1);
  });

  it("by one while another is still at it", async () => {
    const topUp = await toppedUp();
    let taken = (): void => undefined;
    const isTaken = new Promise<MailOutcome>((resolve) => {
      taken = () => resolve(done({ messageId: "1" }));
    });
    answer = () => isTaken;
    const first = send(topUp);
    await expect.poll(() => mails.length).toBe(1);
    await send(topUp);
    taken();
    await first;
    await send(topUp);
    expect(mails).toHaveLength(1);
  });

  it("after an unknown outcome again, as the same mail", async () => {
    const topUp = await toppedUp();
    answer = () => unknown("421");
    await send(topUp);
    expect(await isMailed(topUp)).toBe(false);
    answer = () => done({ messageId: "1" });
    await send(topUp);
    expect(references()).toEqual(Array(2).fill(`top-up-done-${topUp.topUpId}-1`));
    expect(await isMailed(topUp)).toBe(true);
  });

  it("never again when the mail server refuses it for good", async () => {
    const topUp = await toppedUp();
    answer = () => refused("rejected", "550");
    await send(topUp);
    await send(topUp);
    expect(mails).toHaveLength(1);
  });

  it("at most twice when the process dies between mail and mark, under one Message-ID, without an operator", async () => {
    const topUp = await toppedUp();
    answer = () => {
      throw new Error("the process dies here");
    };
    await expect(send(topUp)).rejects.toThrow();
    answer = () => done({ messageId: "1" });
    // The dead process's claim holds for a minute; nobody sends meanwhile.
    await send(topUp);
    expect(mails).toHaveLength(1);
    const OF_MAIL = `(payload->>'mail_id')::bigint in (
      select id from outgoing_mails where kind = 'top_up_done' and subject_id = $1)`;
    await room.database.query(`delete from graphile_worker._private_jobs where ${OF_MAIL}`, [topUp.topUpId]);
    await room.database.query(
      `update outgoing_mails set claimed_until = now() - interval '1 second', next_try_at = now() - interval '1 hour'
       where kind = 'top_up_done' and subject_id = $1`,
      [topUp.topUpId],
    );
    await room.runJob("sweep_outbox");
    expect(
      await room.database.query(`select id from graphile_worker._private_jobs where ${OF_MAIL}`, [
        topUp.topUpId,
      ]),
    ).toHaveLength(1);
    await send(topUp);
    await send(topUp);
    expect(references()).toEqual(Array(2).fill(`top-up-done-${topUp.topUpId}-1`));
  });
});

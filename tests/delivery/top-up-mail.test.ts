import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done, refused, unknown } from "../../src/kernel/outcome.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedTopUp } from "../support/esims.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

describe("the mail about a top-up is sent once", () => {
  let room: EsimRoom;
  let planId: number;
  let mails: Mail[] = [];
  let answer: (mail: Mail) => MailOutcome | Promise<MailOutcome>;
  beforeAll(async () => {
    room = await makeEsimRoom({
      overrides: {
        mailer: {
          send: async (mail) => {
            mails.push(mail);
            return answer(mail);
          },
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
  const send = (topUp: PlantedTopUp) =>
    room.esims.jobs.handlers.send_top_up_mail!({ top_up_id: topUp.topUpId }, RUN);
  const isMailed = async (topUp: PlantedTopUp) => {
    const [row] = await room.database.query<{ mailed_at: string | null }>(
      "select mailed_at from top_ups where id = $1",
      [topUp.topUpId],
    );
    return row?.mailed_at !== null;
  };
  const references = () => mails.map(({ reference }) => reference);

  it("however many senders there are at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const topUp = await toppedUp();
      mails = [];
      await Promise.all(Array.from({ length: 20 }, () => send(topUp)));
      await send(topUp);
      expect(references()).toEqual([`top-up-done-${topUp.topUpId}`]);
    }
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
    await expect(send(topUp)).rejects.toThrow("421");
    expect(await isMailed(topUp)).toBe(false);
    answer = () => done({ messageId: "1" });
    await send(topUp);
    expect(references()).toEqual(Array(2).fill(`top-up-done-${topUp.topUpId}`));
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
    const key = `top-up-mail:${topUp.topUpId}`;
    await room.database.query("delete from graphile_worker._private_jobs where key = $1", [key]);
    await room.database.query(
      `update top_ups set mail_claimed_until = now() - interval '1 second', done_at = done_at - interval '1 hour'
       where id = $1`,
      [topUp.topUpId],
    );
    await room.esims.jobs.handlers.sweep_top_ups!({}, RUN);
    expect(
      await room.database.query("select id from graphile_worker.jobs where key = $1", [key]),
    ).toHaveLength(1);
    await send(topUp);
    await send(topUp);
    expect(references()).toEqual(Array(2).fill(`top-up-done-${topUp.topUpId}`));
  });
});

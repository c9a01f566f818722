import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };

describe("the eSIM's mail is sent once", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom();
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const ready = async () => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const send = (profileId: number, esims = room.esims) =>
    esims.jobs.handlers.send_esim_mail!({ profile_id: profileId }, RUN);
  const mailsOf = (profileId: number) =>
    room.mails.filter(({ reference }) => reference.startsWith(`esim-${profileId}-`));

  it("by the job that delivery enqueues, to the owner", async () => {
    const order = await ready();
    await room.startWorker();
    const mail = await eventually(() => mailsOf(order.profileId)[0]);
    const [user] = await room.database.query<{ email: string }>("select email from users where id = $1", [
      order.userId,
    ]);
    expect(mail.to).toEqual({ address: user?.email });
    await eventually(async () => {
      const [row] = await room.database.query<{ mailed_at: string | null }>(
        "select mailed_at from esim_profiles where id = $1",
        [order.profileId],
      );
      return row?.mailed_at;
    });
  });

  it("however many runs of the job there are at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const order = await ready();
      await Promise.all(Array.from({ length: 20 }, () => send(order.profileId)));
      expect(mailsOf(order.profileId)).toHaveLength(1);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done, refused } from "../../src/kernel/outcome.js";
import type { Mail, MailOutcome } from "../../src/providers/mail/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

describe("an eSIM that is ready and reaches nobody", () => {
  const mails: Mail[] = [];
  let answer: (mail: Mail) => MailOutcome = ({ reference }) => done({ messageId: reference });
  let room: EsimRoom;
  let planId: number;
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
  afterAll(() => room.stop());

  const ready = async (): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const minutesPass = (minutes: number) =>
    room.database.query(
      `update esim_profiles set created_at = created_at - $1 * interval '1 minute',
         provisioned_at = provisioned_at - $1 * interval '1 minute'`,
      [minutes],
    );
  const send = (order: PlantedOrder) => room.sendMail("esim_ready", order.profileId);
  const unseen = () => room.metric("esims_unseen");

  it("raises the alarm after a quarter of an hour, until it is shown or mailed", async () => {
    const shown = await ready();
    const mailed = await ready();
    await minutesPass(14);
    expect(await unseen()).toBe(0);
    await minutesPass(2);
    expect(await unseen()).toBe(2);
    await room.as(shown.userId, "GET", `/esims/${shown.profileId}/qr.png`);
    // Showings are written down by the batch.
    await eventually(async () => (await unseen()) === 1);
    await send(mailed);
    expect(await unseen()).toBe(0);
  });

  it("raises it when the mail server refuses the address: composing a mail shows a code to nobody", async () => {
    const order = await ready();
    await minutesPass(16);
    answer = () => refused("rejected", "550");
    await send(order);
    answer = ({ reference }) => done({ messageId: reference });
    expect(await unseen()).toBe(1);
    await room.database.query("update orders set status = 'refunded' where id = $1", [order.id]);
    expect(await unseen()).toBe(0);
  });

  it("raises it for a person who was locked out, and mails them no code until they are let in again", async () => {
    const order = await ready();
    await room.database.query("update users set disabled_at = now() where id = $1", [order.userId]);
    mails.length = 0;
    await minutesPass(16);
    await send(order);
    expect([mails, await unseen()]).toEqual([[], 1]);
    await room.database.query("update users set disabled_at = null where id = $1", [order.userId]);
    await send(order);
    expect([mails.length, await unseen()]).toEqual([1, 0]);
  });

  it("raises it for a person who has left, and mails it nowhere", async () => {
    const order = await ready();
    await room.database.query(
      "update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid' where id = $1",
      [order.userId],
    );
    mails.length = 0;
    await minutesPass(16);
    await send(order);
    expect([mails, await unseen()]).toEqual([[], 1]);
  });
});

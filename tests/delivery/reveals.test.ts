import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

interface RevealRow {
  readonly actor: string;
  readonly channel: string;
  readonly session_id: string | null;
}

describe("who has seen a code is on record", () => {
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
  const revealsOf = (profileId: number) =>
    room.database.query<RevealRow>(
      "select actor, channel, session_id from esim_reveals where profile_id = $1 order by channel, id",
      [profileId],
    );

  it("an owner once per session, channel and hour, however often, without waiting for it", async () => {
    const order = await ready();
    const read = (path: string) => room.as(order.userId, "GET", `/esims/${order.profileId}${path}`);
    await Promise.all(Array.from({ length: 15 }, () => [read(""), read("/qr.svg"), read("/qr.png")]).flat());
    const rows = await eventually(async () => {
      const found = await revealsOf(order.profileId);
      return found.length >= 2 && found;
    });
    const session = { actor: `user:${order.userId}`, session_id: `session-${order.userId}` };
    expect(rows).toEqual([
      { ...session, channel: "api" },
      { ...session, channel: "qr" },
    ]);
  });

  it("an owner again in the next hour", async () => {
    const order = await ready();
    await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    await eventually(async () => (await revealsOf(order.profileId)).length === 1);
    await room.database.query(
      "update esim_reveals set hour = hour - interval '1 hour', at = at - interval '1 hour' where profile_id = $1",
      [order.profileId],
    );
    // Another process, which has no memory of what this one has written.
    const other = await makeOtherProcess();
    await other.as(order.userId, "GET", `/esims/${order.profileId}`);
    await other.stop();
    expect(await revealsOf(order.profileId)).toHaveLength(2);
  });

  it("what waits is written when the process stops", async () => {
    const order = await ready();
    const other = await makeOtherProcess();
    await other.as(order.userId, "GET", `/esims/${order.profileId}`);
    await other.stop();
    expect(await revealsOf(order.profileId)).toHaveLength(1);
  });

  it("a mail before it is sent", async () => {
    const order = await ready();
    await room.sendMail("esim_ready", order.profileId);
    expect(await revealsOf(order.profileId)).toEqual([
      { actor: "system:mail", channel: "mail", session_id: null },
    ]);
  });

  it("nobody while there is no code to see", async () => {
    const order = await room.addOrder({ planId });
    await room.as(order.userId, "GET", `/esims/${order.profileId}`);
    const seen = await ready();
    await room.as(seen.userId, "GET", `/esims/${seen.profileId}`);
    await eventually(async () => (await revealsOf(seen.profileId)).length === 1);
    expect(await revealsOf(order.profileId)).toEqual([]);
  });

  async function makeOtherProcess(): Promise<EsimRoom> {
    return makeEsimRoom({ database: room.database });
  }
});

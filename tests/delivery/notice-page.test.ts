import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeNoticeTokens } from "../../src/modules/esims/care/notice-token.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";

const GIB = 1024 ** 3;

let room: EsimRoom;
let planId: number;
let esim: PlantedOrder;
let url: string;
let noticeId: number;
beforeAll(async () => {
  room = await makeEsimRoom({
    environment: { PUBLIC_URL: "https://shop.example" },
    overrides: { dayPlaces: () => ({ "": true }) },
  });
  planId = await room.addPlan();
});
afterAll(() => room.stop());

const query = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  room.database.query<Row>(text, [...values]);

async function runsLow(userId?: number): Promise<PlantedOrder> {
  const order = await room.addOrder({ planId, ...(userId === undefined ? {} : { userId }) });
  await room.esims.provisionEsim(order.id);
  await query(
    `update esim_profiles set status = 'active', installed_at = now(), usage_total_bytes = $2, usage_remaining_bytes = $3,
       usage_base = 1024, usage_as_of = now(), plan_expires_at = now() + interval '20 days', language = 'en' where id = $1`,
    [order.profileId, 5 * GIB, GIB],
  );
  return order;
}

beforeEach(async () => {
  room.mails.length = 0;
  esim = await runsLow();
  await room.runJob("tell_notices");
  const [notice] = await query<{ id: number }>(
    "select id from care_notices where is_told and profile_id = $1",
    [esim.profileId],
  );
  noticeId = notice!.id;
  await room.sendMail("care_notice", noticeId);
  url = new URL(/https:\/\/shop\.example\/notices\/esim\/\S+/.exec(room.mails[0]!.text)![0]).pathname;
});

const open = (to = url, headers: Readonly<Record<string, string>> = { accept: "text/html" }) =>
  room.server.inject({ method: "GET", url: to, headers });
const everything = async () => ({
  notices: await query("select * from care_notices order by id"),
  esims: await query("select * from esim_profiles order by id"),
  orders: await query("select * from orders order by id"),
  audit: await query("select count(*) from audit_log"),
});

describe("the page behind a notice's link", () => {
  it("shows what is left and the fitting top-up, one touch from paying, to whoever is not signed in", async () => {
    const page = await open();
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain("1 GB of 5 GB");
    expect(page.body).toContain("Add Spain 5 GB for $12.00");
    expect(page.body).toContain(
      `href="https://shop.example/checkout/${planId}?currency=USD&amp;esim=${esim.profileId}&amp;seen=1200"`,
    );
    expect(page.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow, noarchive",
    });
    expect(page.headers["set-cookie"]).toBeUndefined();
  });

  it("is in the language of the browser, else of the order", async () => {
    await query("update esim_profiles set language = 'es' where id = $1", [esim.profileId]);
    expect((await open()).body).toContain("Añadir 5 GB, 30 días por");
    const headers = { accept: "text/html", "accept-language": "en" };
    expect((await open(url, headers)).body).toContain("Add Spain 5 GB for");
  });

  it("says neither code, address, order, nor anything of the person's other eSIM", async () => {
    const other = await runsLow(esim.userId);
    const { body } = await open();
    const [secret] = await query<{ iccid: string; email: string; reference: string }>(
      `select p.iccid, u.email, o.reference from esim_profiles p join users u on u.id = p.user_id
         join orders o on o.id = p.order_id where p.id = $1`,
      [esim.profileId],
    );
    const { qr_payload: code, matching_id: matching } = (
      await room.as(esim.userId, "GET", `/esims/${esim.profileId}`)
    ).body;
    expect(code).toMatch(/^LPA:1/);
    for (const word of [secret!.iccid, secret!.email, secret!.reference, code, matching, other.reference])
      expect(body).not.toContain(word);
    expect(body).not.toContain(`/esims/${other.profileId}"`);
  });

  it("is looked at by programs that preview mails without anything being done", async () => {
    const before = await everything();
    for (const method of ["GET", "HEAD", "GET"] as const)
      await room.server.inject({ method, url, headers: { "user-agent": "LinkPreview/1.0" } });
    for (const method of ["POST", "PUT", "DELETE"] as const)
      expect((await room.server.inject({ method, url })).statusCode).toBeGreaterThanOrEqual(404);
    expect(await everything()).toEqual(before);
  });

  it("offers nothing when nothing can be added, and no dead top-up after the end", async () => {
    await query("update esim_profiles set ended_at = now(), poll_at = null where id = $1", [esim.profileId]);
    const { statusCode, body } = await open();
    expect([statusCode, body.includes("/checkout/"), body.includes("has ended")]).toEqual([200, false, true]);
  });

  it.each([
    [
      "a week has passed",
      "update care_notices set noticed_at = now() - interval '169 hours' where profile_id = $1",
    ],
    [
      "the money went back",
      "update orders set status = 'refunded' where id = (select order_id from esim_profiles where id = $1)",
    ],
    ["its refund has begun", "update esim_profiles set take_back_requested_at = now() where id = $1"],
    [
      "the person is locked out",
      "update users set disabled_at = now() where id = (select user_id from esim_profiles where id = $1)",
    ],
    [
      "the person was deleted",
      `update users set deleted_at = now(), name = null, email = 'deleted-' || id || '@deleted.invalid'
       where id = (select user_id from esim_profiles where id = $1)`,
    ],
  ])("ends when %s", async (_, sql) => {
    await query(sql, [esim.profileId]);
    const page = await open();
    expect(page.statusCode).toBe(410);
    expect(page.body).not.toContain("Spain 5 GB");
    expect((await open(url, { accept: "application/json" })).json().code).toBe("gone");
  });

  it("is ended by its owner together with the install links, and by nobody else", async () => {
    const link = (await room.as(esim.userId, "POST", `/esims/${esim.profileId}/install-link`)).body.url;
    const end = (userId: number) =>
      room.server.inject({
        method: "DELETE",
        url: `/esims/${esim.profileId}/links`,
        headers: { "x-user": String(userId) },
      });
    const stranger = await room.addUser();
    expect((await end(stranger)).statusCode).toBe(404);
    expect((await open()).statusCode).toBe(200);
    expect((await end(esim.userId)).json()).toEqual({ ended: 2 });
    expect((await end(esim.userId)).json()).toEqual({ ended: 0 });
    expect((await open()).statusCode).toBe(410);
    expect((await open(new URL(link).pathname)).statusCode).toBe(410);
  });

  it.each([
    ["of another notice", () => url.replace(/\d+\./, `${noticeId + 1}.`)],
    ["of another key", () => `/notices/esim/${makeNoticeTokens("k", "notice page").sign(noticeId)}`],
    [
      "that ends mails",
      () =>
        room.mails[0]!.unsubscribeUrl!.replace("https://shop.example/notices/unsubscribe", "/notices/esim"),
    ],
    ["cut short", () => url.slice(0, -2)],
  ])("does not open with a token %s", async (_, wrong) => {
    expect((await open(wrong())).statusCode).toBe(404);
  });
});

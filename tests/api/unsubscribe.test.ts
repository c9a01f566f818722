import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeNoticeTokens } from "../../src/modules/esims/care/notice-token.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";

const ALL = { install: true, low_data: true, used_up: true, days_left: true, expired: true };

let room: EsimRoom;
let order: PlantedOrder;
let url: string;
beforeAll(async () => {
  room = await makeEsimRoom({
    environment: { PUBLIC_URL: "https://shop.example" },
    overrides: { dayPlaces: () => ({ "": true }) },
  });
  order = await room.addOrder({ planId: await room.addPlan() });
  await room.esims.provisionEsim(order.id);
  await room.database.query(
    `update esim_profiles set status = 'active', installed_at = now(), usage_total_bytes = 100, usage_remaining_bytes = 20,
       usage_as_of = now() where id = $1`,
    [order.profileId],
  );
  await room.runJob("tell_notices");
  const [notice] = await room.database.query<{ id: number }>("select id from care_notices where is_told");
  await room.sendMail("care_notice", notice!.id);
  url = room.mails[0]!.unsubscribeUrl!.replace("https://shop.example", "");
});
afterAll(() => room.stop());

const choices = async () => (await room.as(order.userId, "GET", "/auth/me/notices")).body;
const post = (contentType: string, payload: string, to = url) =>
  room.server.inject({ method: "POST", url: to, headers: { "content-type": contentType }, payload });
const wantAll = () =>
  room.server.inject({
    method: "PATCH",
    url: "/auth/me/notices",
    headers: { "x-user": String(order.userId) },
    payload: ALL,
  });

describe("unsubscribing by the link of a mail", () => {
  it("is asked by a GET, which changes nothing", async () => {
    const page = await room.server.inject({
      method: "GET",
      url,
      headers: { accept: "text/html", "accept-language": "es" },
    });
    expect([
      page.statusCode,
      page.body.includes('<form method="post">'),
      page.body.includes('lang="es"'),
    ]).toEqual([200, true, true]);
    expect(await choices()).toEqual(ALL);
  });

  const BOUNDARY = "----b1";
  const MULTIPART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${BOUNDARY}--\r\n`;
  it.each([
    ["application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"],
    [`multipart/form-data; boundary=${BOUNDARY}`, MULTIPART],
    ["application/x-www-form-urlencoded", ""],
  ])("is done by one POST of %s, for this kind alone, and may be repeated", async (contentType, payload) => {
    for (const _ of [1, 2]) expect((await post(contentType, payload)).statusCode).toBe(200);
    expect(await choices()).toEqual({ ...ALL, low_data: false });
    expect((await wantAll()).json()).toEqual(ALL);
  });

  it.each([
    [
      "a token of nobody",
      () => `/notices/unsubscribe/${makeNoticeTokens("another key", "unsubscribe").sign(1)}`,
    ],
    ["the token of another notice", () => url.replace(/\d+\./, "999.")],
    ["half a token", () => url.slice(0, -3)],
  ])("is refused with %s", async (_, wrong) => {
    const answer = await post("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click", wrong());
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not_found"]);
    expect((await room.server.inject({ method: "GET", url: wrong() })).statusCode).toBe(404);
    expect(await choices()).toEqual(ALL);
  });

  it("takes no JSON", async () => {
    expect((await post("application/json", "{}")).statusCode).toBe(415);
  });
});

it.each([[{}], [{ receipts: false }], [{ low_data: "no" }], [{ low_data: null }]])(
  "a wrong choice %j is refused",
  async (payload) => {
    const answer = await room.server.inject({
      method: "PATCH",
      url: "/auth/me/notices",
      headers: { "x-user": String(order.userId) },
      payload,
    });
    expect([400, 422]).toContain(answer.statusCode);
    expect(await choices()).toEqual(ALL);
  },
);

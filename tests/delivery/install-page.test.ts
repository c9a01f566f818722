import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodedPng } from "../support/decode-qr.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { eventually } from "../support/eventually.js";

const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
const STORE = "https://shop.example";

describe("the install page behind a secret link", () => {
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    room = await makeEsimRoom({ environment: { PUBLIC_URL: STORE } });
    planId = await room.addPlan();
  });
  afterAll(() => room.stop());

  const ready = async (): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const esimOf = async (order: PlantedOrder) =>
    (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body;
  const makeLink = async (order: PlantedOrder): Promise<string> => {
    const { status, body } = await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`);
    expect(status).toBe(200);
    return body.url.slice(STORE.length);
  };
  const get = (url: string, headers: Record<string, string> = {}) =>
    room.server.inject({ method: "GET", url, headers: { accept: HTML, ...headers } });
  const press = (url: string, headers: Record<string, string> = {}) =>
    room.server.inject({
      method: "POST",
      url,
      headers: { accept: HTML, "content-type": "application/x-www-form-urlencoded", ...headers },
      payload: "",
    });

  it("shows nothing of the eSIM until the button is pressed", async () => {
    const order = await ready();
    const url = await makeLink(order);
    for (const method of ["GET", "HEAD"] as const) {
      const answer = await room.server.inject({ method, url });
      expect(answer.statusCode).toBe(200);
    }
    const { body } = await get(url);
    const esim = await esimOf(order);
    for (const secret of [
      esim.activation_code,
      esim.matching_id,
      esim.smdp_address,
      esim.iccid,
      order.reference,
      "Spain",
      "LPA:",
      "<img",
    ]) {
      expect(body).not.toContain(secret);
    }
    expect(body).toContain('<form method="post"><button');
  });

  it("shows everything after it, and the QR decodes to the payload byte for byte", async () => {
    const order = await ready();
    const { statusCode, body } = await press(await makeLink(order));
    expect(statusCode).toBe(200);
    const esim = await esimOf(order);
    for (const part of [esim.smdp_address, esim.matching_id, esim.qr_payload, esim.install_links.apple]) {
      expect(body).toContain(part);
    }
    const png = /src="data:image\/png;base64,([^"]+)"/.exec(body)?.[1];
    expect(decodedPng(Buffer.from(png!, "base64"))).toBe(esim.qr_payload);
  });

  it("is kept by nobody, indexed by nobody, framed by nobody, and tells no other site its address", async () => {
    const url = await makeLink(await ready());
    for (const answer of [await get(url), await press(url), await get("/install/unknown")]) {
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow, noarchive",
        "x-content-type-options": "nosniff",
      });
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(answer.body).toContain('<meta name="robots" content="noindex');
      expect(answer.body).toContain('<meta name="referrer" content="no-referrer">');
    }
  });

  it("404 and 410 are one friendly page, whether the link never was, has expired or was revoked", async () => {
    const over = async (change: string): Promise<string> => {
      const order = await ready();
      const url = await makeLink(order);
      await room.database.query(change, [order.profileId]);
      return url;
    };
    const expired = await over(
      `update install_links set created_at = now() - interval '73 hours', expires_at = now() - interval '1 hour'
       where profile_id = $1`,
    );
    const revoked = await over("update install_links set revoked_at = now() where profile_id = $1");
    const refunded = await over(
      "update orders set status = 'refunded' where id = (select order_id from esim_profiles where id = $1)",
    );
    const cancelled = await over("update esim_profiles set status = 'cancelled' where id = $1");
    const disabled = await over(
      "update users set disabled_at = now() where id = (select user_id from esim_profiles where id = $1)",
    );
    const pages = new Set<string>();
    for (const url of [expired, revoked, refunded, cancelled, disabled]) {
      for (const answer of [await get(url), await press(url)]) {
        expect(answer.statusCode).toBe(410);
        pages.add(answer.body);
      }
    }
    for (const url of [`/install/${"A".repeat(22)}`, "/install/x", `/install/${"%00".repeat(9)}`]) {
      for (const answer of [await get(url), await press(url)]) {
        expect(answer.statusCode).toBe(404);
        pages.add(answer.body);
      }
    }
    const program = await room.server.inject({ method: "GET", url: expired });
    expect([program.statusCode, program.json().code]).toEqual([410, "gone"]);
    const stray = await room.server.inject({ method: "GET", url: "/install/x" });
    expect([stray.statusCode, stray.json().code]).toEqual([404, "not_found"]);
    expect(pages.size).toBe(1);
    expect([...pages][0]).toContain("This link does not work any more");
  });

  it("ends with the taking back of the eSIM", async () => {
    const order = await ready();
    const url = await makeLink(order);
    expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
    expect((await press(url)).statusCode).toBe(410);
    const [link] = await room.database.query("select revoked_at from install_links where profile_id = $1", [
      order.profileId,
    ]);
    expect(link?.revoked_at).not.toBeNull();
  });

  it("lives 72 hours and is stored as a hash of 128 random bits", async () => {
    const order = await ready();
    const url = await makeLink(order);
    const secret = url.split("/").at(-1)!;
    expect(Buffer.from(secret, "base64url")).toHaveLength(16);
    const [row] = await room.database.query<{ hours: number; hash: Buffer }>(
      `select extract(epoch from expires_at - created_at)::float8 / 3600 as hours, secret_hash as hash
       from install_links where profile_id = $1`,
      [order.profileId],
    );
    expect(row?.hours).toBe(72);
    expect(row?.hash).toHaveLength(32);
  });

  it("is in the browser's language, else in the order's", async () => {
    const order = await ready();
    const url = await makeLink(order);
    expect((await get(url)).body).toContain('<html lang="en">');
    expect((await get(url, { "accept-language": "es-AR" })).body).toContain("Mostrar mi eSIM");
    expect((await press(url, { "accept-language": "es" })).body).toContain("Código de activación");
    await room.database.query("update esim_profiles set language = 'es' where id = $1", [order.profileId]);
    expect((await get(url)).body).toContain('<html lang="es">');
    expect((await get(url, { "accept-language": "en" })).body).toContain('<html lang="en">');
  });

  it("is made for the owner only, only while there is something to install, and from PUBLIC_URL", async () => {
    const order = await ready();
    const stranger = await room.addUser();
    const path = `/esims/${order.profileId}/install-link`;
    expect((await room.as(stranger, "POST", path)).status).toBe(404);
    expect((await room.as(0, "POST", path)).status).toBe(401);
    expect((await room.as(order.userId, "POST", "/esims/999999/install-link")).status).toBe(404);
    const pending = await room.addOrder({ planId });
    const early = await room.as(pending.userId, "POST", `/esims/${pending.profileId}/install-link`);
    expect([early.status, early.body.code]).toEqual([409, "conflict"]);
    const { headers, payload } = await room.server.inject({
      method: "POST",
      url: path,
      headers: { "x-user": String(order.userId), host: "evil.test", "x-forwarded-host": "evil.test" },
    });
    expect(JSON.parse(payload).url).toMatch(/^https:\/\/shop\.example\/install\/[A-Za-z0-9_-]{22}$/);
    expect(headers["cache-control"]).toBe("no-store");
  });

  it("makes at most ten of them live; the oldest end", async () => {
    const order = await ready();
    const first = await makeLink(order);
    for (let count = 0; count < 9; count += 1) await makeLink(order);
    expect((await get(first)).statusCode).toBe(200);
    const last = await makeLink(order);
    expect((await get(first)).statusCode).toBe(410);
    expect((await get(last)).statusCode).toBe(200);
  });

  it("makes 20 of one eSIM in an hour, however many ask at once, and says when the next", async () => {
    const order = await ready();
    const other = await ready();
    const ask = async (one: typeof order) => {
      for (;;) {
        const answer = await room.as(one.userId, "POST", `/esims/${one.profileId}/install-link`);
        // A busy machine sheds before any work began, and the client comes again.
        if (answer.status !== 503) return answer;
      }
    };
    const [before] = await room.database.query<{ n: number }>(
      "select count(*) as n from install_links where profile_id = $1",
      [order.profileId],
    );
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(order)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20 - before!.n);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body.code).toBe("rate_limited");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3_500);
    expect((await ask(other)).status).toBe(200);
    await room.database.query(
      "update install_links set created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'",
    );
    expect((await ask(order)).status).toBe(200);
  });

  it("records who opened it, once a link and hour, and not who only looked", async () => {
    const order = await ready();
    const url = await makeLink(order);
    await get(url);
    const reveals = () =>
      room.database.query<{ actor: string; channel: string }>(
        "select actor, channel from esim_reveals where profile_id = $1 and channel = 'page'",
        [order.profileId],
      );
    expect(await reveals()).toEqual([]);
    await press(url);
    await press(url);
    const rows = await eventually(async () => {
      const found = await reveals();
      return found.length > 0 && found;
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.actor).toMatch(/^link:\d+$/);
  });

  it("takes the button's form only", async () => {
    const url = await makeLink(await ready());
    const json = await room.server.inject({ method: "POST", url, payload: { a: 1 } });
    expect(json.statusCode).toBe(415);
    const other = await room.server.inject({
      method: "POST",
      url: "/esims/activate",
      headers: { "content-type": "application/x-www-form-urlencoded", "x-user": "1" },
      payload: "order_id=1",
    });
    expect(other.statusCode).toBe(415);
  });
});

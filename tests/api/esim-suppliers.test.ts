import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const ADMIN = 900_002;
/** Reads and verifies webhooks without any call. */
const BASE = { baseUrl: "http://127.0.0.1:9" };

describe("GET /admin/suppliers/:supplier/webhook-address", () => {
  const esimAccess = makeEsimAccessSupplier({ ...BASE, accessCode: "code", webhookSenders: ["127.0.0.1"] });
  const esimGo = makeEsimGoSupplier({
    ...BASE,
    apiKey: "a-key-of-this-test",
    areRefundsEnabled: false,
    callbackVersion: "v3",
  });
  let room: EsimRoom;
  beforeAll(async () => {
    room = await makeEsimRoom({
      suppliers: [esimAccess, esimGo],
      environment: { PUBLIC_URL: "https://shop.example.com/" },
    });
  });
  afterAll(async () => {
    await room.stop();
    await Promise.all([esimAccess.close(), esimGo.close()]);
  });

  const show = (supplier: string) => room.as(ADMIN, "GET", `/admin/suppliers/${supplier}/webhook-address`);
  const shown = () =>
    room.database.query<{ actor: string; subject: string; request_id: string | null }>(
      "select actor, subject, request_id from audit_log where action = 'supplier.webhook_address_shown'",
    );

  it("200: for a supplier that does not sign, the address whose secret part is its proof; on record each time", async () => {
    const { status, body, headers } = await show("esim-access");
    expect(status).toBe(200);
    expect(body).toEqual({
      supplier: "esim-access",
      url: expect.stringMatching(/^https:\/\/shop\.example\.com\/esims\/webhook\/esim-access\/[\w-]{43}$/),
      is_secret: true,
      authenticity: "unsigned",
    });
    expect(headers["cache-control"]).toBe("no-store");
    expect(await shown()).toEqual([
      { actor: `admin:${ADMIN}`, subject: "supplier:esim-access", request_id: expect.any(String) },
    ]);
    expect(JSON.stringify(await room.database.query("select * from audit_log"))).not.toContain(
      new URL(body.url).pathname.split("/").at(-1),
    );

    const { pathname } = new URL(body.url);
    const probe = { notifyType: "CHECK_HEALTH", notifyId: "n-1", content: { orderNo: "1234567890" } };
    expect(await room.as(1, "POST", pathname, probe)).toMatchObject({ status: 200 });
    expect(await room.as(1, "POST", `${pathname}x`, probe)).toMatchObject({ status: 400 });
  });

  it("200: for one that signs, an address without a secret", async () => {
    const before = await shown();
    expect((await show("esim-go")).body).toEqual({
      supplier: "esim-go",
      url: "https://shop.example.com/esims/webhook/esim-go",
      is_secret: false,
      authenticity: "native",
    });
    expect(await shown()).toEqual(before);
  });

  it("409 for one that sends nothing, 404 for one that is not there", async () => {
    expect((await show("local")).status).toBe(409);
    expect((await show("nobody")).status).toBe(404);
  });
});

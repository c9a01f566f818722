import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };
const DAY_MILLIS = 86_400_000;

/** Over the real adapters and their fake servers: what a supplier limits or takes back binds what we tell and pay. */
describe("a supplier's terms", () => {
  let access: FakeEsimAccess;
  let go: FakeEsimGo;
  let room: EsimRoom;
  let closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [access, go] = await Promise.all([startFakeEsimAccess(), startFakeEsimGo()]);
    const overAccess = makeEsimAccessSupplier({ baseUrl: access.url, accessCode: FAKE_ESIM_ACCESS_CODE });
    const overGo = makeEsimGoSupplier({ baseUrl: go.url, apiKey: FAKE_ESIM_GO_KEY, areRefundsEnabled: true });
    closing = [overAccess.close, overGo.close];
    room = await makeEsimRoom({ suppliers: [overAccess, overGo] });
  });
  afterAll(async () => {
    await room.stop();
    for (const close of closing) await close();
    await Promise.all([access.stop(), go.stop()]);
  });

  const bought = async (supplier: string, packageId: string, costMinor: number): Promise<PlantedOrder> => {
    const planId = await room.addPlan([{ supplier, packageId, costMinor }]);
    const order = await room.addOrder({ planId });
    for (let time = 0; time < 2; time += 1) await room.esims.provisionEsim(order.id);
    return order;
  };
  const shown = async (order: PlantedOrder) =>
    (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body;

  describe("eSIM Access", () => {
    it("twenty days to install it: so say API, mail and page", async () => {
      access.settings.unusedValidDays = 20;
      const order = await bought("esim-access", "AU1GB7D", 180);
      const esim = await shown(order);
      expect(esim.status).toBe("ready");
      const days = (Date.parse(esim.expires_at) - access.ledger.nowMillis()) / DAY_MILLIS;
      expect(days).toBeGreaterThan(19.9);
      expect(days).toBeLessThan(20.1);
      room.mails.length = 0;
      await room.sendMail("esim_ready", order.profileId);
      const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(
        new Date(esim.expires_at),
      );
      expect(room.mails[0]?.text).toContain(`Install it by: ${day}`);
      const link = await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`);
      const page = await room.server.inject({
        method: "POST",
        url: new URL(link.body.url).pathname,
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
        payload: "",
      });
      expect(page.body).toContain(day);
    });

    it("UNUSED_EXPIRED: it is expired, and its code is shown to nobody any more", async () => {
      const order = await bought("esim-access", "AU1GB7D", 180);
      expect((await shown(order)).qr_payload).toMatch(/^LPA:1\$/);
      Object.assign(access.ledger.esims.at(-1) ?? {}, { plan: "expired" });
      await room.database.query("update esim_profiles set poll_at = now() where id = $1", [order.profileId]);
      await room.esims.jobs.handlers.poll_esims!({}, RUN);
      expect(await shown(order)).toMatchObject({
        status: "expired",
        qr_payload: null,
        activation_code: null,
      });
    });
  });

  describe("eSIM Go takes an eSIM back", () => {
    const sold = () => bought("esim-go", "esim_1GB_7D_NL_V2", 115);
    const taken = async ({ profileId }: PlantedOrder) => {
      const [row] = await room.database.query(
        `select p.status, p.failure_reason, a.status as attempt
         from esim_profiles p join provisioning_attempts a on a.profile_id = p.id where p.id = $1`,
        [profileId],
      );
      return row;
    };

    it("and says that the money came back: it is taken back", async () => {
      go.settings.areRefundsEnabled = true;
      const order = await sold();
      expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
      expect(await taken(order)).toEqual({
        status: "cancelled",
        failure_reason: null,
        attempt: "taken_back",
      });
    });

    it("and says nothing of money, since the account has no refunds: the customer's goes on, ours is a loss", async () => {
      go.settings.areRefundsEnabled = false;
      const order = await sold();
      expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
      expect(await taken(order)).toEqual({
        status: "cancelled",
        failure_reason: "revoked_unpaid",
        attempt: "delivered",
      });
    });

    it("and its answer is lost: the refund's next try finds it gone, and nobody sees a code that is dead", async () => {
      go.settings.areRefundsEnabled = true;
      const order = await sold();
      const validated = { status: "can be revoked" };
      go.http.script({ on: "^DELETE ", act: { kind: "reply", status: 200, body: validated } });
      go.http.script({ on: "^DELETE ", act: { kind: "drop_after" } });
      expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("unknown");
      const revokes = go.http.calls.filter(({ method }) => method === "DELETE").length;
      expect(await room.esims.takeBackEsim(order.id, { acceptLoss: false })).toBe("cancelled");
      expect(go.http.calls.filter(({ method }) => method === "DELETE")).toHaveLength(revokes);
      expect(await taken(order)).toMatchObject({ status: "cancelled", failure_reason: "revoked_unpaid" });
      expect(await shown(order)).toMatchObject({ status: "cancelled", qr_payload: null });
    });
  });

  describe("an order at eSIM Go that came to nothing", () => {
    const packageId = "esim_UL_3D_NL_V2";
    const ON = "^POST /v2.4/orders$";
    let planId: number;
    beforeAll(async () => {
      planId = await room.addPlan([{ supplier: "esim-go", packageId, costMinor: 600 }]);
    });
    type Act = Parameters<FakeEsimGo["http"]["script"]>[0]["act"];
    const paid = async (...acts: Act[]): Promise<PlantedOrder> => {
      const order = await room.addOrder({ planId });
      const quote = { valid: true, total: 6, currency: "USD" };
      for (const act of [{ kind: "reply", status: 200, body: quote } as const, ...acts])
        go.http.script({ on: ON, act });
      await room.esims.provisionEsim(order.id);
      return order;
    };
    const look = async ({ id, profileId }: PlantedOrder) => {
      await room.esims.provisionEsim(id);
      const [row] = await room.database.query<{ status: string }>(
        "select status from esim_profiles where id = $1",
        [profileId],
      );
      return row?.status;
    };
    /** A minute ago, and its answer said so. */
    const failedOne = async () => {
      const sale = go.ledger.sell({ reference: "", packageId });
      if (!sale.sold) throw new Error(sale.why);
      const createdAtMillis = Date.now() - 60_000;
      Object.assign(sale.order, { state: "failed", createdAtMillis });
      const body = {
        order: [{ type: "bundle", item: packageId, quantity: 1 }],
        orderReference: sale.order.id,
        createdDate: new Date(createdAtMillis).toISOString(),
        status: "failed",
        statusMessage: "Order processing failed",
      };
      expect(await look(await paid({ kind: "reply", status: 200, body }))).toBe("failed");
    };

    it("is one purchase's, and the next one's is asked about until it is listed", async () => {
      await failedOne();
      const sold = await paid({ kind: "drop_after" });
      go.settings.listedAfterMillis = 30_000;
      expect(await look(sold)).toBe("pending");
      go.settings.listedAfterMillis = 0;
      expect(await look(sold)).toBe("ready");
    });

    it("is not what became of another one that never arrived", async () => {
      await failedOne();
      const lost = await paid({ kind: "drop_before" });
      expect(await look(lost)).toBe("pending");
      await room.database.query(
        `update provisioning_attempts set called_at = called_at - interval '1 hour',
           created_at = created_at - interval '1 minute'
         where profile_id = $1`,
        [lost.profileId],
      );
      expect(await look(lost)).toBe("ready");
    });
  });
});

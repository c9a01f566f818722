import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import type { EsimStatus, InstallData } from "../../src/providers/esim/port.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { installData, makeScriptedSupplier } from "../support/scripted-supplier.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };
const DAY_MILLIS = 86_400_000;
const NOTHING_KNOWN: EsimStatus = {
  profileState: "unknown",
  planState: "unknown",
  usage: null,
  expiresAt: null,
  useBy: null,
};

/** The supplier's terms and states, and what becomes of an ICCID that is handed out again. */
describe("an eSIM's end is its supplier's word", () => {
  const supplier = makeScriptedSupplier("scripted", { hasTopUps: true });
  const asked: string[] = [];
  let statuses: Readonly<Record<string, Partial<EsimStatus>>> = {};
  let terms: Partial<InstallData> = {};
  /** Beside the one that was ordered. */
  let more: readonly InstallData[] = [];
  let room: EsimRoom;
  let iccids = 0;
  beforeAll(async () => {
    const { order } = supplier;
    supplier.order = async (request) => {
      const outcome = await order(request);
      if (outcome.kind !== "done") return outcome;
      const esims = outcome.value.esims.map((esim) => ({ ...esim, ...terms }));
      return done({ ...outcome.value, esims: [...esims, ...more] });
    };
    supplier.getStatus = async ({ supplierReference }) => {
      asked.push(supplierReference);
      return done({ ...NOTHING_KNOWN, ...statuses[supplierReference] });
    };
    supplier.listTopUps = async ({ supplierReference }) => {
      asked.push(supplierReference);
      return done([]);
    };
    room = await makeEsimRoom({ suppliers: [supplier] });
  });
  beforeEach(async () => {
    Object.assign(supplier, { script: ["sell"], iccid: iccid() });
    supplier.cancelled.length = 0;
    asked.length = 0;
    statuses = {};
    terms = {};
    more = [];
    await room.database.query("update esim_profiles set poll_at = null");
  });
  afterAll(() => room.stop());

  const iccid = (): string => {
    iccids += 1;
    return `899999910000${String(iccids).padStart(7, "0")}`;
  };
  const attemptOf = async ({ profileId }: PlantedOrder) =>
    (
      await room.database.query(
        "select status, reason, detail, supplier_order_id from provisioning_attempts where profile_id = $1",
        [profileId],
      )
    )[0];
  const bought = async (columns: Readonly<Record<string, unknown>> = {}): Promise<PlantedOrder> => {
    const planId = await room.addPlan([{ supplier: "scripted", packageId: "p" }]);
    for (const [column, value] of Object.entries(columns))
      await room.database.query(`update plan_suppliers set ${column} = $2 where plan_id = $1`, [
        planId,
        value,
      ]);
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const profile = async ({ profileId }: PlantedOrder) => {
    const [row] = await room.database.query<Record<string, string | null>>(
      `select *, floor(extract(epoch from use_by) * 1000) as use_by_millis,
         floor(extract(epoch from provisioned_at) * 1000) as provisioned_millis from esim_profiles where id = $1`,
      [profileId],
    );
    return row!;
  };
  const says = async (order: PlantedOrder, status: Partial<EsimStatus>) => {
    statuses = { ...statuses, [(await profile(order)).supplier_reference ?? ""]: status };
  };
  const poll = async (...orders: PlantedOrder[]) => {
    await room.database.query(
      "update esim_profiles set poll_at = now() - interval '1 s' where id = any($1)",
      [orders.map(({ profileId }) => profileId)],
    );
    await room.esims.jobs.handlers.poll_esims!({}, RUN);
  };
  const shown = async (order: PlantedOrder) =>
    (await room.as(order.userId, "GET", `/esims/${order.profileId}`)).body;
  const event = async (columns: Readonly<Record<string, string>>): Promise<void> => {
    const names = Object.keys(columns);
    const [row] = await room.database.query<{ id: number }>(
      `insert into supplier_events (supplier, dedup_key, kind, ${names.join(", ")})
       values ('scripted', gen_random_uuid(), 'usage_notice', ${names.map((_, index) => `$${index + 1}`).join(", ")})
       returning id`,
      Object.values(columns),
    );
    await room.esims.jobs.handlers.apply_supplier_event!({ event_id: row?.id }, { ...RUN, attempt: 25 });
  };
  const usage = (remaining: number) => ({
    usage: {
      total: { bytes: 5_000n, base: 1000 as const },
      remaining: { bytes: BigInt(remaining), base: 1000 as const },
      isUnlimited: false,
      asOf: null,
    },
  });
  const IN_USE = { profileState: "enabled", planState: "active" } as const;

  describe("an ICCID that comes again", () => {
    it.each([
      ["its plan has expired", { planState: "expired" }],
      ["it was revoked", { planState: "revoked" }],
      ["it was deleted from the phone", { profileState: "deleted" }],
      ["it was recycled", { profileState: "recycled" }],
    ] as const)(
      "is the next customer's once its supplier has said of the old eSIM that %s",
      async (_what, end) => {
        const old = await bought();
        await says(old, IN_USE);
        await poll(old);
        await says(old, end);
        await poll(old);
        const heir = await bought();
        expect(await profile(heir)).toMatchObject({ status: "ready", iccid: supplier.iccid });
        expect(await profile(old)).toMatchObject({ status: "active", iccid: supplier.iccid, poll_at: null });
        expect(await shown(old)).toMatchObject({
          status: "active",
          qr_payload: null,
          activation_code: null,
          install_by: null,
          ended_at: expect.stringMatching(/^\d{4}-.*Z$/),
        });
        expect(await shown(heir)).toMatchObject({
          ended_at: null,
          install_by: expect.any(String),
          usage: null,
        });
      },
    );

    it("is the next customer's when the old plan's end, of which we were told, has passed", async () => {
      const old = await bought();
      await says(old, { ...IN_USE, expiresAt: new Date(Date.now() - DAY_MILLIS).toISOString() });
      await poll(old);
      const heir = await bought();
      expect((await profile(heir)).status).toBe("ready");
      expect((await profile(old)).ended_at).not.toBeNull();
      expect((await shown(old)).ended_at).not.toBeNull();
    });

    it("is the next customer's when the time to use the old one has passed", async () => {
      const old = await bought();
      await room.database.query("update esim_profiles set use_by = now() - interval '1 s' where id = $1", [
        old.profileId,
      ]);
      const heir = await bought();
      expect([(await profile(old)).status, (await profile(heir)).status]).toEqual(["expired", "ready"]);
    });

    it("is parked with its evidence while the old one is in use", async () => {
      const old = await bought();
      await says(old, { ...IN_USE, expiresAt: new Date(Date.now() + DAY_MILLIS).toISOString() });
      await poll(old);
      const twin = await bought();
      expect(await profile(twin)).toMatchObject({ status: "pending", parked_reason: "duplicate" });
      expect((await profile(old)).ended_at).toBeNull();
    });

    it("never shows the old customer what the new one uses, by poll, event or list", async () => {
      const old = await bought();
      await says(old, { ...IN_USE, ...usage(4_000) });
      await poll(old);
      await says(old, { planState: "expired" });
      await poll(old);
      const heir = await bought();
      // The supplier knows eSIMs by ICCID: whoever asks about either hears of the new one.
      await says(old, { ...IN_USE, ...usage(1_234) });
      await says(heir, { ...IN_USE, ...usage(1_234) });
      asked.length = 0;
      const { supplier_reference: oldReference = "", supplier_order_id: oldOrder = "" } = await profile(old);
      const given = supplier.iccid ?? "";
      await event({ iccid: given });
      expect((await shown(heir)).usage.remaining_bytes).toBe(1_234);
      await event({ iccid: given, supplier_order_id: oldOrder ?? "" });
      await event({ iccid: given, reference: `${old.reference}-1` });
      await event({ iccid: given, supplier_reference: oldReference ?? "" });
      await event({ iccid: given, reference: "ANOTHER-SHOP-1" });
      await room.database.query(
        "update esim_profiles set poll_at = now() - interval '1 s' where ended_at is null",
      );
      await room.esims.jobs.handlers.poll_esims!({}, RUN);
      await room.esims.jobs.handlers.read_top_up_lists!({}, RUN);
      expect(asked).not.toContain(oldReference);
      expect((await shown(old)).usage.remaining_bytes).toBe(4_000);
    });

    it("is never taken back from the new customer by a refund of the old one", async () => {
      const old = await bought();
      await says(old, { ...IN_USE, planState: "expired" });
      await poll(old);
      await bought();
      expect(await room.esims.takeBackEsim(old.id, { acceptLoss: false })).toBe("cannot");
      expect(supplier.cancelled).toEqual([]);
      expect(await room.esims.takeBackEsim(old.id, { acceptLoss: true })).toBe("cannot");
      expect([supplier.cancelled, (await profile(old)).status]).toEqual([[], "cancelled"]);
    });

    it("is not topped up for the old customer: what was paid before the end is failed and goes back", async () => {
      const old = await bought();
      await says(old, IN_USE);
      await poll(old);
      const topUp = await room.addTopUp(old);
      await says(old, { planState: "expired" });
      await poll(old);
      await bought();
      supplier.calls.length = 0;
      await room.esims.topUpEsim(topUp.id);
      const [row] = await room.database.query("select status, failure_reason from top_ups where id = $1", [
        topUp.topUpId,
      ]);
      expect(row).toEqual({ status: "failed", failure_reason: "esim_not_alive" });
      expect(supplier.calls).toEqual([]);
      const list = (await room.as(old.userId, "GET", `/esims/${old.profileId}/top-ups`)).body;
      expect([list.can_be_topped_up, list.offers]).toEqual([false, []]);
    });
  });

  describe("an event belongs to the eSIM that it names most exactly", () => {
    it("by our reference before the ICCID", async () => {
      const first = await bought();
      supplier.iccid = iccid();
      const second = await bought();
      asked.length = 0;
      await event({ reference: `${first.reference}-1`, iccid: supplier.iccid });
      await event({
        supplier_order_id: (await profile(first)).supplier_order_id ?? "",
        iccid: supplier.iccid,
      });
      const firstReference = (await profile(first)).supplier_reference;
      expect(asked).toEqual([firstReference, firstReference]);
      await event({ iccid: supplier.iccid });
      expect(asked.at(-1)).toBe((await profile(second)).supplier_reference);
    });

    it("and by the reference of a top-up to the eSIM that it adds to", async () => {
      const esim = await bought();
      const topUp = await room.addTopUp(esim);
      await room.esims.topUpEsim(topUp.id);
      asked.length = 0;
      await event({ reference: `${topUp.reference}-1` });
      expect(asked).toEqual([(await profile(esim)).supplier_reference]);
    });
  });

  describe("when it has to be installed", () => {
    const in20Days = () => new Date(Date.now() + 20 * DAY_MILLIS).toISOString();

    it("is what the delivery says, where that is sooner than ours: in the database, API, mail and page", async () => {
      terms = { useBy: in20Days(), validityStarts: "installation" };
      const order = await bought();
      const { body } = await room.as(order.userId, "GET", `/esims/${order.profileId}`);
      expect(Date.parse(body.expires_at)).toBe(Date.parse(terms.useBy ?? ""));
      expect([Date.parse(body.install_by), body.ended_at]).toEqual([Date.parse(terms.useBy ?? ""), null]);
      expect(body.validity_starts).toBe("installation");
      room.mails.length = 0;
      await room.sendMail("esim_ready", order.profileId);
      const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(
        new Date(terms.useBy ?? ""),
      );
      expect(room.mails[0]?.text).toContain(`Install it by: ${day}`);
      expect(room.mails[0]?.text).toContain("Its days begin with: the installation");
      const link = await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`);
      const page = await room.server.inject({
        method: "POST",
        url: new URL(link.body.url).pathname,
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
        payload: "",
      });
      expect(page.body).toContain(day);
      expect(page.body).toContain("the installation");
    });

    it("is never later than ours", async () => {
      terms = { useBy: new Date(Date.now() + 4_000 * DAY_MILLIS).toISOString() };
      const { use_by_millis: useBy, provisioned_millis: from } = await profile(await bought());
      expect(Math.round((Number(useBy) - Number(from)) / DAY_MILLIS)).toBe(180);
    });

    it("is what the catalogue says of the package, where the delivery says nothing", async () => {
      const order = await bought({ use_within_days: 60, validity_starts: "first_use" });
      const { use_by_millis: useBy, provisioned_millis: from } = await profile(order);
      expect(Math.round((Number(useBy) - Number(from)) / DAY_MILLIS)).toBe(60);
      expect((await shown(order)).validity_starts).toBe("first_use");
    });

    it("is over when it is delivered: nobody gets it, and an operator decides", async () => {
      terms = { useBy: new Date(Date.now() - 1_000).toISOString() };
      const order = await bought();
      expect(await profile(order)).toMatchObject({
        status: "pending",
        parked_reason: "unusable",
        sealed: null,
        supplier_order_id: null,
      });
      expect(await attemptOf(order)).toMatchObject({
        status: "parked",
        reason: "unusable",
        detail: `to be installed until ${terms.useBy}, which is over`,
        supplier_order_id: expect.stringMatching(/^scripted-order-/),
      });
      expect(await room.mailStatus("esim_ready", order.profileId)).toBeUndefined();
    });

    it("is what the supplier says later", async () => {
      const order = await bought();
      const useBy = in20Days();
      await says(order, { profileState: "released", useBy });
      await poll(order);
      expect(Date.parse((await shown(order)).expires_at)).toBe(Date.parse(useBy));
    });
  });

  it("a second eSIM in the answer to an order of one is nobody's: it is on record, and alarmed", async () => {
    const before = await room.metric("esim_parked_total");
    const order = await bought();
    expect((await room.metric("esim_parked_total")) - before).toBe(0);
    supplier.iccid = iccid();
    more = [installData("scripted", 900_001, "8999999100000900001")];
    const twice = await bought();
    expect((await room.metric("esim_parked_total")) - before).toBe(1);
    expect((await profile(twice)).iccid).toBe(supplier.iccid);
    expect(await attemptOf(twice)).toMatchObject({
      status: "delivered",
      reason: "extra_esim",
      detail: "1 more in the answer: 8999999100000900001",
    });
    expect(await attemptOf(order)).toMatchObject({ status: "delivered", reason: null, detail: null });
    const { body } = await room.as(twice.userId, "GET", `/esims/${twice.profileId}`);
    expect(JSON.stringify(body)).not.toContain("900001");
  });

  describe("one that its supplier has ended before anybody used it", () => {
    it.each([
      ["it lapsed unused", { profileState: "released", planState: "expired" }],
      ["it was revoked", { planState: "revoked" }],
      ["it was recycled", { profileState: "recycled" }],
    ] as const)("is expired: %s; its code is shown and mailed to nobody any more", async (_what, end) => {
      const order = await bought();
      const link = (await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`)).body.url;
      await says(order, end);
      await poll(order);
      expect(await shown(order)).toMatchObject({
        status: "expired",
        qr_payload: null,
        activation_code: null,
      });
      room.mails.length = 0;
      await room.sendMail("esim_ready", order.profileId);
      expect(room.mails).toEqual([]);
      const page = await room.server.inject({ method: "GET", url: new URL(link).pathname });
      expect(page.statusCode).toBe(410);
    });

    it("but was in use by what the supplier said of its plan: it is active, and has ended", async () => {
      const order = await bought();
      await says(order, { planState: "active" });
      await poll(order);
      await says(order, { planState: "expired" });
      await poll(order);
      expect(await shown(order)).toMatchObject({ status: "active", qr_payload: null });
    });
  });
});

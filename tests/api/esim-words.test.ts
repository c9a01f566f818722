import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done } from "../../src/kernel/outcome.js";
import { type EsimRoom, makeEsimRoom, type PlantedOrder } from "../support/esims.js";
import { makeScriptedSupplier } from "../support/scripted-supplier.js";

const wordsIn = (language: "en" | "es"): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(new URL(`../../src/modules/mail/texts/${language}.json`, import.meta.url), "utf8"));
const ENGLISH = wordsIn("en");
const SPANISH = wordsIn("es");

describe("what the API says of an eSIM in words", () => {
  const supplier = makeScriptedSupplier();
  const odd = makeScriptedSupplier("odd");
  let room: EsimRoom;
  let planId: number;
  beforeAll(async () => {
    const { order } = odd;
    odd.order = async (request) => {
      const outcome = await order(request);
      if (outcome.kind !== "done") return outcome;
      const esims = outcome.value.esims.map((esim) => ({
        ...esim,
        matchingId: "",
        qrPayload: "LPA:1$smdp.supplier.example$$$1",
        isConfirmationCodeRequired: true,
      }));
      return done({ ...outcome.value, esims });
    };
    room = await makeEsimRoom({
      suppliers: [supplier, odd],
      environment: { SHOP_SUPPORT_EMAIL: "help@shop.example", SHOP_NAME: "Viajes & Co" },
    });
    planId = await room.addPlan([{ supplier: "scripted", packageId: "p" }]);
  });
  afterAll(() => room.stop());

  const delivered = async (): Promise<PlantedOrder> => {
    const order = await room.addOrder({ planId });
    await room.esims.provisionEsim(order.id);
    return order;
  };
  const set = ({ profileId }: PlantedOrder, columns: string) =>
    room.database.query(`update esim_profiles set ${columns} where id = $1`, [profileId]);
  const setOrder = ({ id }: PlantedOrder, columns: string) =>
    room.database.query(`update orders set ${columns} where id = $1`, [id]);
  const mine = async (order: PlantedOrder) => {
    const { body } = await room.as(order.userId, "GET", "/esims/mine");
    return body.find(({ id }: { id: number }) => id === order.profileId);
  };

  const states: readonly [string, string, () => Promise<PlantedOrder>][] = [
    ["not paid yet", "unpaid", () => room.addOrder({ planId, status: "created" })],
    [
      "never paid",
      "unpaid_expired",
      async () => {
        const order = await room.addOrder({ planId, status: "created" });
        await setOrder(order, "expires_at = now() - interval '1 hour'");
        await setOrder(order, "status = 'failed', failed_at = now()");
        return order;
      },
    ],
    [
      "whose payment failed",
      "payment_failed",
      async () => {
        const order = await room.addOrder({ planId, status: "created" });
        await setOrder(order, "status = 'failed', failed_at = now()");
        return order;
      },
    ],
    ["paid and waiting", "preparing", () => room.addOrder({ planId })],
    [
      "with a refund on its way",
      "refunding",
      async () => {
        const order = await room.addOrder({ planId });
        await set(order, "take_back_requested_at = now()");
        return order;
      },
    ],
    ["refunded before it was there", "refunded", () => room.addOrder({ planId, status: "refunded" })],
    [
      "that nobody can deliver",
      "undeliverable",
      async () => {
        const order = await room.addOrder({ planId });
        await set(order, "status = 'failed', failure_reason = 'terminal', ended_at = now()");
        return order;
      },
    ],
    [
      "that nobody could deliver, and refunded",
      "undeliverable_refunded",
      async () => {
        const order = await room.addOrder({ planId });
        await set(order, "status = 'failed', failure_reason = 'terminal', ended_at = now()");
        await setOrder(order, "status = 'refunded'");
        return order;
      },
    ],
    [
      "not used in time",
      "expired",
      async () => {
        const order = await delivered();
        await set(order, "status = 'expired', ended_at = now(), poll_at = null");
        return order;
      },
    ],
    [
      "that the supplier took away",
      "revoked",
      async () => {
        const order = await delivered();
        await set(order, "status = 'expired', plan_state = 'revoked', ended_at = now(), poll_at = null");
        return order;
      },
    ],
    [
      "used up",
      "ended",
      async () => {
        const order = await delivered();
        await set(order, "status = 'active', plan_state = 'expired', ended_at = now(), poll_at = null");
        return order;
      },
    ],
    [
      "taken back, with the money on its way",
      "taken_back",
      async () => {
        const order = await delivered();
        await set(order, "status = 'cancelled', ended_at = now(), poll_at = null");
        return order;
      },
    ],
    [
      "refunded",
      "refunded",
      async () => {
        const order = await delivered();
        await set(order, "status = 'cancelled', ended_at = now(), poll_at = null");
        await setOrder(order, "status = 'refunded'");
        return order;
      },
    ],
    [
      "refunded by the provider while it still works: its code is shown to nobody",
      "refunded",
      async () => {
        const order = await delivered();
        await setOrder(order, "status = 'refunded'");
        return order;
      },
    ],
  ];

  it.each(states)("one %s: state.%s, in the order's language", async (_what, key, plant) => {
    const order = await plant();
    const contact = (words: Readonly<Record<string, string>>) =>
      (words["contact.mail"] ?? "").replace("{{address}}", "help@shop.example");
    const said = await mine(order);
    expect(said).toMatchObject({
      instructions: ENGLISH[`state.${key}`]?.replace("{{contact}}", contact(ENGLISH)),
      qr_payload: null,
      activation_code: null,
    });
    await set(order, "language = 'es'");
    expect((await mine(order)).instructions).toBe(
      SPANISH[`state.${key}`]?.replace("{{contact}}", contact(SPANISH)),
    );
  });

  it("one that can be installed: every line of the mail's guide, in the order's language", async () => {
    const order = await delivered();
    await set(order, "language = 'es'");
    const { instructions } = await mine(order);
    for (const key of ["before.wifi", "before.once", "iphone.link", "android.scan", "arrive.roaming"])
      expect(instructions).toContain(SPANISH[key]);
    room.mails.length = 0;
    await room.sendMail("esim_ready", order.profileId);
    const { text = "" } = room.mails[0] ?? {};
    const lines: string[] = instructions.split("\n").filter((line: string) => !line.endsWith(":"));
    for (const line of lines) expect(text).toContain(line.split(": ").at(-1));
  });

  it("one without a matching ID: that the field stays empty, and whom to ask for the missing code", async () => {
    const plan = await room.addPlan([{ supplier: "odd", packageId: "p" }]);
    const order = await room.addOrder({ planId: plan });
    await room.esims.provisionEsim(order.id);
    const { instructions } = await mine(order);
    expect(instructions).toContain("Activation code: none – leave the field empty");
    expect(instructions).not.toMatch(/: *(\n|$)(?!-)/);
    expect(instructions.split("\n")[0]).toBe(
      "The phone will ask for a confirmation code, and the network has not given us one. Before you install, write to help@shop.example.",
    );
  });

  it("one for Türkiye: that downloads are blocked there", async () => {
    const order = await delivered();
    await setOrder(
      order,
      'plan_snapshot = (plan_snapshot::jsonb || \'{"country_iso2": "TR", "country_name": "Türkiye"}\')::json',
    );
    expect((await mine(order)).instructions.split("\n")[0]).toBe(ENGLISH["before.turkiye"]);
  });

  it("mail and page name the shop and its support, also in HTML", async () => {
    const order = await delivered();
    room.mails.length = 0;
    await room.sendMail("esim_ready", order.profileId);
    const [mail] = room.mails;
    const help = "If something does not work, write to help@shop.example.";
    expect(mail?.text).toContain(`-- \nViajes & Co\nhttp://localhost:8000\n${help}\n`);
    expect(mail?.html).toContain("Viajes &amp; Co</a>");
    expect(mail?.html).toContain(help);
    const { url } = (await room.as(order.userId, "POST", `/esims/${order.profileId}/install-link`)).body;
    const form = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    for (const request of [
      { method: "GET" as const, url: new URL(url).pathname },
      { method: "POST" as const, url: new URL(url).pathname, headers: form, payload: "" },
      { method: "GET" as const, url: `/install/${"a".repeat(22)}`, headers: { accept: "text/html" } },
    ]) {
      const { body } = await room.server.inject(request);
      expect(body).toContain(help);
      expect(body).toContain("Viajes &amp; Co</title>");
      expect(body).not.toContain("Tribi");
    }
    expect(`${mail?.text}${mail?.html}${mail?.subject}`).not.toContain("Tribi");
  });

  it("why an eSIM cannot be topped up is said in its order's language", async () => {
    const order = await delivered();
    await set(order, "language = 'es'");
    const list = (await room.as(order.userId, "GET", `/esims/${order.profileId}/top-ups`)).body;
    expect(list.reason).toBe(SPANISH["no_top_up.supplier_cannot"]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { logIn, mailsTo } from "../support/login.js";
import { makeShopper } from "../support/shop.js";
import { startTwoProcesses, type TwoProcesses } from "../support/two-processes.js";

let shop: TwoProcesses;

beforeAll(async () => {
  shop = await startTwoProcesses();
});
afterAll(() => shop.stop());

const ask = (method: string, path: string, body?: unknown, at: "here" | "there" = "here") =>
  shop[at].request(method, path, { bearer: shop.adminToken, ...(body === undefined ? {} : { body }) });
const find = async (name: string) =>
  (await ask("GET", "/admin/settings")).body.items.find((one: { name: string }) => one.name === name);
const change = (...changes: { name: string; value: unknown; version: number }[]) =>
  ask("PATCH", "/admin/settings", { changes, reason: "quiet season" });
/** Sets one, whatever it was. */
const put = async (name: string, value: number | string | null) => {
  const { version } = await find(name);
  expect((await change({ name, value, version })).status).toBe(200);
};
const stored = async () =>
  JSON.stringify([
    await shop.database.query("select * from settings order by name"),
    await shop.database.query("select * from setting_changes order by name, version"),
    await shop.database.query("select count(*) from audit_log where action = 'setting.changed'"),
  ]);
const thresholdAt = async (at: "here" | "there"): Promise<number> =>
  (await ask("GET", "/admin/inventory/stats", undefined, at)).body.low_stock_threshold;

describe("GET /admin/settings", () => {
  it("200: each with its bounds, its default and where its value is from", async () => {
    expect(await find("order_ttl_minutes")).toEqual({
      name: "order_ttl_minutes",
      description: "An order that is made from now on and not paid ends after this long.",
      type: "integer",
      unit: "minutes",
      minimum: 1,
      maximum: 10_080,
      value: 60,
      default: 60,
      variable: "ORDER_TTL_MINUTES",
      source: "environment",
      version: 0,
      changed_at: null,
      changed_by: null,
      problem: null,
    });
  });
});

describe("PATCH /admin/settings", () => {
  it("200: counts at once where it was made, and in the other process within five seconds", async () => {
    expect([await thresholdAt("here"), await thresholdAt("there")]).toEqual([10, 10]);
    const began = performance.now();
    await put("low_stock_threshold", 3);
    expect(await thresholdAt("here")).toBe(3);
    await eventually(async () => (await thresholdAt("there")) === 3);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("200: the next order waits as long as it says, and one that is there is not touched", async () => {
    const shopper = await makeShopper(shop.here);
    const before = await shopper.order();
    await put("order_ttl_minutes", 45);
    const after = await shopper.order();
    const rows = await shop.database.query(
      `select extract(epoch from expires_at - created_at)::integer / 60 as minutes from orders
       where id = any ($1) order by id`,
      [[before.id, after.id]],
    );
    expect(rows).toEqual([{ minutes: 60 }, { minutes: 45 }]);
  });

  it("200: null gives it back to the environment; history and audit log keep who, why and what was before", async () => {
    await put("auto_refund_max_per_hour", 5);
    await put("auto_refund_max_per_hour", null);
    expect(await find("auto_refund_max_per_hour")).toMatchObject({
      value: 20,
      source: "environment",
      version: 2,
      changed_by: expect.stringMatching(/^admin:\d+$/),
    });
    const { body } = await ask("GET", "/admin/settings/auto_refund_max_per_hour/history");
    expect(body.items).toMatchObject([
      { version: 2, value: null, reason: "quiet season" },
      { version: 1, value: 5, reason: "quiet season", changed_by: expect.stringMatching(/^admin:/) },
    ]);
    const rows = await shop.database.query(
      `select actor, before, after from audit_log
       where action = 'setting.changed' and subject = 'setting:auto_refund_max_per_hour' order by id`,
    );
    expect(rows).toMatchObject([
      { before: { value: null }, after: { value: 5, reason: "quiet season" } },
      { before: { value: 5 }, after: { value: null } },
    ]);
  });

  it("200: of several, all of them", async () => {
    const [first, second] = [await find("sync_max_change_percent"), await find("refund_unused_within_days")];
    const { status, body } = await change(
      { name: first.name, value: 7, version: first.version },
      { name: second.name, value: 14, version: second.version },
    );
    expect(status).toBe(200);
    const values = Object.fromEntries(
      body.items.map(({ name, value }: { name: string; value: number }) => [name, value]),
    );
    expect(values).toMatchObject({ sync_max_change_percent: 7, refund_unused_within_days: 14 });
  });

  describe("422, and nothing is changed", () => {
    const good = { name: "low_stock_threshold", value: 9, version: 1 };
    let before: string;
    beforeEach(async () => {
      before = await stored();
    });

    it.each([
      ["below its bounds", { name: "order_ttl_minutes", value: 0 }, "/changes/1/value"],
      ["above its bounds", { name: "sync_max_change_percent", value: 101 }, "/changes/1/value"],
      ["a fraction", { name: "order_ttl_minutes", value: 1.5 }, "/changes/1/value"],
      ["a text", { name: "order_ttl_minutes", value: "30" }, "/changes/1/value"],
      ["named twice", { name: "low_stock_threshold", value: 8 }, "/changes/1/name"],
      [
        "a colour on which white text cannot be read",
        { name: "shop_color", value: "#ffd24c" },
        "/changes/1/value",
      ],
      ["no colour", { name: "shop_accent_color", value: "red" }, "/changes/1/value"],
      ["a name of two lines", { name: "shop_name", value: "Shop\nBcc: x" }, "/changes/1/value"],
      ["a name of blanks", { name: "shop_name", value: "  " }, "/changes/1/value"],
      ["a name that is too long", { name: "shop_name", value: "x".repeat(61) }, "/changes/1/value"],
      ["a number for a name", { name: "shop_name", value: 5 }, "/changes/1/value"],
      ["a level twice", { name: "care_days_left", value: "3,3" }, "/changes/1/value"],
      ["a level out of bounds", { name: "care_low_data_percents", value: "90,100" }, "/changes/1/value"],
      ["six levels", { name: "care_days_left", value: "1,2,3,4,5,6" }, "/changes/1/value"],
      ["levels that are none", { name: "care_days_left", value: "soon" }, "/changes/1/value"],
      ["unknown", { name: "order_ttl", value: 30 }, "/changes/1/name"],
    ])("%s", async (_what, wrong, pointer) => {
      const { version } = await find("low_stock_threshold");
      const { status, body } = await change({ ...good, version }, { ...wrong, version: 0 });
      expect([status, body.code]).toEqual([422, "validation_failed"]);
      expect(body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
      expect(await stored()).toBe(before);
    });
  });

  it("409: of ten operators who saw the same value one changes it; the others change nothing", async () => {
    for (const name of ["order_ttl_minutes", "low_stock_threshold"]) await put(name, 20);
    const [one, other] = [await find("order_ttl_minutes"), await find("low_stock_threshold")];
    const changeBoth = (_: unknown, index: number) => {
      const both = [one, other].map(({ name, version }) => ({ name, value: 100 + index, version }));
      // In both orders: two of them never wait for each other.
      return change(...(index % 2 === 0 ? both : both.reverse()));
    };
    // Several have looked at the versions before one of them has changed anything.
    const begun = await shop.database.db.transaction(async (tx) => {
      await tx.run({ name: "", text: "select from settings for update" });
      const changes = Array.from({ length: 10 }, changeBoth);
      await eventually(async () => {
        const waiting =
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        return (await shop.database.query(waiting)).length >= 3;
      });
      return { changes };
    });
    const answers = await Promise.all(begun.changes);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    const [{ value, version }, { value: second }] = [await find(one.name), await find(other.name)];
    expect(version).toBe(one.version + 1);
    expect(second).toBe(value);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: "conflict", errors: [{ message: expect.any(String) }] });
  });

  it("409: for a version that there never was", async () => {
    const before = await stored();
    expect((await change({ name: "order_ttl_minutes", value: 50, version: 900 })).status).toBe(409);
    expect(await stored()).toBe(before);
  });
});

describe("what the shop looks like", () => {
  const pageAt = async (at: "here" | "there") =>
    (await shop[at].request("GET", "/help", { headers: { accept: "text/html" } })).text;

  it("its name is the new one on pages, in mails and previews, in each process within five seconds", async () => {
    await Promise.all([pageAt("here"), pageAt("there")]);
    const began = performance.now();
    await put("shop_name", "Lisa & Co");
    await eventually(async () => {
      const pages = await Promise.all([pageAt("here"), pageAt("there")]);
      return pages.every((page) => page.includes("Lisa &amp; Co"));
    });
    const { text } = await shop.there.request("GET", "/console", { headers: { accept: "text/html" } });
    expect(text).toContain("<title>Lisa &amp; Co</title>");
    expect(performance.now() - began).toBeLessThan(5_000);
    await logIn(shop.there, "reader@example.com");
    const [mail] = await mailsTo(shop.here, "reader@example.com");
    expect(mail?.text).toContain("Lisa & Co");
    const previews = (await ask("GET", "/admin/previews", undefined, "there")).body.items;
    expect(previews.find(({ name }: { name: string }) => name === "receipt.esim").text).toContain(
      "Lisa & Co",
    );
    await put("shop_name", null);
    await eventually(async () => !(await pageAt("there")).includes("Lisa"));
  });

  it("its colours are the new ones, in a style of a new address that every process has", async () => {
    const styleOf = (page: string): string => /\/brand\/style-[0-9a-f]{12}\.css/.exec(page)?.[0] ?? "";
    const before = styleOf(await pageAt("there"));
    await put("shop_color", "#7a1f5c");
    const after = await eventually(async () => {
      const [one, other] = [styleOf(await pageAt("here")), styleOf(await pageAt("there"))];
      return one !== before && one === other && one;
    });
    for (const at of ["here", "there"] as const) {
      const style = await shop[at].request("GET", after);
      expect(style.text).toContain("--brand:#7a1f5c");
      expect(style.headers.get("cache-control")).toMatch(/immutable/);
      // A page from a proxy asks for the colours of before: those of now are better than none.
      const old = await shop[at].request("GET", before);
      expect([old.status, old.text, old.headers.get("cache-control")]).toEqual([200, style.text, "no-store"]);
    }
    expect((await shop.here.request("GET", "/brand/icon.svg")).text).toContain("#7a1f5c");
  });
});

it("a stored value that is out of bounds by now is not used, and the list says so", async () => {
  await put("sync_max_change_percent", 50);
  await shop.database.query("update settings set value = '500' where name = 'sync_max_change_percent'");
  expect(await find("sync_max_change_percent")).toMatchObject({
    value: 20,
    source: "environment",
    problem: expect.stringContaining("500"),
  });

  const fallback = (await find("low_stock_threshold")).default;
  await put("low_stock_threshold", 7);
  await eventually(async () => (await thresholdAt("there")) === 7);
  await shop.database.query("update settings set value = '-1' where name = 'low_stock_threshold'");
  await eventually(async () => (await thresholdAt("there")) !== 7);
  expect(await thresholdAt("there")).toBe(fallback);
});

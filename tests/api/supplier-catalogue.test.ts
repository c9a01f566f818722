import { FAKE_AIRALO_ID, FAKE_AIRALO_SECRET } from "@tribi/fakes/airalo/fake-orders";
import { type FakeAiralo, startFakeAiralo } from "@tribi/fakes/airalo/fake-server";
import {
  FAKE_ESIM_ACCESS_CODE,
  type FakeEsimAccess,
  startFakeEsimAccess,
} from "@tribi/fakes/esim-access/fake-server";
import { FAKE_ESIM_GO_KEY, type FakeEsimGo, startFakeEsimGo } from "@tribi/fakes/esim-go/fake-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeAiraloSupplier } from "../../src/providers/esim/airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "../../src/providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "../../src/providers/esim/esim-go/esim-go-supplier.js";
import { type EsimRoom, makeEsimRoom } from "../support/esims.js";

const RUN = { jobId: "1", attempt: 1, attemptsMax: 25 };
const ADMIN = 900_003;
const PAGE_OF_TWO = { data: [], links: {}, meta: { message: "success", current_page: 1, last_page: 2 } };

/** The job that compares suppliers' catalogues with our plans, over the real adapters and their fake servers. */
describe("a supplier's catalogue", () => {
  let airalo: FakeAiralo;
  let access: FakeEsimAccess;
  let go: FakeEsimGo;
  let room: EsimRoom;
  let closing: (() => Promise<void>)[] = [];
  const fakes = () => [airalo, access, go];
  const fakeOf = (name: string) => (name === "airalo" ? airalo : name === "esim-go" ? go : access);
  const PATH: Readonly<Record<string, string>> = {
    airalo: "^GET /v2/packages",
    "esim-access": "package/list$",
    "esim-go": "^GET /v2.4/catalogue",
  };
  beforeAll(async () => {
    [airalo, access, go] = await Promise.all([startFakeAiralo(), startFakeEsimAccess(), startFakeEsimGo()]);
    const overAiralo = makeAiraloSupplier({
      baseUrl: airalo.url,
      clientId: FAKE_AIRALO_ID,
      clientSecret: FAKE_AIRALO_SECRET,
    });
    const overAccess = makeEsimAccessSupplier({ baseUrl: access.url, accessCode: FAKE_ESIM_ACCESS_CODE });
    const overGo = makeEsimGoSupplier({
      baseUrl: go.url,
      apiKey: FAKE_ESIM_GO_KEY,
      areRefundsEnabled: false,
    });
    closing = [overAiralo.close, overAccess.close, overGo.close];
    room = await makeEsimRoom({ suppliers: [overAiralo, overAccess, overGo] });
    await room.addPlan([
      { supplier: "airalo", packageId: "moshi-7days-1gb" },
      { supplier: "esim-access", packageId: "AU1GB7D" },
      { supplier: "esim-go", packageId: "esim_1GB_7D_NL_V2" },
    ]);
    // Small catalogues, of which half is a number.
    for (const { ledger } of fakes()) {
      const [first] = ledger.packages;
      for (const index of [1, 2, 3, 4]) ledger.packages.push({ ...first!, id: `${first?.id}-${index}` });
    }
  });
  beforeEach(async () => {
    await read();
    expect(await problems()).toEqual({});
  });
  afterAll(async () => {
    await room.stop();
    for (const close of closing) await close();
    await Promise.all(fakes().map((fake) => fake.stop()));
  });

  const read = () => room.esims.jobs.handlers.watch_supplier_prices!({}, RUN);
  const rows = async () => {
    const list = await room.database.query<Record<string, unknown> & { supplier: string }>(
      "select supplier, cost_text, cost_minor, paused_reason, checked_at from plan_suppliers order by supplier",
    );
    return Object.fromEntries(list.map(({ supplier, ...row }) => [supplier, row]));
  };
  const problems = async (): Promise<Record<string, string>> => {
    const { body } = await room.as(ADMIN, "GET", "/admin/suppliers");
    return Object.fromEntries(
      body
        .filter((one: { catalogue_problem: string | null }) => one.catalogue_problem !== null)
        .map((one: { supplier: string; catalogue_problem: string }) => [one.supplier, one.catalogue_problem]),
    );
  };
  const alarms = () => room.metric("catalogue_unread_total");

  const isNoCatalogue = async (supplier: string, problem: string): Promise<void> => {
    const [before, alarmed] = [await rows(), await alarms()];
    await read();
    const after = await rows();
    expect(after[supplier]).toEqual(before[supplier]);
    expect(await problems()).toEqual({ [supplier]: problem });
    expect((await alarms()) - alarmed).toBe(1);
    for (const [name, row] of Object.entries(after))
      if (name !== supplier) expect(row.checked_at).not.toEqual(before[name]?.checked_at);
    fakeOf(supplier).http.clearFaults();
  };

  it.each([
    ["airalo", "an error body", { code: 53, reason: "Something unexpected happened" }],
    ["airalo", "an error body with a message", { meta: "failed", message: "Maintenance" }],
    ["airalo", "null", null],
    ["airalo", "a bare array", []],
    ["airalo", "no list", { data: null, meta: { current_page: 1, last_page: 1 } }],
    ["airalo", "an empty object for a list", { data: {}, meta: { current_page: 1, last_page: 1 } }],
    ["airalo", "an empty page of several", PAGE_OF_TWO],
    ["airalo", "a list without page marks", { data: [] }],
    [
      "esim-access",
      "an error body",
      { success: false, errorCode: "000001", errorMsg: "Server error", obj: null },
    ],
    ["esim-access", "null", null],
    ["esim-access", "a bare array", []],
    ["esim-access", "success with nothing", { success: true, errorCode: null, errorMsg: null, obj: null }],
    [
      "esim-access",
      "success with null for a list",
      { success: true, errorCode: null, obj: { packageList: null } },
    ],
    ["esim-access", "success with another list", { success: true, errorCode: null, obj: { list: [] } }],
    ["esim-go", "an error body", { message: "Something went wrong" }],
    ["esim-go", "null", null],
    ["esim-go", "an empty object", {}],
    ["esim-go", "null for a list", { bundles: null, pageCount: 1 }],
    ["esim-go", "an empty page of several", { bundles: [], pageCount: 3, rows: 600 }],
  ])("%s answers 200 with %s: nothing is changed, and it alarms", async (supplier, _what, body) => {
    fakeOf(supplier).http.script({ on: PATH[supplier] ?? "", act: { kind: "reply", status: 200, body } });
    await isNoCatalogue(supplier, "not_read");
  });

  it.each([
    ["airalo", { data: [], meta: { message: "success", current_page: 1, last_page: 1 } }],
    ["esim-access", { success: true, errorCode: null, errorMsg: null, obj: { packageList: [] } }],
    ["esim-go", []],
  ])("%s says that it sells nothing at all: nothing is changed, and it alarms", async (supplier, body) => {
    fakeOf(supplier).http.script({ on: PATH[supplier] ?? "", act: { kind: "reply", status: 200, body } });
    await isNoCatalogue(supplier, "empty");
  });

  it("a second page that is empty although the first one promised it", async () => {
    const bundle = {
      name: "esim_1GB_7D_NL_V2",
      price: 9.99,
      duration: 7,
      dataAmount: 1000,
      unlimited: false,
    };
    const page = (bundles: unknown[]) => {
      const body = { bundles, pageCount: 2, rows: 400 };
      return { on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body } } as const;
    };
    const others = Array.from({ length: 6 }, (_, index) => ({ ...bundle, name: `other-${index}` }));
    go.http.script(page([bundle, ...others]));
    go.http.script(page([]));
    await isNoCatalogue("esim-go", "not_read");
    // The same pages, both full, are a catalogue.
    go.http.script(page([bundle, ...others]));
    go.http.script(page(others.map(({ name, ...rest }) => ({ ...rest, name: `${name}-2` }))));
    await read();
    expect((await rows())["esim-go"]).toMatchObject({ cost_text: "9.99", paused_reason: null });
    await room.database.query("update supplier_accounts set catalogue_size = null");
  });

  describe("that shrank to less than half", () => {
    const halved = async (work: () => Promise<void>): Promise<void> => {
      const { packages } = airalo.ledger;
      const all = packages.splice(0);
      packages.push(...all.filter(({ id, kind }) => kind === "top_up" || id === "eurolink-30days-5gb"));
      try {
        await work();
      } finally {
        packages.splice(0, packages.length, ...all);
      }
    };

    it("changes nothing and alarms, each time that it is read", () =>
      halved(async () => {
        await isNoCatalogue("airalo", "shrunk");
        await isNoCatalogue("airalo", "shrunk");
      }));

    it("is the catalogue when it has stayed so for three days", () =>
      halved(async () => {
        await isNoCatalogue("airalo", "shrunk");
        await room.database.query(
          "update supplier_accounts set catalogue_problem_since = catalogue_problem_since - interval '73 hours'",
        );
        await read();
        expect((await rows()).airalo).toMatchObject({ paused_reason: "not_sold_any_more" });
        expect(await problems()).toEqual({});
      }));
  });

  it("with an entry that cannot be understood: what is known of that package stays, the others are judged", async () => {
    const before = (await rows())["esim-go"];
    const named = { name: "esim_1GB_7D_NL_V2", price: "on request", duration: 7, dataAmount: 1000 };
    const others = Array.from({ length: 6 }, (_, index) => ({
      ...named,
      name: `other-${index}`,
      price: 1.5,
    }));
    go.http.script({
      on: PATH["esim-go"] ?? "",
      act: { kind: "reply", status: 200, body: [named, ...others] },
    });
    go.http.script({ on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body: [] } });
    await read();
    expect((await rows())["esim-go"]).toEqual(before);
    const unnamed = others.map(({ name, ...rest }, index) => (index === 0 ? rest : { name, ...rest }));
    go.http.script({ on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body: unnamed } });
    go.http.script({ on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body: [] } });
    await read();
    expect((await rows())["esim-go"]).toEqual(before);
    go.http.script({ on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body: others } });
    go.http.script({ on: PATH["esim-go"] ?? "", act: { kind: "reply", status: 200, body: [] } });
    await read();
    expect((await rows())["esim-go"]).toMatchObject({ paused_reason: "not_sold_any_more" });
  });
});

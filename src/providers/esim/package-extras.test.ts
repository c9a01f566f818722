import { describe, expect, it } from "vitest";
import { done } from "../../kernel/outcome.js";
import { listAiraloPackages, topUpPackagesOf } from "./airalo/airalo-catalogue.js";
import type { AiraloClient } from "./airalo/airalo-client.js";
import { esimAccessPackagesOf } from "./esim-access/esim-access-catalogue.js";
import { parseJson, recordOf } from "./json.js";

const AIRALO = { id: "a-1", type: "sim", price: 4.5, net_price: 3.5, amount: 1024, day: 7, title: "1 GB" };
const lossless = (value: unknown): unknown => parseJson(JSON.stringify(value));
const airaloPage = (over: object) => ({
  data: [{ country_code: "ES", operators: [{ packages: [{ ...AIRALO, ...over }] }] }],
  meta: { current_page: 1, last_page: 1 },
});
async function airalo(over: object) {
  const client = { ask: async () => done(lossless(airaloPage(over))) };
  const page = await listAiraloPackages(client as unknown as AiraloClient, null);
  return page.kind === "done" ? page.value.packages[0] : undefined;
}

describe("Airalo says what a package has beside its data", () => {
  it.each([
    [{ voice: 100, text: null }],
    [{ voice: null, text: "50" }],
    [{ voice: "unlimited", text: 0 }],
    [{ voice: "100 minutes" }],
  ])("minutes or texts: %j", async (over) => {
    expect(await airalo(over)).toMatchObject({ hasVoiceOrTexts: true });
  });

  it.each([[{}], [{ voice: null, text: null }], [{ voice: 0, text: "0" }], [{ voice: "", text: "0.00" }]])(
    "none: %j",
    async (over) => {
      expect(await airalo(over)).not.toHaveProperty("hasVoiceOrTexts");
    },
  );

  it("a limit of fair use", async () => {
    expect(await airalo({ is_fair_usage_policy: true })).toMatchObject({ hasFairUseLimit: true });
    expect(await airalo({ is_fair_usage_policy: false })).not.toHaveProperty("hasFairUseLimit");
    const [topUp] =
      topUpPackagesOf(lossless({ data: [{ ...AIRALO, type: "topup", is_fair_usage_policy: true }] })) ?? [];
    expect(topUp).toMatchObject({ kind: "top_up", hasFairUseLimit: true });
  });
});

it.each([
  ["", false],
  [" ", false],
  ["1 Mbps after 3 GB a day", true],
])("eSIM Access says a limit of fair use with fupPolicy %j: %j", (fupPolicy, isSaid) => {
  const item = {
    packageCode: "A1",
    name: "Spain",
    price: 18000,
    volume: 1073741824,
    dataType: 1,
    duration: 7,
  };
  const list = { packageList: [{ ...item, location: "ES", fupPolicy }] };
  const page = esimAccessPackagesOf(recordOf(lossless(list)), "esim");
  expect(page?.packages[0]?.hasFairUseLimit ?? false).toBe(isSaid);
});

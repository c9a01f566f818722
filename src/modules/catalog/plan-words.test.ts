import { describe, expect, it } from "vitest";
import { makeTextsIn } from "../mail/mail.module.js";
import { type FrozenPlan, planIn } from "./plan-words.js";

const textsIn = makeTextsIn({ name: "Shop", url: "https://shop.example.com", supportEmail: null });
const SPAIN: FrozenPlan = {
  name: "Spain 1 GB, 7 days",
  country_iso2: "ES",
  country_name: "Spain",
  data_gb: 1,
  is_unlimited: false,
  duration_days: 7,
};

describe("what a plan is called in a mail", () => {
  it.each<[what: string, change: FrozenPlan, spanish: string]>([
    ["of a country", {}, "España 1 GB, 7 días"],
    ["of half a gigabyte", { data_gb: 0.5 }, "España 0,5 GB, 7 días"],
    [
      "of a day without a limit",
      { data_gb: 0, is_unlimited: true, duration_days: 1 },
      "España datos ilimitados, 1 día",
    ],
    ["of a region", { country_iso2: null, country_name: "Europe" }, "Europa 1 GB, 7 días"],
    ["of which the data are not known", { data_gb: 0 }, "Spain 1 GB, 7 days"],
    ["of which nothing else is known", { country_iso2: null, country_name: null }, "Spain 1 GB, 7 days"],
    ["of nowhere and without a name", { name: null, country_iso2: null, country_name: null }, "1 GB, 7 días"],
  ])("one %s", (_what, change, spanish) => {
    const plan = { ...SPAIN, ...change };
    expect(planIn(plan, textsIn("es"))).toBe(spanish);
    if (plan.name !== null) expect(planIn(plan, textsIn("en"))).toBe(SPAIN.name);
  });
});

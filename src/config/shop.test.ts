import { describe, expect, it } from "vitest";
import { readShop } from "./shop.js";
import { makeVariableReader } from "./variables.js";

function read(environment: Readonly<Record<string, string>>) {
  const reader = makeVariableReader(environment);
  return { shop: readShop(reader), problems: reader.problems.map(({ name }) => name) };
}

describe("who the shop is", () => {
  it("is Tribi without a support mailbox when nothing is set", () => {
    expect(read({})).toEqual({ shop: { name: "Tribi", supportEmail: null }, problems: [] });
  });

  it("is what the settings say", () => {
    expect(read({ SHOP_NAME: "Viajes Sim", SHOP_SUPPORT_EMAIL: "Help@Shop.Example" })).toEqual({
      shop: { name: "Viajes Sim", supportEmail: "help@shop.example" },
      problems: [],
    });
  });

  it.each([
    ["two lines", "Shop\nBcc: x@example.com"],
    ["more than a line holds", "a".repeat(61)],
  ])("refuses a name of %s", (_what, name) => {
    expect(read({ SHOP_NAME: name }).problems).toEqual(["SHOP_NAME"]);
  });

  it.each(["help", "Help <help@shop.example>", "a@b.example, c@d.example"])(
    "refuses %s as the support address",
    (address) => {
      expect(read({ SHOP_SUPPORT_EMAIL: address }).problems).toEqual(["SHOP_SUPPORT_EMAIL"]);
    },
  );
});

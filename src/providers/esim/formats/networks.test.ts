import { describe, expect, it } from "vitest";
import { networksOf } from "./networks.js";

describe("networks as suppliers tell them", () => {
  it("are one each by country, with their speeds sorted", () => {
    expect(
      networksOf([
        { country: "jp", name: "SoftBank", speeds: ["5G", "4G"] },
        { country: "JP", name: " SoftBank ", speeds: "4G/LTE" },
        { country: "Japan", name: "KDDI", speeds: null },
        { country: null, name: "", speeds: "3G/4G/5G" },
      ]),
    ).toEqual({
      networks: [
        { country: "JP", name: "SoftBank", speeds: ["4G", "5G", "LTE"] },
        { country: null, name: "KDDI", speeds: [] },
        { country: null, name: null, speeds: ["3G", "4G", "5G"] },
      ],
    });
  });

  it.each([
    [[]],
    [[{ country: "ES", name: " ", speeds: "fast <b>" }]],
    [[{ country: {}, name: [], speeds: { a: 1 } }]],
  ])("of which nothing can be read are left out", (told) => {
    expect(networksOf(told)).toEqual({});
  });
});

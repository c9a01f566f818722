import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readBrand } from "./brand.js";
import { contrastOf } from "./color.js";
import { makeVariableReader } from "./variables.js";

function read(environment: Readonly<Record<string, string>>) {
  const reader = makeVariableReader(environment);
  return { brand: readBrand(reader), problems: reader.problems };
}
const folder = mkdtempSync(path.join(tmpdir(), "tribi-brand-"));
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

describe("the brand", () => {
  it("has colours and texts of its own when nothing is set", () => {
    const { brand, problems } = read({});
    expect(problems).toEqual([]);
    expect(brand).toMatchObject({ legalName: null, logoFile: null, tax: { isIncluded: true, rates: [] } });
  });

  it("refuses a colour on which white text cannot be read, with the contrast that it has", () => {
    expect(read({ SHOP_COLOR: "#ffb648" }).problems).toEqual([
      { name: "SHOP_COLOR", message: expect.stringContaining("a contrast of 1.7") },
    ]);
    expect(read({ SHOP_COLOR: "#1a4fd6" }).problems).toEqual([]);
    expect(contrastOf([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  });

  it.each(["teal", "#12", "#12345g", "12,30,40"])("refuses %s as a colour", (text) => {
    expect(read({ SHOP_ACCENT_COLOR: text }).problems.map(({ name }) => name)).toEqual(["SHOP_ACCENT_COLOR"]);
  });

  it.each([
    ["another kind of file", file("logo.html", "<html>")],
    ["a file that is not there", path.join(folder, "none.svg")],
    ["a file that no page should load", file("large.png", Buffer.alloc(400_000))],
  ])("refuses %s as the logo", (_what, logo) => {
    expect(read({ SHOP_LOGO: logo }).problems.map(({ name }) => name)).toEqual(["SHOP_LOGO"]);
  });

  it("reads the tax of each country, and says which line it cannot read", () => {
    const rates = file("tax.csv", "# country,name,percent\nES,IVA,21\n\n*,VAT,20.5\n");
    expect(read({ SHOP_TAX_FILE: rates }).brand.tax.rates).toEqual([
      { country: "ES", name: "IVA", percent: 21 },
      { country: "*", name: "VAT", percent: 20.5 },
    ]);
    const wrong = file("wrong.csv", "ES,IVA,21\nSpain;21\n");
    expect(read({ SHOP_TAX_FILE: wrong }).problems).toEqual([
      { name: "SHOP_TAX_FILE", message: expect.stringContaining("line 2") },
    ]);
  });

  it("refuses a folder of texts that is not there", () => {
    expect(read({ SHOP_TEXTS_FOLDER: path.join(folder, "none") }).problems.map(({ name }) => name)).toEqual([
      "SHOP_TEXTS_FOLDER",
    ]);
  });
});

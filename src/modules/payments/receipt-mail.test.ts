import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../kernel/language.js";
import { makeTextsIn } from "../mail/texts.js";
import { type Receipt, receiptWords } from "./receipt-mail.js";

const RECEIPT: Receipt = {
  reference: "T-7KQ2",
  kind: "esim",
  plan: "Spain 5 GB, Spain",
  paid: { currency: "EUR", minor: 1250 },
  paidAt: "2026-11-29T12:00:00.000Z",
};
const SHOP = { name: "Corner Shop", url: "https://shop.example", supportEmail: "help@shop.example" };

describe("the receipt", () => {
  it("says in the buyer's language what was paid, and for what", () => {
    expect(receiptWords(RECEIPT, makeTextsIn(SHOP)("en"))).toEqual({
      subject: "Your receipt for order T-7KQ2",
      text:
        "Thank you for your order.\n\nOrder:   T-7KQ2\nPlan:    Spain 5 GB, Spain\nPaid:    €12.50 (EUR)\nDate:    29 November 2026\n\n" +
        "Your eSIM is being prepared; you find it in your account.\n\n-- \nCorner Shop\nhttps://shop.example\nIf you have questions, write to help@shop.example.\n",
    });
    const spanish = receiptWords(RECEIPT, makeTextsIn(SHOP)("es"));
    expect(spanish.subject).toBe("Tu recibo del pedido T-7KQ2");
    expect(spanish.text).toMatch(/Pagado: {2}12,50\s€ \(EUR\)/);
    expect(spanish.text).toContain("Fecha:   29 de noviembre de 2026");
    expect(spanish.text).toContain("Estamos preparando tu eSIM");
  });

  it.each(LANGUAGES)("names the shop and where to ask, in %s", (language) => {
    for (const kind of ["esim", "top_up"] as const) {
      const { text } = receiptWords({ ...RECEIPT, kind }, makeTextsIn(SHOP)(language));
      expect(text).toContain("-- \nCorner Shop\nhttps://shop.example\n");
      expect(text).toMatch(/help@shop\.example\.\n$/);
      expect(text).not.toContain("Tribi");
      const alone = receiptWords(
        { ...RECEIPT, kind },
        makeTextsIn({ ...SHOP, supportEmail: null })(language),
      );
      expect(alone.text).toMatch(/https:\/\/shop\.example\.\n$/);
    }
  });
});

import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../../kernel/language.js";
import { makeTextsIn } from "../../mail/texts.js";
import type { EsimRow } from "../esim-read-model.js";
import type { InstallSecrets } from "../install-secrets.js";
import { esimMail } from "./esim-mail.js";
import { installGuide } from "./install-guide.js";
import { openPage } from "./install-page.js";

const textsIn = makeTextsIn({
  name: "Tribi",
  url: "https://shop.example",
  supportEmail: "help@shop.example",
});

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>&amp;`;

const ROW = {
  id: 7,
  status: "ready",
  expires_at: "2027-05-24T10:00:00.000Z",
  plan_snapshot: {
    name: EVIL,
    country_name: `${EVIL}\r\nBcc: someone@example.com`,
    country_iso2: "QQ",
    country_id: 1,
    carrier_id: 1,
    duration_days: 30,
  },
} as unknown as EsimRow;
const SECRETS: InstallSecrets = {
  activationCode: "2c2c0328-601c-4393-a3e7-4d01ee01f6fb",
  smdpAddress: EVIL,
  matchingId: EVIL,
  confirmationCode: EVIL,
  isConfirmationCodeRequired: true,
  activationCodeText: EVIL,
  qrPayload: `LPA:1$smdp.example.com$${EVIL}`,
  installLinks: null,
  apn: { ios: EVIL, android: EVIL } as InstallSecrets["apn"],
  iccidAsGiven: "8900",
  warnings: [],
};

/** Plan names come from operators, codes from suppliers: none of them may become a part of the page. */
describe("what comes from outside is text in mail and page, and nothing else", () => {
  it.each(LANGUAGES)("in %s", (language) => {
    const texts = textsIn(language);
    const guide = installGuide({ row: ROW, secrets: SECRETS, orderReference: EVIL }, texts);
    const mail = esimMail({
      row: ROW,
      secrets: SECRETS,
      about: {
        email: "a@example.com",
        language,
        order_reference: EVIL,
        linkExpiresAt: "2027-05-24T10:00:00.000Z",
      },
      textsIn,
      installPage: "https://shop.example/install/x",
    });
    const page = openPage(guide, texts, "2027-05-24T10:00:00.000Z");
    for (const html of [page, mail.html ?? ""]) {
      expect(html.match(/<script/g) ?? []).toHaveLength(html === page ? 1 : 0);
      expect(html.match(/<img/g)).toHaveLength(1);
      // Inside quoted attributes it stands too, but cannot leave them.
      expect(html).not.toContain(EVIL);
      expect(html).not.toContain("onerror='");
      expect(html).not.toContain("<img src=x");
      expect(html).toContain("&lt;script&gt;");
    }
    expect(mail.subject).not.toMatch(/[\r\n]/);
  });
});

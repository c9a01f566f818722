import { describe, expect, it } from "vitest";
import { makeTextsIn } from "../../mail/texts.js";
import type { EsimRow } from "../esim-read-model.js";
import type { InstallSecrets } from "../install-secrets.js";
import { installGuide } from "./install-guide.js";

const textsIn = makeTextsIn({
  name: "Tribi",
  url: "https://shop.example",
  supportEmail: "help@shop.example",
});

const SECRETS: InstallSecrets = {
  activationCode: "2c2c0328-601c-4393-a3e7-4d01ee01f6fb",
  smdpAddress: "smdp.example.com",
  matchingId: "TOKEN-1",
  confirmationCode: null,
  isConfirmationCodeRequired: false,
  activationCodeText: "1$smdp.example.com$TOKEN-1",
  qrPayload: "LPA:1$smdp.example.com$TOKEN-1",
  installLinks: null,
  apn: null,
  iccidAsGiven: "8900",
  warnings: [],
};

function guideOf(
  given: {
    secrets?: Partial<InstallSecrets>;
    plan?: Record<string, unknown>;
    row?: Partial<EsimRow>;
    language?: "en" | "es";
  } = {},
) {
  const row = {
    id: 1,
    status: "ready",
    expires_at: "2027-05-24T10:00:00.000Z",
    plan_snapshot: {
      name: "Spain 5 GB",
      country_name: "Spain",
      country_iso2: "ES",
      country_id: 1,
      carrier_id: 1,
      duration_days: 30,
      ...given.plan,
    },
    ...given.row,
  } as unknown as EsimRow;
  const secrets = { ...SECRETS, ...given.secrets };
  return installGuide({ row, secrets, orderReference: "TRB-1" }, textsIn(given.language ?? "en"));
}

describe("installGuide", () => {
  it("gives address, code and the whole code to type, and nothing that there is not", () => {
    expect(guideOf().codes.map(({ label, value }) => [label, value])).toEqual([
      ["SM-DP+ address", "smdp.example.com"],
      ["Activation code", "TOKEN-1"],
      ["Whole code, which some Android phones ask for", "LPA:1$smdp.example.com$TOKEN-1"],
    ]);
    expect(guideOf().warning).toBeNull();
  });

  it("gives the confirmation code exactly as it came, also where the code does not ask for it", () => {
    const { codes, warning } = guideOf({ secrets: { confirmationCode: "aB<3$ " } });
    expect(codes.find(({ label }) => label === "Confirmation code")?.value).toBe("aB<3$ ");
    expect(warning).toBeNull();
  });

  it("says in words when the phone will ask for a confirmation code that nobody gave", () => {
    const { warning } = guideOf({ secrets: { isConfirmationCodeRequired: true } });
    expect(warning).toContain("confirmation code");
  });

  it("says in words that an empty activation code stays empty (SGP.22 4.1)", () => {
    const empty = guideOf({ secrets: { matchingId: "" } }).codes[1];
    expect(empty).toEqual({
      label: "Activation code",
      value: "none – leave the field empty",
      isCode: false,
    });
  });

  it("passes the supplier's own install links on unchanged", () => {
    const apple = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA%3A1%24x.example%24T";
    const { links } = guideOf({ secrets: { installLinks: { apple, android: null } } });
    expect(links.apple).toBe(apple);
    expect(links.android).toBe(
      "https://esimsetup.android.com/esim_qrcode_provisioning?carddata=LPA:1$smdp.example.com$TOKEN-1",
    );
  });

  it("tells the access point only where the supplier wants it set by hand", () => {
    expect(guideOf().arrival.lines.join()).not.toContain("APN");
    const apn = { ios: "internet.ios", android: null } as InstallSecrets["apn"];
    const lines = guideOf({ secrets: { apn } }).arrival.lines.join();
    expect(lines).toContain("internet.ios");
    expect(lines).not.toContain("on Android");
  });

  it("warns travellers to Türkiye first, where downloads are blocked", () => {
    const { before } = guideOf({ plan: { country_iso2: "TR", country_name: "Türkiye" } });
    expect(before.lines[0]).toContain("before you arrive in Türkiye");
    expect(guideOf().before.lines.join()).not.toContain("Türkiye");
  });

  it("names the country or region in the reader's language, where the order has one", () => {
    expect(guideOf({ language: "es" }).title).toBe("Tu eSIM para España está lista");
    expect(guideOf({ plan: { country_iso2: null, country_name: null } }).title).toBe("Your eSIM is ready");
    const europe = { country_iso2: null, country_name: "Europe" };
    expect(guideOf({ plan: europe }).title).toContain("Europe");
    expect(guideOf({ plan: europe, language: "es" }).title).toContain("Europa");
    const unknown = { country_iso2: "XX", country_name: "Our Places" };
    expect(guideOf({ plan: unknown, language: "es" }).title).toContain("Our Places");
  });

  it("says until which moment, while it is not installed yet: a day would last longer than the eSIM", () => {
    const values = (status: EsimRow["status"]) =>
      guideOf({ row: { status } }).facts.map(({ value }) => value);
    expect(values("ready")).toContain("24 May 2027 at 10:00 UTC");
    expect(values("active").join()).not.toContain("24 May 2027");
  });
});

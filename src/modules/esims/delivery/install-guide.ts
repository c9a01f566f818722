import { installAdvice } from "../../../providers/esim/formats/install-data.js";
import { destinationIn, planIn } from "../../catalog/catalog.module.js";
import type { Texts } from "../../mail/mail.module.js";
import type { EsimRow } from "../esim-read-model.js";
import { type InstallSecrets, installLinksOf } from "../install-secrets.js";

/** Türkiye blocks eSIM downloads, so whoever goes there has to install before. */
const BLOCKS_DOWNLOADS = "TR";

export interface Labelled {
  readonly label: string;
  readonly value: string;
}

export interface GuideCode extends Labelled {
  /** False for words in place of a code, which nobody should type or copy. */
  readonly isCode: boolean;
}

export interface GuideSection {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What to do to install one eSIM, in one language. */
export interface InstallSteps {
  readonly before: GuideSection;
  readonly codes: readonly GuideCode[];
  /** What is missing and has to be said before anybody tries. */
  readonly warning: string | null;
  readonly platforms: readonly GuideSection[];
  readonly arrival: GuideSection;
}

/** Everything that a person needs to install one eSIM; the mail and the page lay it out. */
export interface InstallGuide extends InstallSteps {
  readonly title: string;
  readonly facts: readonly Labelled[];
  readonly links: { readonly apple: string; readonly android: string };
  readonly qrPayload: string;
}

export interface GuideInput {
  readonly row: EsimRow;
  readonly secrets: InstallSecrets;
  readonly orderReference: string;
}

export function installGuide({ row, secrets, orderReference }: GuideInput, texts: Texts): InstallGuide {
  const { text } = texts;
  const destination = destinationIn(row.plan_snapshot, texts);
  return {
    ...installSteps(row, secrets, texts),
    title: destination === undefined ? text("title.ready_anywhere") : text("title.ready", { destination }),
    facts: factsOf(row, orderReference, texts),
    links: installLinksOf(secrets),
    qrPayload: secrets.qrPayload,
  };
}

export function installSteps(row: EsimRow, secrets: InstallSecrets, texts: Texts): InstallSteps {
  const { text } = texts;
  const { isConfirmationCodeMissing } = installAdvice(secrets);
  return {
    before: {
      title: text("before.title"),
      lines: [
        ...(row.plan_snapshot.country_iso2 === BLOCKS_DOWNLOADS ? [text("before.turkiye")] : []),
        ...(row.validity_starts === "installation" ? [text("before.starts")] : []),
        text("before.wifi"),
        text("before.once"),
        text("before.phone"),
      ],
    },
    codes: codesOf(secrets, texts),
    warning: isConfirmationCodeMissing ? text("code.confirmation_missing") : null,
    platforms: [
      {
        title: text("iphone.title"),
        lines: [text("iphone.link"), text("iphone.scan"), text("iphone.type")],
      },
      {
        title: text("android.title"),
        lines: [text("android.scan"), text("android.link"), text("android.type")],
      },
    ],
    arrival: { title: text("arrive.title"), lines: arrivalLines(secrets, texts) },
  };
}

function factsOf(row: EsimRow, orderReference: string, texts: Texts): Labelled[] {
  const { text, moment } = texts;
  const facts = [
    { label: text("fact.plan"), value: planIn(row.plan_snapshot, texts) },
    {
      label: text("fact.validity"),
      value: text("fact.days", { count: row.plan_snapshot.duration_days }),
    },
  ];
  if (row.status === "ready" && row.expires_at !== null) {
    facts.push({ label: text("fact.use_by"), value: moment(row.expires_at) });
  }
  if (row.validity_starts !== null) {
    const begins =
      row.validity_starts === "installation" ? "fact.starts_installation" : "fact.starts_first_use";
    facts.push({ label: text("fact.starts"), value: text(begins) });
  }
  return [...facts, { label: text("fact.order"), value: orderReference }];
}

function codesOf(secrets: InstallSecrets, { text }: Texts): GuideCode[] {
  const codes = [{ label: text("code.smdp"), value: secrets.smdpAddress, isCode: true }];
  // An empty matching id is legal: the carrier knows the phone by its EID (SGP.22 4.1).
  const hasMatchingId = secrets.matchingId !== "";
  codes.push({
    label: text("code.activation"),
    value: hasMatchingId ? secrets.matchingId : text("code.none"),
    isCode: hasMatchingId,
  });
  if (secrets.confirmationCode !== null) {
    codes.push({ label: text("code.confirmation"), value: secrets.confirmationCode, isCode: true });
  }
  return [...codes, { label: text("code.full"), value: secrets.qrPayload, isCode: true }];
}

function arrivalLines({ apn }: InstallSecrets, { text }: Texts): string[] {
  const lines = [text("arrive.label"), text("arrive.roaming")];
  if (apn?.ios) lines.push(text("arrive.apn_ios", { apn: apn.ios }));
  if (apn?.android) lines.push(text("arrive.apn_android", { apn: apn.android }));
  return lines;
}
